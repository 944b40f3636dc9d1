"""The language of formulas: what a text means, what is refused and where, and that nothing is too much."""

import json
import os
import random
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actcli.catalog import CATALOG, defined, find, function
from actcli.errors import ActcliError, FormulaError
from actcli.language.calculus import LEFT, RIGHT, derivative, evaluate
from actcli.language.formula import parse
from actcli.language.trees import TOO_LONG, Node, Z, name, names_in, number, write
from actcli.language.words import COMPARISONS, CONSTANTS, SHORTHANDS, WORDS
from actcli.numerics.plain import ARRAYS

# ---------------------------------------------------------------------------- what a text means

SAME = [
    ("1 + 2*z", "1 + (2*z)"),
    ("1 - 2 - z", "(1 - 2) - z"),
    ("1/z/3", "(1/z)/3"),
    ("1/z*3", "(1/z)*3"),
    ("2*z^2", "2*(z^2)"),
    ("2^z^3", "2^(z^3)"),
    ("2**z**3", "2^z^3"),
    ("-z^2", "-(z^2)"),
    ("-z*3", "(-z)*3"),
    ("2^-z", "2^(-z)"),
    ("2^-z^3", "2^(-(z^3))"),
    ("2^--z", "2^(-(-z))"),
    ("2^+z", "2^z"),
    ("+z", "z"),
    ("z - -z", "z - (-z)"),
    ("2z", "2*z"),
    ("1.702z", "1.702*z"),
    (".5z", "0.5*z"),
    ("2.z", "2*z"),
    ("3(z + 1)", "3*(z + 1)"),
    ("-2z", "-(2*z)"),
    ("2z^2", "2*(z^2)"),
    ("2z*3z", "(2*z)*(3*z)"),
    ("z/3*z", "(z/3)*z"),
    ("2sin(z)^2", "2*(sin(z)^2)"),
    ("1/(2z)", "1/(2*z)"),
    ("2e", "2*e"),
    ("2e3z", "2000*z"),
    ("2e-1z", "0.2*z"),
    ("2E3", "2000"),
    ("x^2 + z", "z^2 + z"),
    (" z\n+\t1\u00a0", "z+1"),
    ("0.50z", "0.5*z"),
    ("min(z, 1, 2, 3)", "min(min(z, 1), min(2, 3))"),
    ("max(z, 1, 2)", "max(max(z, 1), 2)"),
    ("clip(z, -1, 1)", "min(max(z, -1), 1)"),
    ("where(z >= 0, z, exp(z) - 1)", "where((z) >= (0), (z), exp(z) - 1)"),
    ("sigmoid(z)", "\u03c3(z)"),
    ("z*LeakyReLU(z, slope=0.2)", "z*where(z >= 0, z, 0.2*z)"),
    ("leaky_relu(2z, 0.2)", "where(2*z >= 0, 2*z, 0.2*(2*z))"),
    ("leaky_relu(z, negative_slope=1/5)", "where(z >= 0, z, 1/5*z)"),
    ("leaky_relu(z)", "where(z >= 0, z, 0.01*z)"),
    ("leaky_relu(z, slope=b)", "where(z >= 0, z, b*z)"),
    ("relu(relu(z))", "max(0, max(0, z))"),
]


@pytest.mark.parametrize(("text", "meaning"), SAME)
def test_what_a_text_means(text, meaning):
    assert parse(text, defined) is parse(meaning, defined)


@pytest.mark.parametrize("sign", COMPARISONS)
def test_where_takes_every_comparison(sign):
    tree = parse(f"where(z {sign} 1, 2, 3)")
    assert tree.children[0] is Node(sign, Z, number(1))


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_read_and_written(word):
    arguments = ["z", "1 - z"][: WORDS[word].arity]
    text = f"{word}({', '.join(arguments)})"
    tree = parse(text)
    assert tree.op == word
    assert write(tree) == text
    assert np.isfinite(evaluate(tree, ARRAYS, {"z": np.float64(1.0 if word == "acosh" else 0.5)}))


