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


def test_a_value_needs_no_formula_of_a(program):
    done = program("deriv", "glu_pair", "--from-a", "--column", "a", "--column", "u=b", input=b"a,b\n1,1\n")
    assert done.status == 2 and "--from-a takes parameters as numbers" in done.err
