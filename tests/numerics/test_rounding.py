"""Answers are correctly rounded, the same on every path; tests/long/rounding.py is the whole proof.

Arrays are held against Arb point by point, for every entry of the catalog and for random formulas.
"""

import importlib
import math
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from actcli import activation
from actcli.catalog import CATALOG, function
from actcli.errors import ActcliError, UndefinedError
from actcli.language.calculus import derivative
from actcli.language.formula import parse
from actcli.language.trees import postorder
from actcli.numerics import answers, blocks
from actcli.numerics.answers import answer, answer_or_nan, array_answers, digits, slope, value
from actcli.numerics.balls.sharing import shared
from actcli.numerics.blocks import _far_away, in_balls
from actcli.numerics.dtypes import (
    DOUBLE,
    DTYPES,
    all_as_written,
    as_written,
    numbers_of,
    rounded,
    rounded_array,
)

NARROW = [name for name in DTYPES if name != DOUBLE]
PLACES = (0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 6.0, 27.5, 40.0, 713.0, 1e3, 1e160, 1e-160, 1e-310)
QUESTIONS = [(entry.name, order) for entry in CATALOG for order in (0, 1)]


def question_of(name, order):
    return slope(function(name)) if order else value(function(name))


def proven(question, z, dtype=DOUBLE):
    try:
        return answer(question, z, dtype)
    except UndefinedError:
        return math.nan


def same(a, b):
    """The same bits, any nan being one."""
    return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))


def differing(question, points, dtype=DOUBLE):
    found = array_answers(question, np.array(points), dtype).tolist()
    return [(z, g) for z, g in zip(points, found, strict=True) if not same(g, proven(question, z, dtype))]


def some_points(seed, count):
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2**64, count, dtype=np.uint64).view(np.float64)
    points = [rng.normal(0, 5, 2 * count), bits[np.isfinite(bits)], np.rint(rng.normal(0, 9, count)) / 4]
    near = np.array([*PLACES, *(-p for p in PLACES)])
    return np.concatenate([*points, near, np.nextafter(near, np.inf)]).tolist()


@pytest.mark.parametrize(("name", "order"), QUESTIONS)
def test_arrays_answer_as_arb_does(name, order):
    assert not differing(question_of(name, order), some_points(len(name), 12))


@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize(("name", "order"), QUESTIONS)
def test_narrow_formats_are_rounded_once(name, order, dtype):
    points = [rounded(z, dtype) for z in some_points(order, 1)]
    assert not differing(question_of(name, order), [z for z in points if math.isfinite(z)], dtype)


@pytest.mark.parametrize(("name", "order"), QUESTIONS)
def test_what_is_decided_is_right_whatever_the_rest_is(name, order):
    """Without Arb's help: the decided ones alone, far more points than the others."""
    question = question_of(name, order)
    points = np.random.default_rng(7).normal(0, 4, 40)
    found, unsure = in_balls(question, points)
    found = np.broadcast_to(found, points.shape)
    for z, g in zip(points[~unsure].tolist(), found[~unsure].tolist(), strict=True):
        assert g == proven(question, z), z


TIES = {
    "hard_sigmoid",
    "rrelu",
    "darknet_ramp",
    "hard_swish",
    "laplace",
}  # ties, a narrow bell


@pytest.mark.parametrize(("name", "order"), QUESTIONS)
def test_few_points_are_left_to_arb(name, order):
    question, points = question_of(name, order), np.random.default_rng(8).normal(0, 5, 4096)
    left = points[in_balls(question, points)[1]]
    left = left[_far_away(question, left, "float64")[1]]
    assert left.size < 4096 * (0.08 if name in TIES else 0.004)


# ---------------------------------------------------------------- paths