@pytest.mark.parametrize("entry", CATALOG, ids=lambda entry: entry.name)
def test_every_activation_is_a_word(entry):
    tree = parse(f"{entry.name}(z)", defined)
    with np.errstate(all="ignore"):
        found = evaluate(tree, ARRAYS, {"z": np.float64(0.5)})
        expected = evaluate(find(entry.name).bind().formula, ARRAYS, {"z": np.float64(0.5)})
    assert found == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(("text", "value"), [("pi", np.pi), ("e", np.e), ("inf", np.inf), ("2pi", 2 * np.pi)])
def test_constants(text, value):
    assert evaluate(parse(text), ARRAYS, {}) == value


def test_a_number_that_would_be_too_long_is_left_as_it_was_written():
    tree = parse("1e9999*1e9999*z + (1e9999 + 1)")
    assert tree.children[0].children[0].value is None and tree.children[1].value is None
    assert write(tree) == "1e9999*1e9999*z + (1e9999 + 1)"
    assert write(derivative(tree)) == "1e9999*1e9999"


def test_names_are_z_and_the_parameters():
    assert names_in(parse("b*z + pi*c - exp(e)")) == {"z", "b", "c"}
    assert names_in(parse("1 + pi")) == set()


def test_equal_formulas_are_one_node_as_long_as_they_are_used():
    assert parse("sin(z)*2") is parse("sin( z ) * 2.0")
    before = len(Node._known)
    for i in range(200):
        parse(f"z + {i}.0001234")
    assert len(Node._known) < before + 50


# ---------------------------------------------------------------------------- text and tree are one

DECIMALS = st.decimals(0, 10**30, allow_nan=False, allow_infinity=False).map(Fraction).map(number)
LEAVES = st.one_of(
    st.just(Z),
    st.sampled_from([*map(name, CONSTANTS), name("b"), name("slope_2")]),
    DECIMALS,
    st.just(number(2)),
)
UNARY = sorted(word for word, said in WORDS.items() if said.arity == 1)


def _grown(trees):
    pair = st.tuples(trees, trees)
    compared = st.builds(Node, st.sampled_from(COMPARISONS), trees, trees)
    return st.one_of(
        st.builds(Node, st.sampled_from(["neg", *UNARY]), trees),
        st.builds(lambda op, ab: Node(op, *ab), st.sampled_from([*"+-*/^", "min", "max"]), pair),
        st.builds(lambda c, ab: Node("where", c, *ab), compared, pair),
    )


TREES = st.recursive(LEAVES, _grown, max_leaves=25)


@given(TREES)
def test_what_is_written_is_read_as_the_same_formula(tree):
    written = write(tree)
    try:
        assert parse(written) is tree
    except FormulaError as fault:
        assert "nest too deep" in str(fault)


@given(st.fractions(max_denominator=10**40))
def test_a_number_is_written_exactly(value):
    tree = number(value)
    assert tree.value == value
    assert parse(write(tree)) is tree


@pytest.mark.parametrize(
    ("top", "bottom"), [(1, 3), (-7, 2**60), (1, 2**12_000), (3**2_500, 7**3), (2**12_999, 1)]
)
def test_a_long_number_is_written_exactly(top, bottom):
    tree = number(Fraction(top, bottom))
    assert tree.value == Fraction(top, bottom)
    assert parse(write(tree)) is tree


