"""The command code: g and g' as source text that keeps the digits, and how far it was measured to be off."""

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from actcli.shell.fixedwise import head_of
from actcli.shell.options import FunctionName, OutputFile, find_function, flag, one_of
from actcli.shell.output import write_text

if TYPE_CHECKING:
    from actcli.catalog.entries import Function
    from actcli.checks.judge import Verdict
    from actcli.language.limits import Array
    from actcli.language.trees import Node

CODE_FORMATS = ("torch", "jax", "numpy", "c", "latex")
INPUTS = 20_000


def command(
    function: FunctionName,
    format: Annotated[
        str,
        one_of("--format", "-f", values=CODE_FORMATS, metavar="NAME", help="torch, jax, numpy, c or latex."),
    ] = "numpy",
    fast: Annotated[bool, flag("--fast", "Compute in the type of z, not in float64.")] = False,
    output: OutputFile = None,
) -> None:
    """Write g and g' as code that keeps the digits, measured.

    \b
    actcli code gelu -f torch -o gelu.py
    actcli code 'log(1 + exp(z))' -f jax
    actcli code mish -f c --fast
    actcli code elu:alpha=0.5 -f latex

    The slope is explicit (autograd.Function, custom_jvp), from the right at a kink.
    The head tells the largest error that check finds over 20,000 float32, by NumPy:
    other languages have an exp of their own. jax needs jax_enable_x64, or --fast.
    """
    asked = find_function(function)
    head = head_of("code", function, "-f", format, *(["--fast"] if fast else []))
    if format == "latex":
        write_text(_in_latex(asked, head), output)
        return
    from actcli.language.trees import write
    from actcli.streams.programs import program
    from actcli.streams.sources import identifier

    made = CodeOf(asked, fast)
    trees = [made.best(order) for order in (0, 1)]
    head += [f"g(z) = {write(asked.formula)}", *(made.told(tree, i) for i, tree in enumerate(trees))]
    head += ["on CPUs XLA takes subnormal float32 for 0"] if format == "jax" else []
    write_text(program(format, identifier(asked.label), trees, head, fast), output)


def _in_latex(asked: "Function", head: list[str]) -> str:
    from actcli.language.formula import parse
    from actcli.language.tidy import tidied
    from actcli.language.trees import substitute
    from actcli.pages.latex import latex

    text = asked.entry.definition if asked.entry else ""
    value = substitute(parse(text), asked.parameters) if text else asked.formula
    lines = rf"g(z) &= {latex(tidied(value))} \\", f"g'(z) &= {latex(tidied(asked.slope))}"
    body = "".join(f"  {line}\n" for line in lines)
    return "".join(f"% {line}\n" for line in head) + f"\\begin{{align*}}\n{body}\\end{{align*}}\n"


@dataclass(frozen=True)
class CodeOf:
    """A function whose text for NumPy is run and held against the truth."""

    asked: "Function"
    fast: bool

    @property
    def exact(self) -> "Function":
        """The function itself, a typed one rewritten by identities, as its truth is known sooner then."""
        from actcli.language.calculus import derivative
        from actcli.language.stable import stable

        if self.asked.entry:
            return self.asked
        plain = stable(self.asked.formula, exactly=True)
        return replace(self.asked, formula=plain, slope=derivative(plain))

    def best(self, order: int) -> "Node":
        """Return g or g' as it is computed: of two ways to a slope the one that is nearer."""
        from actcli.language.stable import stable
        from actcli.numerics.answers import slope, value
        from actcli.numerics.guards import guarded

        trees = {f.slope if order else f.formula for f in (self.exact, self.asked)}
        question = slope(self.exact) if order else value(self.exact)
        found = dict.fromkeys(guarded(stable(tree), question, self.computed) for tree in trees)
        if len(found) == 1:
            return next(iter(found))
        few = {tree: self.verdict(tree, order, even_inputs(1000)) for tree in found}
        return min(found, key=lambda tree: (few[tree].failures, few[tree].largest))

    def computed(self, tree: "Node", z: "Array") -> "Array":
        """Return what the text computes, in the type in which it would."""
        from actcli.streams.programs import program

        made: dict[str, Any] = {}
        exec(program("numpy", "g", [tree, tree], [], self.fast), made)
        found: Array = made["g"](z.astype("float32" if self.fast else z.dtype))
        return found

    def verdict(self, tree: "Node", order: int, z: "Array") -> "Verdict":
        """Return what a check finds; at a jump, and where g has no value, there is no slope to be met."""
        import numpy as np

        from actcli.checks.judge import check
        from actcli.numerics.answers import array_answers, slope

        if order and (self.exact.kinks or not self.asked.entry):
            z = z[np.isnan(z) | ~np.isnan(array_answers(slope(self.exact), z))]
        return check(partial(self.computed, tree), self, "float32", order, z=z, kink="right")

    @property
    def _function(self) -> "Function":  # as a check asks for it
        return self.exact

    def told(self, tree: "Node", order: int) -> str:
        """Return the sentence about the largest error."""
        from actcli.checks.ulps import MISTAKES

        found = self.verdict(tree, order, even_inputs(INPUTS))
        wrong = ", ".join(f"{name} {found.mistakes[name]:,}" for name in MISTAKES if found.mistakes[name])
        most = (
            f"{math.ceil(found.largest * 1e4) / 1e4:.4f}" if found.largest < 1e6 else f"{found.largest:.3g}"
        )
        where = f" (at z = {found.worst[0].z:.9g})" if found.largest > 0.51 else ""
        told = f"g{chr(39) * order}: the largest error over {found.points:,} float32 is {most} ulp{where}"
        return told + f", by NumPy{f'; {wrong}' if wrong else ''}"


def even_inputs(count: int) -> "Array":
    """Return float32, half of them evenly among all encodings, half evenly from -20 to 20."""
    import numpy as np

    from actcli.checks.ulps import from_keys, keys
    from actcli.numerics.dtypes import rounded_array

    low, high = keys(np.array([-3.4e38, 3.4e38]), "float32").tolist()
    encoded = from_keys(np.linspace(low, high, count // 2 - 4).astype(np.int64), "float32")
    near = rounded_array(np.linspace(-20.0, 20.0, count // 2), "float32")
    return np.concatenate([encoded, [0.0, -np.inf, np.inf, np.nan], near])