@pytest.mark.parametrize(("name", "order"), QUESTIONS[:: max(1, len(QUESTIONS) // 40)])
def test_digits_say_the_same(name, order):
    question = question_of(name, order)
    for z in (-3.7, 0.1, 2.25):
        text = digits(question, Fraction(z), 60)
        assert float(text) == answer(question, z)


def test_argument_range_and_stream_print_the_same(program):
    points = "\n".join(str(i / 10) for i in range(-60, 61)) * 3
    stream = program("eval", "mish", "-", input=points.replace("6.0-6.0", "6.0\n-6.0").encode()).lines
    assert stream[:121] == program("eval", "mish", "-6:6:0.1").lines
    assert stream[60] == program("eval", "mish", "0").lines[0]
    assert stream[61] == program("eval", "mish", "0.1").lines[0]


HASH = """
import hashlib, numpy as np
from actcli.numerics.answers import array_answers, slope, value
from actcli.catalog import function
z = np.random.default_rng(1).normal(0, 6, 20_000)
total = hashlib.sha256()
for name in ("sigmoid", "tanh", "gelu", "mish", "softplus", "sine", "erf", "isru"):
    for question in (value(function(name)), slope(function(name))):
        total.update(array_answers(question, z).tobytes())
print(total.hexdigest())
"""
AVX512 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4"
AVX2 = "AVX F16C FMA3 AVX2 X86_V3"


def hashed(disabled):
    """The hash with some of the processor's features left unused; None where that cannot be set."""
    core = "_core" if np.lib.NumpyVersion(np.__version__) >= "2.0.0" else "core"
    known = importlib.import_module(f"numpy.{core}._multiarray_umath").__cpu_dispatch__
    chosen = " ".join(name for name in disabled.split() if name in known)
    env = {**os.environ, "NPY_DISABLE_CPU_FEATURES": chosen}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HASH], env=env, capture_output=True, text=True
    )
    return done.stdout if done.returncode == 0 else None


def test_every_processor_gives_the_same_bits():
    found = [hashed(disabled) for disabled in ("", AVX512, f"{AVX512} {AVX2}")]
    if None in found:
        pytest.skip("NumPy's use of the processor cannot be set here")
    assert len(set(found)) == 1


# ---------------------------------------------------------------- tails, ties and jumps


@pytest.mark.parametrize(
    ("name", "order"), [("sigmoid", 0), ("sigmoid", 1), ("silu", 0), ("elu", 1), ("gelu", 1)]
)
def test_a_stream_in_a_deep_tail(name, order):
    points = [*np.random.default_rng(2).uniform(-900, -760, 300).tolist(), -30.0, -1.0, 2.0]
    assert not differing(question_of(name, order), points)


def test_one_proof_answers_a_whole_tail(monkeypatch):
    asked = []
    monkeypatch.setattr(blocks, "answer_alone", lambda question, z, dtype: asked.append(z) or math.nan)
    found = array_answers(question_of("sigmoid", 0), np.linspace(-900, -760, 5000))
    assert not found.any() and not asked


def test_exact_ties_need_no_help():
    """(z + 1)/2 lies half-way between two float64 as often as not."""
    question = value(function("(z + 1)/2"))
    points = np.random.default_rng(3).uniform(-0.4, 0.4, 2000)
    found, unsure = in_balls(question, points)
    assert not unsure.any()
    exact = [float((Fraction(z) + 1) / 2) for z in points.tolist()]
    assert found.tolist() == exact


@pytest.mark.parametrize("text", ["sign(z)", "where(z > 0, 1, 2)", "z + where(z == 0, 1, 0)"])
def test_slopes_know_the_jumps_of_their_formula(text):
    """Over arrays too, where the slope itself mentions none."""
    question = slope(function(text))
    assert np.isnan(array_answers(question, np.zeros(300))).all()
    assert not np.isnan(array_answers(question, np.full(300, 0.5))).any()


# ---------------------------------------------------------------- random formulas

LEAVES = st.sampled_from(["z", "z", "2", "0.1", "-3", "1/3", "pi"])
WORDS = st.sampled_from(
    [
        "exp",
        "tanh",
        "sigmoid",
        "softplus",
        "Phi",
        "phi",
        "erf",
        "expm1",
        "atan",
        "sin",
        "abs",
        "cosh",
        "asinh",
    ]
)


def grown(inner):
    operation = st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
    word = st.tuples(WORDS, inner).map(lambda t: f"{t[0]}({t[1]})")
    gate = st.tuples(inner, inner).map(lambda t: f"sigmoid({t[0]})*({t[1]})*sigmoid(-({t[0]}))")
    bell = st.tuples(inner, inner).map(lambda t: f"(Phi({t[0]}) + ({t[1]})*phi({t[0]}))")
    return operation | word | gate | bell | inner.map(lambda t: f"where({t} >= z, {t}, tanh(softplus({t})))")


FORMULAS = st.recursive(LEAVES, grown, max_leaves=6)
RANDOM_POINTS = np.random.default_rng(4).normal(0, 3, 6).tolist()


@settings(max_examples=120)
@example("sigmoid(z - 1)*sigmoid(1 - z)", 0)
@example("z*tanh(softplus(z))", 1)
@example("sigmoid(z)*2*sigmoid(-z)*sigmoid(-z)*sigmoid(z)*sigmoid(-z)", 0)
@example("2*softplus(z) - sigmoid(2*softplus(z))*sigmoid(-2*softplus(z))", 1)
@example("sigmoid(z*(1 - z))*z*sigmoid(z*(z - 1)) + Phi(z - 2)*phi(2 - z)", 1)
@given(FORMULAS, st.integers(0, 1))
def test_random_formulas_are_answered_alike(text, order):
    try:
        tree = parse(text)
        question = answers.Question("f", tree, derivative(tree) if order else tree, order)
        assert not differing(question, [*RANDOM_POINTS, 0.0, 1.0])
    except ActcliError:
        return  # too long, or not decided in time


@given(FORMULAS)
def test_shared_words_save_and_never_multiply(text):
    """A formula in the shared words holds no more exponentials than before."""
    costly = ("sigmoid", "Phi", "phi", "fall", "bell", "exp", "tanh", "softplus")
    tree = parse(text)
    before, after = (sum(n.op in costly for n in postorder(t)) for t in (tree, shared(tree)))
    assert after <= before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4*sigmoid(2*z)*sigmoid(-2*z)", {"fall", "bump"}),
        ("sigmoid(z)*(1 + z*sigmoid(-z))", {"fall", "near", "gate"}),
        ("sigmoid(z - 1) + sigmoid(1 - z)", {"fall", "near", "gate"}),
        ("Phi(z) + z*phi(z)", {"bell", "cdf", "density"}),
        ("z*tanh(softplus(z))", {"fall", "gate"}),
        ("z*sigmoid(z)", {"sigmoid"}),
    ],
)
def test_what_is_shared(text, words):
    found = {n.op for n in postorder(shared(parse(text))) if n.op.isalpha()} - {"name", "number", "neg"}
    assert found == words