@pytest.mark.parametrize(
    "text", ["1e9999", "1e-9999", "1.5e-9999", "9." + "9" * 3_900 + "e9999", "1" * 4_000]
)
def test_a_long_literal_is_written_exactly(text):
    tree = parse(f"z*{text}")
    assert parse(write(tree)) is tree


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("(((z)))", "z"),
        ("(z*2)*3", "z*2*3"),
        ("z*(2*3)", "z*(2*3)"),
        ("(z + 1) + 2", "z + 1 + 2"),
        ("z - (1 + 2)", "z - (1 + 2)"),
        ("(2^z)^3", "(2^z)^3"),
        ("2^(z^3)", "2^z^3"),
        ("z^(-2)", "z^-2"),
        ("(-z)^2", "(-z)^2"),
        ("-(z + 1)", "-(z + 1)"),
        ("2z", "2*z"),
        ("where(z>=0,z,0)", "where(z >= 0, z, 0)"),
        ("1e-50z", "1e-50*z"),
        ("1.50z", "1.5*z"),
        ("6.02214076e23", "6.02214076e23"),
        ("1.25e40", "1.25e40"),
    ],
)
def test_no_bracket_is_written_that_is_not_needed(text, written):
    assert write(parse(text)) == written
    assert repr(parse(text)) == f"<{written}>"


def test_a_text_that_would_be_exponentially_long_is_not_written():
    tree = Z
    for _ in range(200):
        tree = Node("*", tree, Node("Phi", tree))
    assert write(tree) == TOO_LONG
    assert write(derivative(tree)) == TOO_LONG


# ---------------------------------------------------------------------------- what is refused, and where

REFUSED = [
    ("", 0, "is empty"),
    ("  ", 0, "is empty"),
    ("1/2z", 2, "bracket the divisor as in 1/(2*z)"),
    ("z/2(z + 1)", 2, "two ways"),
    ("1/-2z", 3, "two ways"),
    ("2^3z", 2, "bracket the exponent as in 2^(3*z)"),
    ("2^-3z", 3, "two ways"),
    ("z^2(z + 1)", 2, "two ways"),
    ("2 z", 2, "an operator is missing before 'z'"),
    ("z z", 2, "an operator is missing before 'z'"),
    ("(z)(z)", 3, "an operator is missing before '('"),
    ("z2 3", 3, "an operator is missing before '3'"),
    ("sin z", 0, "'sin' needs an argument: sin(z)"),
    ("erfc()", 0, "'erfc' needs an argument: erfc(z)"),
    ("2 + relu", 4, "'relu' needs an argument: relu(z)"),
    ("where + 1", 0, "'where' needs an argument"),
    ("erfc(z, z)", 0, "erfc takes 1 argument, not 2"),
    ("min(z)", 0, "min takes 2 arguments, not 1"),
    ("clip(z, 1)", 0, "clip takes 3 arguments, not 2"),
    ("where(z > 0, 1)", 0, "where takes 3 arguments, not 2"),
    ("erfc(a=z)", 5, "the arguments of erfc have no names"),
    ("where(z > 0, 1, b=2)", 16, "the arguments of where have no names"),
    ("where(z, 1, 2)", 7, "where needs a comparison first, such as where(z >= 0, z, 0)"),
    ("where(z = 0, 1, 2)", 8, "to compare, write =="),
    ("where(0 < z < 1, 1, 2)", 12, "one in each, as in where(z > 0, 1, 0)"),
    ("where(z > 0 and z < 1, 1, 2)", 12, "put one where in another"),
    ("z >= 0", 2, "a comparison stands only in where"),
    ("z = 3", 2, "'=' may stand only after a parameter's name"),
    ("1,5*z", 1, "a decimal is written with a point, as in 1.5"),
    ("(z + 1", 0, "this bracket is never closed"),
    ("2*exp(-(z + 1)", 5, "this bracket is never closed"),
    ("z)", 1, "')' closes nothing"),
    ("z +", 3, "the formula ends where a number, z or a word should stand"),
    ("*z", 0, "'*' stands where"),
    ("max(z,, 1)", 6, "',' stands where"),
    ("z(z + 1)", 0, "to multiply write z*("),
    ("pi(z)", 0, "to multiply write pi*("),
    ("sigmiod(z)", 0, "there is no word called 'sigmiod'; did you mean sigmoid"),
    ("1 + leaky_rleu(z)", 4, "did you mean leaky_relu"),
    ("clip(z, min=0)", 8, "the arguments of clip have no names"),
    ("1 + Leaky(z)", 4, "say leaky_relu:slope=0.1 or leaky_relu"),
    ("1 + leaky", 4, "say leaky_relu:slope=0.1 or leaky_relu"),
    ("Expm1(z)", 0, "did you mean expm1"),
    ("leaky_relu(z, slop=2)", 14, "did you mean slope? (it has slope)"),
    ("leaky_relu(z, slope=1, slope=2)", 23, "slope of leaky_relu is given twice"),
    ("leaky_relu(z, slope=1, alpha=2)", 23, "slope of leaky_relu is given twice"),
    ("leaky_relu(z, 1, slope=2)", 17, "slope of leaky_relu is given twice"),
    ("leaky_relu(slope=1, z)", 20, "an argument without a name stands after one with a name"),
    (
        "1 + leaky_relu(slope=1)",
        4,
        "as in leaky_relu(z, slope=1), not 0 arguments",
    ),
    (
        "leaky_relu(z, 1, 2)",
        0,
        "as in leaky_relu(z, slope=1), not 3 arguments",
    ),
    ("leaky_relu(z, slope=z)", 0, "must not depend on z"),
    ("relu(z, 3)", 0, "relu takes z alone, not 2 arguments"),
    ("tanh(z, b=2)", 8, "tanh has no parameters"),
    ("z[0]", 1, "'[' has no meaning in a formula; write ("),
    ("z.real", 1, "'.' has no meaning"),
    ("'z'", 0, "has no meaning"),
    ("z\x00", 1, r"'\x00' has no meaning"),
    ("z + \udcff", 4, r"'\udcff' has no meaning"),
    ("z; z", 1, "write ,"),
    ("\uff13z", 0, "has no meaning"),
    ("1e99999z", 0, "the exponent of '1e99999' is too large"),
    ("z + 1e-10000", 4, "too large"),
    ("0." + "1" * 5000, 0, "a number of 5,001 digits is too long"),
    ("(" * 60 + "z" + ")" * 60, 50, "nest too deep here: 50 levels at most"),
    ("z" * 5000 + " 2", 5001, "an operator is missing"),
    ("q*z", 0, "'q' has no value: write z, or give it one, as in 'FORMULA:q=0.5'"),
    (
        "1 + simgoid*2",
        4,
        "'simgoid' has no value: write z, or give it one, as in 'FORMULA:simgoid=0.5'; did you mean sigmoid",
    ),
    ("2*z + leaky_rulu*q", 6, "did you mean leaky_relu"),
    ("z*b*c:b=2", 4, "'c' has no value"),
]


