"""Parameters whose values come with the points: answers as with the numbers put in."""

from decimal import Decimal

import numpy as np
import pytest

from actcli import activation
from actcli.catalog import CATALOG
from actcli.errors import ActcliError

Z = [-2.5, -0.0, 1.0, 0.3, 7.0, float("inf"), 1.1, float("nan")]
VALUES = [0.3, -1.5, 1.0, 7.0, 0.0, 2.0, 0.1, 3.0]
FORMULAS = ["z^u", "min(z, u)*sigmoid(z)", "where(z >= u, z, u*z)", "z/u", "u*z/6 + 1/2", "sqrt(u - z)"]
ASKED = [(e.name, p.name) for e in CATALOG for p in e.parameters] + [(text, "u") for text in FORMULAS]


def one(text, key, z, value, ask):
    """Return the answer with the number put in, nan where it is refused."""
    try:
        return ask(activation(f"{text}:{key}={Decimal(value):f}"))(z)
    except ActcliError:
        return np.nan


@pytest.mark.parametrize(("text", "key"), ASKED)
def test_a_row_is_answered_as_the_function_with_its_numbers(text, key):
    shown = activation(f"{text}:u=1") if text in FORMULAS else activation(text)
    for what in ("__call__", "derivative"):
        found = getattr(shown, what)(np.array(Z), **{key: VALUES})
        wanted = [
            one(text, key, z, u, lambda f, what=what: getattr(f, what))
            for z, u in zip(Z, VALUES, strict=True)
        ]
        assert found.tolist() == pytest.approx(wanted, rel=0, abs=0, nan_ok=True), what


def test_arrays_of_parameters_in_python():
    swiglu = activation("swiglu")
    assert swiglu(np.float32(1), u=np.ones((2, 1), np.float32)).dtype == np.float32
    assert swiglu(1.0, u=2) == 2 * swiglu(1.0) and type(swiglu(1.0, up=2)) is float
    assert activation("swiglu", u=5)([1.0], u=[2], alpha=1)[0] == swiglu(1.0, u=2)
    with pytest.raises(ActcliError, match=r"row 1: beta=0: softplus takes"):
        activation("softplus")([1, 2], errors="raise", beta=[1, 0])
    with pytest.raises(ActcliError, match="the points and the parameters"):
        swiglu([1, 2], u=[1, 2, 3])


PAIRS = b"id,gate,up\n1,0.5,2\n2,-1,-3\n"


def test_columns_give_parameters_their_values(program):
    done = program("eval", "swiglu", "--column", "z=gate", "--column", "u=up", input=PAIRS)
    assert done.out == "id,gate,up,swiglu\n1,0.5,2,0.6224593312018546\n2,-1,-3,0.8068242641099853\n"
    done = program("deriv", "z^b", "--column", "gate", "--column", "b=3", "--order", 2, input=PAIRS)
    assert done.lines[1:] == ["1,0.5,2,2", "2,-1,-3,-12"]
    done = program("table", "reglu", "--column", "2", "--column", "u=3", "--dtype", "float16", input=PAIRS)
    assert done.lines == ["id,gate,up,reglu,d_reglu", "1,0.5,2,1,2", "2,-1,-3,0,0"]


@pytest.mark.parametrize(
    ("words", "input", "told"),
    [
        ("swiglu --column z=a --column u=b", b"a,b\n1,x\n", "line 2, column 'a,b': 'x' is not a number"),
        (
            "softplus --column a --column beta=b",
            b"a,b\n1,0\n",
            "1 point has no answer, nan is written: beta=0: softplus",
        ),
        (
            "softplus --on-error stop --column a --column beta=b",
            b"a,b\n1,0\n",
            "line 2, column 'a,b': beta=0",
        ),
        ("z*u --column u=b", b"a,b\n1,1\n", "give one column for z, and one for each parameter"),
        (
            "z*u --column u=b --column u=a --column a",
            b"a,b\n1,1\n",
            "give one column for z, and one for each",
        ),
        ("glu_pair --column a --column u=b --column up=a", b"a,b\n1,1\n", "one of them is given twice"),
        ("swiglu:u=2 --column a --column u=b", b"a,b\n1,1\n", "u has a value, and a column, too"),
        ("sigmoid --column a --column u=b", b"a,b\n1,1\n", "sigmoid has no parameters, so 'u' means nothing"),
        (
            "softmax --columns a --column T=b",
            b"a,b\n1,1\n",
            "softmax is a function of a vector: its parameters",
        ),
        ("swiglu 1 --column u=b", b"", "give --column, and no points"),
    ],
)
def test_what_does_not_fit_is_told(program, words, input, told):
    assert told in program("eval", *words.split(), input=input).err