# ---------------------------------------------------------------- formats


@pytest.mark.parametrize(("dtype", "kind", "numpy"), [("float16", "u2", "f2"), ("float32", "u4", "f4")])
def test_formats_are_numpys(dtype, kind, numpy):
    rng = np.random.default_rng(5)
    for z in [*rng.normal(0, 1, 200), *some_points(6, 30), 65519.9, 65520.0, 2.0**-25, 2.0**-24]:
        with np.errstate(all="ignore"):
            assert same(rounded(float(z), dtype), float(np.float64(z).astype(numpy)))
    bits = rng.integers(0, 2 ** (8 * np.dtype(kind).itemsize), 300).astype(kind).view(numpy)
    for x in bits[np.isfinite(bits)]:
        assert np.dtype(numpy).type(as_written(float(x), dtype)) == x
        assert len(repr(as_written(float(x), dtype)).replace("e-0", "e-")) <= len(repr(float(x))) + 1


@pytest.mark.parametrize("dtype", NARROW)
def test_many_numbers_are_written_as_one_is(dtype):
    """Also where two of the shortest texts are as near: -1762400.25 in float32 is -1762400.2."""
    numbers = np.random.default_rng(6).integers(0, 2**32, 3000, dtype=np.uint32).view(np.float32)
    numbers = np.append(numbers, np.float32([-1762400.25, 0, -0.0, np.inf, -np.inf, np.nan]))
    with np.errstate(all="ignore"):
        values = rounded_array(numbers.astype(np.float64), dtype)
    found = all_as_written(values, dtype).tolist()
    pairs = zip(found, values.tolist(), strict=True)
    assert all(same(many, as_written(value, dtype)) for many, value in pairs)


def test_bfloat16_rounds_once():
    """1 + 2^-8 is a tie, which the next term breaks: from float64 it would be broken the other way."""
    assert rounded(Fraction(1) + Fraction(1, 256), "bfloat16") == 1
    assert rounded(Fraction(1) + Fraction(1, 256) + Fraction(1, 2**80), "bfloat16") == 1 + 2**-7
    assert rounded(3.4e38, "bfloat16") == math.inf
    assert as_written(1 + 2**-7, "bfloat16") == 1.01


def test_points_are_rounded_first(actcli):
    assert actcli("eval", "z", "0.1", "--dtype", "float16", "--csv").lines == ["z,z_2", "0.1,0.1"]
    assert actcli("eval", "1000*z", "0.1", "--dtype", "bfloat16").lines == ["100"]
    tie = "1.00048828125" + "0" * 20 + "1"  # float64 makes it a tie, and float16 then 1
    assert actcli("eval", "z", tie, "--dtype", "float16").lines == ["1.001"]
    assert actcli("eval", "z", "70000", "--dtype", "float16").lines == ["inf"]