@pytest.mark.parametrize(
    ("text", "place", "sentence"), REFUSED, ids=[repr(text[:20]) for text, *_ in REFUSED]
)
def test_what_is_refused_and_where(text, place, sentence):
    with pytest.raises(FormulaError) as caught:
        function(text)
    fault = caught.value
    assert sentence in fault.args[0]
    assert fault.place == place
    told, shown, caret = str(fault).split("\n")
    assert len(told) < 200 and told.isprintable() and shown.isprintable()
    under = shown[len(caret) - 1 : len(caret)]
    meant = text[place : place + 1]
    assert under.strip() == (meant.strip() if meant.isprintable() else "?")


def test_a_long_formula_is_refused_in_one_line():
    with pytest.raises(ActcliError, match="a formula of 1,000,000 characters is too long: 10,000 at most"):
        parse("z+" * 500_000)


def test_the_fault_is_shown_at_the_shell(program):
    result = program("eval", "z*sigmoid(1.702z) + 1/2z", "1")
    assert result.status == 2 and result.out == ""
    assert result.err.split("\n") == [
        "actcli: this can be read in two ways: write a *, or bracket the divisor as in 1/(2*z)",
        "  z*sigmoid(1.702z) + 1/2z",
        "                        ^",
        "",
    ]


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["eval", "z*sigmoid(1.702z)", "0", "1"], ["0", "0.8457957659328212"]),
        (["eval", "2^-1^2 + 1/3 - -z^2", "3"], ["9.833333333333334"]),
        (["eval", "x - LeakyReLU(z, slope=0.2)", "-1"], ["-0.8"]),
        (["eval", "where(z > 1, 1, clip(z, -1, 1/2))", "2", "0.7", "-3"], ["1", "0.5", "-1"]),
        (["deriv", "tanh(z) - z/3", "0"], ["0.6666666666666666"]),
        (["deriv", "relu(z)^2", "-1", "0", "2"], ["0", "0", "4"]),
        (["deriv", "b*z^2:b=1/4", "2"], ["1"]),
        (["deriv", "3", "1"], ["0"]),
    ],
)
def test_formulas_at_the_shell(program, arguments, lines):
    assert program(*arguments).lines == lines


