"""The command approx: the best polynomials on segments, and how far they are off, proven."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from actcli.errors import ActcliError
from actcli.language.points import shown
from actcli.shell.commands.range import interval
from actcli.shell.fixedwise import head_of
from actcli.shell.messages import tell
from actcli.shell.options import (
    SOURCE_NAMES,
    Color,
    FunctionName,
    WrittenOrSource,
    find_function,
    flag,
    one_of,
    text,
)
from actcli.shell.output import table_or_csv, write_picture, write_text
from actcli.shell.wishes import Wished

if TYPE_CHECKING:
    from actcli.catalog.entries import Function
    from actcli.shape.approximations import Approximation
    from actcli.shape.whole import WholeLines

TAILS = ("clamp", "line", "none")


def command(
    function: FunctionName,
    between: Annotated[
        str,
        typer.Argument(metavar="LO:HI", help="The interval that is approximated; not needed with --fixed."),
    ] = "",
    *,
    wished: Wished,
    tails: Annotated[
        str,
        one_of(
            "--tails",
            values=TAILS,
            metavar="WHAT",
            help="What the code gives outside the interval: clamp (the end's value), line, none.",
        ),
    ] = "clamp",
    fixed: Annotated[
        str, text("--fixed", metavar="IN:OUT", help="Compute in whole numbers, such as Q3.12:Q0.15.")
    ] = "",
    plot: Annotated[bool, flag("--plot", "Draw the error over the interval.")] = False,
    color: Color = "auto",
    written: WrittenOrSource,
) -> None:
    """Find the best table, lines or polynomials, with its proof.

    \b
    actcli approx gelu -4:4 --segments 8 --table
    actcli approx tanh 0:4 --max-error 1e-3 --degree 2 --table
    actcli approx sigmoid -8:8 --segments 4 --coefficients Q2.12 --table
    actcli approx exp -8:0 --segments 8 --continuous -f c
    actcli approx gelu --segments 128 --fixed Q3.12:Q3.12 -f verilog

    On a segment z goes from `from` up to `to`, and c0 + c1*z + ... is off by
    max_error at most, at every z: proven, not sampled.
    With --fixed every input was checked instead.
    """
    asked = find_function(function)
    head = head_of(
        "approx", function, *filter(None, [between]), *wished.words(), *_words(tails, fixed, written)
    )
    made: Polynomials | Whole = (
        _polynomials(asked, between, wished)
        if not fixed
        else (_in_fixed_point(asked, between, wished, fixed))
    )
    head += [f"{asked.label}; {made.found.sentence}"]
    if isinstance(made, Polynomials):
        head += ["of the segments in exact arithmetic; what rounding adds in evaluating them is not in it"]
    if plot:
        _draw(made, color, written)
    elif written.format in SOURCE_NAMES:
        write_text(made.source(written.format, asked.label, head, tails), written.output)
    else:
        _write_rows(made, color, written)


def _words(tails: str, fixed: str, written: WrittenOrSource) -> Iterator[str]:
    """Yield the options that make a file what it is."""
    yield from ("--fixed", fixed) if fixed else ()
    yield from ("--tails", tails) if tails != "clamp" and not fixed else ()
    yield from ("-f", written.format)


@dataclass(frozen=True)
class Polynomials:
    """An approximation of real numbers, as rows, as a source, as a curve of its error."""

    asked: "Function"
    found: "Approximation"
    single: bool

    def rows(self) -> "Iterator[tuple[Any, ...]]":
        """Yield the segments."""
        for s in self.found.segments:
            yield (s.low, s.high, *map(float, s.powers), s.error)

    def source(self, form: str, label: str, head: Sequence[str], tails: str) -> str:
        """Return the text of a program."""
        from actcli.streams.sources import identifier, in_c, in_python

        if form == "verilog":
            raise ActcliError(
                "--format verilog: a circuit counts in whole numbers, so write --fixed IN:OUT, too"
            )
        write = in_c if form == "c" else in_python
        return write(self.found, identifier(label), head, self.single, tails)

    def curve(self) -> "tuple[Any, Any]":
        """Return z and the error there."""
        import numpy as np

        from actcli.numerics.answers import plain_answers, value

        parts = [np.linspace(s.low, s.high, 129)[:-1] for s in self.found.segments]
        fits = [
            np.polyval([float(c) for c in s.powers[::-1]], z)
            for s, z in zip(self.found.segments, parts, strict=True)
        ]
        z = np.concatenate(parts)
        return z, np.concatenate(fits) - plain_answers(value(self.asked), z)


@dataclass(frozen=True)
class Whole:
    """Lines in whole numbers; the error counts in what the output stands for."""

    found: "WholeLines"
    truth: Any

    def rows(self) -> "Iterator[tuple[Any, ...]]":
        """Yield the segments."""
        from actcli.language.texts import Digits

        f = self.found
        size = (1 << f.taken.bits) // len(f.base)
        for i, (base, slope, off) in enumerate(zip(f.base, f.slope, f.errors, strict=True)):
            low = f.taken.low + i * size
            ends = (float(f.taken.real(low)), float(f.taken.real(low + size)))
            powers = [Digits(str(base)), Digits(str(slope))][: 2 if f.shift else 1]
            yield (*ends, *powers, Fraction(float(off)) * f.given.scale)

    def source(self, form: str, label: str, head: Sequence[str], tails: str) -> str:
        """Return the text of a program or circuit."""
        from actcli.streams.sources import identifier, in_verilog, whole_in_c

        if form == "python":
            raise ActcliError("--format python: with --fixed there are c and verilog")
        return (whole_in_c if form == "c" else in_verilog)(self.found, identifier(label), head)

    def curve(self) -> "tuple[Any, Any]":
        """Return z and the error there."""
        import numpy as np

        f = self.found
        codes = np.arange(f.taken.low, f.taken.high + 1)
        return (codes - f.taken.zero) * float(f.taken.scale), (f.run(codes) - self.truth) * float(
            f.given.scale
        )


def _polynomials(asked: "Function", between: str, wished: Wished) -> Polynomials:
    from actcli.shape.approximations import approximate

    low, high = finite(between)
    wish = wished.wish((low, high))
    return Polynomials(asked, approximate(asked.formula, low, high, wish), wish.grid.is_single)


def finite(text: str) -> tuple[Fraction, Fraction]:
    """Return two finite ends of float64."""
    if not text:
        raise ActcliError("approx needs an interval: write LO:HI, such as -8:8")
    ends = interval(text)
    if not all(isinstance(end, Fraction) for end in ends):
        raise ActcliError(
            f"{shown(text)}: no polynomial is near infinitely far out: write numbers such as -8:8"
        )
    low, high = (Fraction(float(end)) for end in ends)
    return low, high


def _in_fixed_point(asked: "Function", between: str, wished: Wished, fixed: str) -> Whole:
    from actcli.numerics.fixed import pair_named
    from actcli.shape.whole import whole_lines, whole_truth

    taken, given = pair_named(fixed)
    ends = taken.real(taken.low), taken.real(taken.high)
    if between and not (finite(between)[0] <= ends[0] and ends[1] <= finite(between)[1]):
        raise ActcliError(
            f"{between}: the inputs of {taken.name} go from {float(ends[0]):g} to {float(ends[1]):g}, all of"
            " them answered: leave the interval out"
        )
    segments, degree, error = wished.for_whole(given.scale)
    values = whole_truth(asked.formula, asked.label, taken, given)
    if segments:
        return Whole(whole_lines(values, taken, given, segments, degree), values)
    for bits in range(1, taken.bits + 1 - 2 * degree):
        found = whole_lines(values, taken, given, 1 << bits, degree)
        if Fraction(found.error) * given.scale <= error:
            return Whole(found, values)
    raise ActcliError(f"--max-error {float(error):g}: not reached by any number of segments; write more bits")


def _write_rows(made: Polynomials | Whole, color: str, written: WrittenOrSource) -> None:
    from actcli.language.texts import Digits
    from actcli.shape.approximations import upward

    rows = [(Digits(str(i)), *row[:-1], Digits(upward(row[-1]))) for i, row in enumerate(made.rows(), 1)]
    out = table_or_csv(written, color)
    names = ("segment", "from", "to", *(f"c{k}" for k in range(len(rows[0]) - 4)), "max_error")
    out.write(names, lambda _: rows, _remarks(made.found.sentence) if out.is_table else None)
    if not out.is_table:
        tell(made.found.sentence)


def _remarks(sentence: str) -> Any:
    from actcli.pages.tables import Remarks

    class Proof(Remarks):
        def notes(self, rows: Sequence[Sequence[Any]]) -> Sequence[str]:
            return (sentence,)

    return Proof()


def _draw(made: Polynomials | Whole, color: str, written: WrittenOrSource) -> None:
    from actcli.pictures.plots import Curve, Picture

    z, off = made.curve()
    cuts = tuple(float(row[0]) for row in made.rows())[1:]
    picture = Picture((Curve("error", z, off, cuts),), (float(z[0]), float(z[-1])), title=made.found.sentence)
    write_picture(picture, color, written.output)
