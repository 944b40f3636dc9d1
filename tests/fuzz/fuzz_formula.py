"""Fuzz the formula language with atheris: no text may do worse than an ActcliError.

    pip install atheris
    python tests/fuzz/fuzz_formula.py -max_total_time=600 -timeout=5 -rss_limit_mb=1000

Formulas are made from two kinds of input: raw text, and words of the language strung together.
"""

import sys
import warnings

import atheris

with atheris.instrument_imports(include=["actcli"]):
    from actcli.catalog import defined, function
    from actcli.errors import ActcliError
    from actcli.language import calculus, formula, trees, words
    from actcli.numerics import balls

import numpy as np

from actcli.numerics.plain import ARRAYS

PIECES = [
    *"zxabepi0123456789.+-*/^(),=<>: ", "**", ">=", "<=", "==", "!=", "where(z", "clip(z,", "inf", "1e",
    "e-", "leaky_relu(", "slope=", "alpha=", "0.5", "1/3", ")", ")", "z", "z)",
    "\u03c3(", "\x00", "\udcff", "\u00b2",
    *(f"{word}(" for word in words.WORDS),
]  # fmt: skip
POINTS = np.array([-np.inf, -2.0, -1.0, 0.0, 0.5, 1.0, np.inf, np.nan])


def text_of(data: bytes) -> str:
    """Return the text that the fuzzer's bytes stand for."""
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeBool():
        return str(provider.ConsumeUnicode(200))
    return "".join(PIECES[byte % len(PIECES)] for byte in data[1:300])


def check(data: bytes) -> None:
    """Read a text in every way there is."""
    text = text_of(data)
    try:
        function(text)
        tree = formula.parse(text, defined)
    except ActcliError as fault:
        assert str(fault)
        return
    check_text(tree)
    values = dict.fromkeys(trees.names_in(tree), np.float64(0.5)) | {"z": POINTS}
    slope = calculus.derivative(tree)
    assert trees.write(slope)
    for side in (calculus.LEFT, 0, calculus.RIGHT):
        calculus.evaluate(tree, ARRAYS, values, side)
        calculus.evaluate(slope, ARRAYS, values, side)
    if trees.names_in(tree) <= {"z"}:
        balls.decide(balls.read(tree, POINTS))
        balls.decide(balls.read(slope, POINTS, calculus.RIGHT))


def check_text(tree: trees.Node) -> None:
    """Parse what is written; it may nest deeper than what was typed, as -2z is written -(2*z)."""
    written = trees.write(tree)
    try:
        assert written == trees.TOO_LONG or formula.parse(written) is tree, written
    except ActcliError as fault:
        assert "nest too deep" in str(fault), written


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