def test_info_shows_a_text_that_can_be_typed_again(program):
    lines = program("info", "z*tanh(softplus(2z))").lines
    assert lines[1].split("g(z)")[1].strip() == "z*tanh(softplus(2*z))"
    slope = "".join(lines[2:]).split("g'(z)")[1].split("computed as")[0].strip()
    assert program("eval", slope, "0.5").out == program("deriv", "z*tanh(softplus(2z))", "0.5").out


# ---------------------------------------------------------------------------- hostile input


def _nested(opening, count, closing=")"):
    return opening * count + "z" + closing * count


def _gelus(count):
    text = "z"
    for _ in range(count):
        text = f"({text})*Phi({text})"
    return text


HOSTILE = [
    _nested("(", 10_000),
    _nested("(", 50),
    _nested("(", 4_000),
    _nested("-", 10_000, ""),
    _nested("-", 4_000, ""),
    "z+" * 500_000,
    "+".join(["z"] * 5_000),
    "*".join(["z"] * 5_000),
    "/".join(["z"] * 5_000),
    "^".join(["z"] * 5_000),
    "-".join(["9"] * 5_000),
    "*".join(["9"] * 5_000),
    "/".join(["7"] * 5_000),
    "z*-" * 3_000 + "z",
    "+".join(f"{i}*z" for i in range(1_000)),
    "*".join(["(z+sin(z))"] * 900),
    "*".join(["1e9999"] * 1_400),
    "*".join(["1e9999*z"] * 1_100),
    "+".join(f"1/{i}" for i in range(1, 1_500)),
    "9**9**9**9",
    "z^9^9^9",
    "1e9999*z",
    "1e-9999*z",
    "z^1e9999",
    "1e99999",
    "1" * 9_999,
    "0." + "1" * 9_000 + "z",
    "1" * 3_999 + "z",
    "z^1000000",
    "z^-1000000",
    _nested("(", 45, "^1000)"),
    "(z^1000)^1000^1000",
    "__import__('os')",
    "z.__class__",
    "z[0]",
    "lambda: z",
    "z if z else z",
    "'z'",
    '"',
    "\\",
    "z\\n",
    "z\nz",
    "z\r+1",
    "\ud83d\ude00",
    "\udcff",
    "\uff5a",
    "\u200bz",
    "e\u0301*z",
    "%s%n{0}",
    "[bold]z[/]",
    "-",
    "--",
    "=",
    _gelus(10),
    _nested("gelu(", 30),
    _nested("Phi(", 45),
    _nested("sigmoid(", 45),
    _nested("max(0,", 45),
    _nested("where(z>=0,", 45, ",0)"),
    _nested("where(z>=0,z,", 45),
    _nested("z/(z+", 45),
    _nested("leaky_relu(", 45),
    "where(" * 4_000,
    "min(" + ",".join(["z"] * 4_000) + ")",
    "max(" + ",".join(["0,z"] * 2_000) + ")",
    "1/0",
    "0/0*z",
    "0^-1",
    "log(0*z)",
    "inf - inf + z",
    "z:z=3",
    "z::",
    "z:b",
    ":",
    "z*b:b=1e9999",
    "z*b:b=z",
    "\\frac{" * 1_600,
    "\\text{" + " " * 9_000,
    "z" + " if" * 3_000 + " else ",
    "z" + " " * 9_000 + " else ",
    "?:" * 4_900,
    "|" * 9_000,
    "\u207b" * 9_000,
    "\\tanh" + " " * 9_000,
    "$" + "(" * 9_000,
]