@pytest.mark.parametrize("options", [["--dtype", "float8"], ["--dtype", "float16", "--digits", "5"]])
def test_a_wrong_format_is_told(actcli, options):
    done = actcli("eval", "sigmoid", "0", *options)
    assert done.status == 2 and "--dtype" in done.err and done.err.count("\n") == 1


BESIDE = [f"{sign}{size}" for sign in ("", "-") for size in (
    "1.00048828125", "65520", "2.98023223876953125e-8", "1.00390625", "1.000000059604644775390625",
    "340282356779733661637539395458142568448", "1.00048828125" + "0" * 20 + "1", "1.000488281249" + "9" * 20,
    "65519." + "9" * 20, "2.98023223876953125" + "0" * 20 + "1e-8", "1.00390625" + "0" * 20 + "1",
    "0.1", "3e-46",
)]  # fmt: skip


@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize("options", [[], ["--column", "z"]])
def test_piped_points_are_rounded_once_too(actcli, program, dtype, options):
    """What float64 makes the middle of two numbers of a format is read again."""
    text = "\n".join((["z"] if options else []) + BESIDE)
    command = ("eval", "identity", "--dtype", dtype, "--no-header")
    piped = program(*command, *options, input=text.encode()).lines
    single = [actcli("eval", "identity", z, "--dtype", dtype).lines[0] for z in BESIDE]
    assert [line.rpartition(",")[2] for line in piped] == single
    dirty = program(*command, "--on-error", "nan", input="\n".join([*BESIDE, "x"]).encode())
    assert dirty.lines == [*single, "nan"]


@pytest.mark.parametrize("dtype", [name for name in NARROW if DTYPES[name].width <= 16])
@pytest.mark.parametrize("options", [[], ["--column", "z"]])
def test_the_neighbours_of_middles_are_piped_as_they_are_typed(program, dtype, options):
    """A double beside a middle of two numbers is not the middle."""
    known = np.unique(np.abs(numbers_of(dtype)))
    known = known[np.isfinite(known)]
    middles = ((known[1:] + known[:-1]) / 2)[:: max(1, len(known) // 500)]
    points = np.concatenate([middles, np.nextafter(middles, 0), np.nextafter(middles, np.inf)]).tolist()
    text = "\n".join((["z"] if options else []) + [repr(z) for z in points])
    piped = program("eval", "identity", "--dtype", dtype, "--no-header", *options, input=text.encode()).lines
    expected = [as_written(rounded(Fraction(repr(z)), dtype), dtype) for z in points]
    assert [float(line.rpartition(",")[2]) for line in piped] == expected


def test_many_narrow_points_agree_with_few(actcli):
    many = actcli("deriv", "gelu", "-4:4:0.01", "--dtype", "float16").lines
    few = [actcli("deriv", "gelu", z, "--dtype", "float16").lines[0] for z in ("-4", "0", "4")]
    assert [many[0], many[400], many[800]] == few


def test_a_signalling_nan_is_a_nan_and_warns_nobody():
    signalling = np.array([0x7FF0000000000001], dtype=np.uint64).view(np.float64)
    for question in (value(function("identity")), slope(function("gelu"))):
        assert np.isnan(array_answers(question, signalling)).all()
    for bits, dtype in ((0x7FA00000, np.uint32), (0x7D00, np.uint16)):
        narrow = np.array([bits], dtype).view(f"f{np.dtype(dtype).itemsize}")
        assert np.isnan([activation("gelu")(narrow), activation("softmax")(narrow)]).all()


def test_what_is_masked_stays_masked():
    found = activation("log(z)").derivative(np.ma.array([4.0, -1.0, 0.5], mask=[0, 1, 0]), errors="raise")
    assert found.mask.tolist() == [False, True, False] and found.compressed().tolist() == [0.25, 2]


# ---------------------------------------------------------------------------- the hardest points


HARDEST = np.load(Path(__file__).parent / "data" / "hardest.npz")


def test_every_entry_has_its_hardest_points():
    assert {*HARDEST} == {f"{entry.name} {order}" for entry in CATALOG for order in (0, 1)}


@pytest.mark.parametrize("key", HARDEST)
def test_the_points_that_are_hardest_to_round(key):
    """Kept by tests/long/rounding.py: their answers lie closest to a middle between two float64."""
    name, order = key.split()
    question = slope(function(name)) if order == "1" else value(function(name))
    points = HARDEST[key]
    one = [answer_or_nan(question, z) for z in points.tolist()]
    np.testing.assert_array_equal(array_answers(question, np.repeat(points, 2))[::2], one)