def test_values_have_no_parameters_from_columns(program):
    done = program("deriv", "glu_pair", "--from-a", "--column", "a", "--column", "u=b", input=b"a,b\n1,1\n")
    assert done.status == 2 and "--from-a takes parameters as numbers" in done.err


def test_a_derivative_by_a_parameter(actcli):
    def answers(words):
        return actcli("deriv", *words.split()).lines

    assert answers("prelu -2 3 --by slope") == ["-2", "0"]
    assert answers("swish:beta=2 1 -inf inf --by beta") == ["0.10499358540350652", "0", "0"]
    assert answers("softplus 1 --by beta --order 3") == ["-4.1739122007267015"]
    assert answers("z*sigmoid(b*z):b=0.1 3 --by b --digits 20") == ["2.2001248052167128216"]
    assert answers("softplus:beta=1e400 2 --by beta") == ["-0"]
    assert answers("z*u:u=2 5 --by u --csv") == ["z,d_z*u:u=2_by_u", "5,5"]


def test_kinks_in_a_parameter(actcli):
    kinked = [
        actcli("deriv", "swiglu_clamped:u=10", 1, "--by", "u", "--kink", k).lines
        for k in ("right", "left", "mean")
    ]
    assert kinked == [["0"], ["0.7310585786300049"], ["0.36552928931500245"]]
    assert actcli("deriv", "clip(z,-u,u):u=1", 1, 1.5, "inf", "--by", "u").lines == ["0", "1", "1"]
    done = actcli("deriv", "where(u > 1, z, 2*z):u=1", 3, "--by", "u")
    assert done.status == 2 and "jumps" in done.err
    done = actcli("deriv", "min(u, 1)*z:u=1", "inf", "--by", "u")
    assert "not known beside kinks in u" in done.err


@pytest.mark.parametrize(("text", "key"), ASKED)
def test_the_derivative_by_a_parameter_is_a_quotient_of_differences(text, key):
    shown = activation(f"{text}:u=1") if text in FORMULAS else activation(text)
    for z, u in ((0.3, 1.3), (-1.7, 0.3), (2.5, 0.8)):
        near = [one(text, key, z, u + h, lambda f: f) for h in (-1e-5, 1e-5)]
        if np.isnan(near).any():
            continue
        found = shown.derivative(z, by=key, **{key: u})
        by_row = shown.derivative(np.array([z]), by=key, **{key: [u]})
        assert found == pytest.approx((near[1] - near[0]) / 2e-5, abs=1e-8, rel=1e-7)
        assert by_row[0] == pytest.approx(found, rel=1e-15)


def test_a_derivative_by_a_column_and_in_python(program):
    done = program("deriv", "swiglu", "--column", "gate", "--column", "u=up", "--by", "u", input=PAIRS)
    assert done.lines[0] == "id,gate,up,d_swiglu_by_u"
    assert [line.rpartition(",")[2] for line in done.lines[1:]] == [
        "0.3112296656009273",
        "-0.2689414213699951",
    ]
    swish = activation("swish:beta=3")
    many = swish.derivative(np.linspace(-2, 2, 401), by="beta")
    assert many.tolist() == [swish.derivative(z, by="beta") for z in np.linspace(-2, 2, 401)]
    assert activation("glu_pair").derivative(np.array([0.0, 1]), by="u", u=[[2], [3]]).shape == (2, 2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("z*u 1 --by u", "needs a value to be derived at"),
        ("sigmoid 1 --by u", "sigmoid has no parameters"),
        ("softmax 1 2 --by T", "softmax is a function of a vector"),
        ("sum(z*u):u=1 1 2 --by u", "is a function of a vector"),
        ("glu_pair 0.5 --by u --from-a", "no --by"),
    ],
)
def test_what_cannot_be_derived_is_told(actcli, words, told):
    done = actcli("deriv", *words.split())
    assert done.status == 2 and told in done.err
