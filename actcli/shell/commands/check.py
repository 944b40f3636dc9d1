"""The command check: someone's numbers against the truth."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from actcli.errors import ActcliError
from actcli.numerics.dtypes import DTYPES, dtype_named
from actcli.shell.offers import complete_function
from actcli.shell.options import (
    FUNCTION,
    KINK_SIDES,
    OutputFile,
    find_function,
    flag,
    named_option,
    one_of,
    text,
    whole,
)
from actcli.shell.progress import shown_progress

if TYPE_CHECKING:
    from actcli.checks.budget import Kernel
    from actcli.checks.numbers import Given
    from actcli.checks.run import Asked
    from actcli.checks.tally import Tally
    from actcli.streams.pump import Watch

FAIL = 1
DTYPE = f"Of the numbers: {', '.join(DTYPES)}."
ORDER = "1: y is the slope g'(z)."
KINK = "At a kink only this slope; else either, or one between."


def _range(text: str) -> str:
    from actcli.language.points import parse_limits

    if text:
        parse_limits(text, "range of z")
    return text


def command(
    function: Annotated[
        str, typer.Argument(metavar="FUNCTION", help=FUNCTION, autocompletion=complete_function)
    ] = "",
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="CSV, .npy, .npz or raw; standard input without.")
    ] = None,
    dtype: Annotated[str, named_option("--dtype", dtype_named, values=tuple(DTYPES), help=DTYPE)] = "float64",
    max_ulp: Annotated[
        float | None,
        text("--max-ulp", metavar="N", help="The largest error that passes, in ulp: see actcli help ulp."),
    ] = None,
    atol: Annotated[
        float, text("--atol", metavar="A", help="An absolute error that passes, whatever it is in ulp.")
    ] = 0.0,
    every: Annotated[
        bool, flag("--all", "One output for each number of the format, in order of the bits, no z.")
    ] = False,
    raw: Annotated[bool, flag("--raw", "Little-endian numbers: pairs z, y; with --all y alone.")] = False,
    order: Annotated[int | None, whole("--order", most=1, help=ORDER)] = None,
    from_a: Annotated[bool, flag("--from-a", "Column z holds a = g(z), column y the slope there.")] = False,
    upstream: Annotated[
        str,
        text("--upstream", metavar="COLUMN", help="The column of u where dy is g'(z)*u."),
    ] = "",
    kink: Annotated[str, one_of("--kink", values=KINK_SIDES, metavar="SIDE", help=KINK)] = "",
    ftz: Annotated[bool, flag("--ftz", "0 in place of a subnormal result passes (flush to zero).")] = False,
    daz: Annotated[bool, flag("--daz", "A subnormal z may be read as 0 (denormals are zero).")] = False,
    metric: Annotated[
        str,
        one_of(
            "--metric",
            values=("ulp", "steps"),
            metavar="NAME",
            help="Count errors in ulp, or in steps from the correctly rounded number.",
        ),
    ] = "ulp",
    within: Annotated[
        str, text("--within", metavar="LO:HI", help="Judge only the points between.", check=_range)
    ] = "",
    worst: Annotated[int, whole("--worst", most=10_000, help="How many of the worst inputs are shown.")] = 5,
    format: Annotated[
        str,
        one_of(
            "--format",
            "-f",
            values=("table", "json", "csv"),
            metavar="NAME",
            help="table, json, or csv (the regions).",
        ),
    ] = "table",
    plot: Annotated[bool, flag("--plot", "Draw |error| over z; -o FILE.svg keeps it.")] = False,
    output: OutputFile = None,
    budget: Annotated[
        Path | None, text("--budget", metavar="FILE.toml", help="Judge all kernels of a file, a line each.")
    ] = None,
    update: Annotated[bool, flag("--update", "Write what was found into the budget.")] = False,
) -> None:
    """Judge a kernel's numbers: errors in ulp, mistakes, one verdict.

    \b
    actcli check gelu out.bin --all --dtype bfloat16 --max-ulp 1
    actcli check gelu out.csv --dtype float32           columns z, y, dy
    actcli check sigmoid out.npy --order 1 --max-ulp 2
    actcli check --budget kernels.toml                  see actcli help check

    Exit status 0 is PASS, 1 FAIL, 2 wrong input. Without --max-ulp mistakes alone fail.
    """
    from actcli.checks.run import Asked, check_batches
    from actcli.checks.tally import Tolerance
    from actcli.language.points import parse_limits
    from actcli.shell.output import write_text

    if budget:
        _keep_budget(budget, function, update, output)
        return
    if not function or update:
        raise ActcliError(
            "--update goes with --budget" if update else "check needs a FUNCTION, or --budget FILE"
        )
    _check_limits(max_ulp, atol)
    if plot and format != "table" and not output:
        raise ActcliError(f"--plot: a picture amid {format} helps nobody; add -o FILE.svg for it")
    limits = Tolerance(max_ulp, atol, worst)
    span = parse_limits(within, "range of z") if within else None
    asked = Asked(dtype, order or 0, limits, from_a, upstream, kink, ftz, daz, metric == "steps", span, plot)
    with _batches(file, asked, raw, every) as batches:
        tallies = check_batches(find_function(function), batches, asked)
    if plot:
        for label, tally in tallies.items():
            _draw(label, tally, metric, output)
    write_text(_written(tallies, dtype, metric, format), None if plot else output)
    if not all(tally.passed for tally in tallies.values()):
        raise typer.Exit(FAIL)


def _draw(label: str, tally: "Tally", unit: str, path: Path | None) -> None:
    """Draw the error of a column; of two, that of the slopes goes to a file of its own."""
    from actcli.shell.output import write_picture

    assert tally.profile
    if path and label.endswith("'"):
        path = path.with_stem(f"{path.stem}_slope")
    write_picture(tally.profile.picture(label, tally.limits.most, unit), "auto", path)


def _keep_budget(path: Path, function: str, update: bool, output: Path | None) -> None:
    """Judge every kernel of a budget; leave it as it is, or write into it what was found."""
    from actcli.checks.budget import budget, updated, verdict_line
    from actcli.shell.output import write_text

    if function:
        raise ActcliError(f"{function}: with --budget the functions are those of {path}")
    typed = path.read_bytes().decode("utf-8", "surrogateescape")
    try:
        kernels = budget(typed)
        found = [_judged(kernel, path.parent) for kernel in kernels]
        if update:
            write_text(updated(typed, found, [kernel.dtype for kernel in kernels]), path)
    except ActcliError as fault:
        raise ActcliError(f"{path}: {fault}") from None
    judged = [(k, label, tally) for k, by in zip(kernels, found, strict=True) for label, tally in by.items()]
    failed = sum(not tally.passed for _, _, tally in judged)
    verdict = f"FAIL: {failed} of {len(judged)}" if failed else f"PASS: all {len(judged)}"
    write_text("".join(verdict_line(*columns) for columns in judged) + verdict + "\n", output)
    if failed and not update:
        raise typer.Exit(FAIL)


def _judged(kernel: "Kernel", folder: Path) -> "dict[str, Tally]":
    from actcli.checks.run import Asked, check_batches
    from actcli.checks.tally import Tolerance

    limits = Tolerance(kernel.max_ulp, kernel.atol, 1)
    options = (kernel.from_a, "", kernel.kink, kernel.ftz, kernel.daz, kernel.metric == "steps")
    asked = Asked(kernel.dtype, kernel.order, limits, *options)
    with _batches(folder / kernel.file, asked, kernel.raw, kernel.all) as batches:
        return check_batches(find_function(kernel.function), batches, asked)


def _check_limits(max_ulp: float | None, atol: float) -> None:
    for option, value in (("--max-ulp", max_ulp or 0.0), ("--atol", atol)):
        if not 0 <= value < float("inf"):
            raise ActcliError(f"{option} {value:g}: a number from 0 up")


@contextlib.contextmanager
def _batches(file: Path | None, asked: "Asked", raw: bool, every: bool) -> Iterator["Iterator[Given]"]:
    """Give the batches of a file or of standard input, in the form that its name or the options say."""
    from actcli.checks.numbers import in_csv, in_numpy, in_raw

    if file and file.suffix in (".npy", ".npz"):
        yield _placed(in_numpy(file, asked.dtype, every), str(file))
        return
    with _opened(file) as source, shown_progress(source.fileno(), wanted=True) as watch:
        if raw or every:
            found = in_raw(source, asked.dtype, every)
        else:
            found = in_csv(source, ["z", "y", "dy", *filter(None, [asked.upstream])], asked.dtype)
        yield _placed(
            _watched(found, source, watch), "standard input" if str(file or "-") == "-" else str(file)
        )


@contextlib.contextmanager
def _opened(file: Path | None) -> Iterator[IO[bytes]]:
    if file is None or str(file) == "-":
        if sys.stdin.isatty():
            raise ActcliError("no FILE was given: name one, or pipe numbers in")
        yield sys.stdin.buffer
        return
    with file.open("rb") as source:
        yield source


def _watched(batches: "Iterator[Given]", source: IO[bytes], watch: "Watch | None") -> "Iterator[Given]":
    """Tell how far a file was read."""
    from actcli.streams.pump import Counts

    rows = 0
    for batch in batches:
        rows += len(batch["z"])
        if watch and source.seekable():
            watch(Counts(source.tell(), rows=rows))
        yield batch


def _placed(batches: "Iterator[Given]", where: str) -> "Iterator[Given]":
    """Name the file in what is wrong with it."""
    try:
        yield from batches
    except ActcliError as fault:
        raise ActcliError(f"{where}: {fault}") from None


def _written(tallies: "dict[str, Tally]", dtype: str, unit: str, format: str) -> str:
    from actcli.checks.report import page, record

    if format == "table":
        return "\n".join(page(label, tally, dtype, unit) for label, tally in tallies.items())
    records = [record(label, tally, dtype, unit) for label, tally in tallies.items()]
    if format == "json":
        import json

        return json.dumps(records, indent=2) + "\n"
    lines = ["function,low,high,points,max,mean,bias,rounded,worst_z"]
    for found in records:
        lines += [",".join(map(str, (found["function"], *region.values()))) for region in found["regions"]]
    return "\n".join(lines) + "\n"