CHILD = """
import json, os, resource, sys
from actcli import catalog
from actcli.language import calculus
from actcli.shell import app as cli
from actcli.numerics import exact, plain as words
from actcli.pages import info as handbook

def attempt(text):
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    for command in (["eval", text, "0.5"], ["deriv", text, "0"], ["info", text]):
        status = cli.run(command)
        if status not in (0, 2):
            os._exit(50 + status)
    sys.stdout.flush()

for text in json.load(sys.stdin):
    child = os.fork()
    if not child:
        try:
            attempt(text)
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(99)
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    print(json.dumps([text[:40], status, used.ru_utime, used.ru_maxrss / 1024]), file=sys.__stdout__)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="measures each formula in a process of its own")
@pytest.mark.parametrize("part", [0, pytest.param(1, marks=pytest.mark.long)])
def test_hostile_formulas_take_neither_time_nor_memory(tmp_path, part):
    """Each is answered or refused: in a second, for which slow machines are given more, and 200 MB."""
    script = tmp_path / "child.py"
    script.write_text(CHILD.replace("file=sys.__stdout__", f"file=open({str(tmp_path / 'told')!r}, 'a')"))
    done = subprocess.run(
        [sys.executable, str(script)],
        input=json.dumps(HOSTILE[part::2]).encode(),
        capture_output=True,
        timeout=300,
    )
    told = [json.loads(line) for line in (tmp_path / "told").read_text().splitlines()]
    assert len(told) == len(HOSTILE[part::2]), done.stderr[-2000:]
    assert [case for case in told if case[1] != 0] == []
    assert [case for case in told if case[2] > 6] == []
    assert [case for case in told if case[3] > 200] == []


# ---------------------------------------------------------------------------- fuzz

ALPHABET = "zxabe0123456789.+-*/^(),=<> \u03c3\u00b2\x00"
SNIPPETS = [
    *ALPHABET,
    "**",
    ">=",
    "where(",
    "clip(",
    "1e",
    "pi",
    "inf",
    "leaky_relu(",
    "slope=",
    *(f"{w}(" for w in WORDS),
]
VALID = [text for text, _ in SAME] + [entry.formula for entry in CATALOG]
POINTS = np.array([-np.inf, -2.0, -1.0, 0.0, 0.5, 1.0, np.inf, np.nan])


@st.composite
def mutated(draw):
    """Return a valid formula with some of its characters exchanged, dropped or doubled."""
    text = draw(st.sampled_from(VALID))
    chance = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(1, 4))):
        at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        text = text[:at] + chance.choice(["", chance.choice(SNIPPETS), text[at:to] * 2]) + text[to:]
    return text


@settings(max_examples=400)
@given(st.one_of(st.text(ALPHABET, max_size=40), mutated(), st.lists(st.sampled_from(SNIPPETS)).map("".join)))
def test_no_text_does_worse_than_an_error_in_words(text):
    try:
        function(text)
    except ActcliError as fault:
        assert str(fault)
    try:
        tree = parse(text, defined)
    except ActcliError as fault:
        assert str(fault)
        return
    slope = derivative(tree)
    assert write(slope)
    values = dict.fromkeys(names_in(tree), np.float64(0.5)) | {"z": POINTS}
    with np.errstate(all="ignore"):
        for side in (LEFT, 0, RIGHT):
            evaluate(tree, ARRAYS, values, side)
            evaluate(slope, ARRAYS, values, side)


def test_shorthands_and_words_do_not_share_names():
    assert not set(SHORTHANDS) & set(WORDS)
