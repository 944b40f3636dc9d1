"""What a formula tends to far out: against the limits that entries declare, and others worked out by hand."""

import math

import pytest

from actcli.catalog import CATALOG, function
from actcli.catalog.entries import NO_LIMIT
from actcli.errors import UndecidedError
from actcli.numerics.answers import slope, value
from actcli.numerics.exact import nearest

INF = math.inf
SWINGS = ("stair", "sine", "snake", "snake_beta", "gcu")  # whose slopes, or values, swing for ever
LEFT_OPEN = ("colu", "sinlu")  # by the rules of growth: only what the entry declares is known

# formula, g at -inf and inf, g' there; None where no answer is given
LIMITS = [
    ("min(z,0.1)+0.2", -INF, 0.3, 1, 0),
    ("(min(z,0.1)+0.2-0.3)*1e17", -INF, 0, 1e17, 0),
    ("z*erf(log1p(exp(z)))", 0, INF, 0, 1),
    ("z*tanh(log1p(exp(z)))", 0, INF, 0, 1),
    ("log(1+exp(z))-z", INF, 0, -1, 0),
    ("softplus(z)-relu(z)", 0, 0, 0, 0),
    ("sqrt(z^2+z)-abs(z)", -0.5, 0.5, 0, 0),
    ("(1+1/z)^z", math.e, math.e, 0, 0),
    ("exp(-exp(z))", 1, 0, 0, 0),
    ("log(cosh(z))-abs(z)", -math.log(2), -math.log(2), 0, 0),
    ("exp(softplus(z))/exp(z)", INF, 1, -INF, 0),
    ("exp(z-1)*exp(-z)", 1 / math.e, 1 / math.e, 0, 0),
    ("erfc(z)*exp(z^2)*z", -INF, 1 / math.sqrt(math.pi), INF, 0),
    ("z*exp(-z)", -INF, 0, INF, 0),
    ("log(z)", math.nan, INF, math.nan, 0),
    ("log(abs(z))^2/z", 0, 0, 0, 0),
    ("log(log(z))*abs(z)^pi", math.nan, INF, math.nan, INF),
    ("abs(z)^(1/z)", 1, 1, 0, 0),
    ("abs(z)^exp(z)", 1, INF, 0, INF),
    ("2^(1+exp(-z))", INF, 2, -INF, 0),
    ("sinh(log(abs(z)))", INF, INF, -0.5, 0.5),
    ("log(abs(z))*Phi(-sinh(z))", INF, 0, 0, 0),
    ("1/expm1(phi(sqrt(abs(z))))", INF, INF, -INF, INF),
    ("z/log(abs(z))-z^2*exp(z)", -INF, -INF, 0, -INF),
    ("exp(-sqrt(softplus(z)))*abs(z)^e", INF, 0, -INF, 0),
    ("log(abs(z))^2-log(abs(z))*log(abs(2z))", None, None, None, None),
    ("floor(z)/z", 1, 1, None, None),
    ("sin(z)/z", 0, 0, None, None),
    ("tanh(sin(z))", None, None, None, None),
    ("exp(z+sin(z))*exp(-z)", None, None, None, None),
]


def limit_or_none(formula, side, order):
    try:
        return nearest(function(formula).formula, side * math.inf, order)
    except UndecidedError:
        return None


@pytest.mark.parametrize(("formula", "low", "high", "low_slope", "high_slope"), LIMITS)
def test_limits_that_were_worked_out_by_hand(formula, low, high, low_slope, high_slope):
    for order, true in ((0, (low, high)), (1, (low_slope, high_slope))):
        for side, limit in zip((-1, 1), true, strict=True):
            found = limit_or_none(formula, side, order)
            assert found is limit or found == pytest.approx(limit, rel=1e-15, abs=0, nan_ok=True)


@pytest.mark.parametrize("entry", CATALOG, ids=lambda entry: entry.name)
def test_the_limits_of_the_formula_are_those_that_the_entry_declares(entry):
    f = function(entry.name)
    for order, question in enumerate((value(f), slope(f))):
        for side, end in zip((-1, 1), question.ends, strict=True):
            found = limit_or_none(entry.name, side, order)
            if found is None:
                assert entry.name in SWINGS + LEFT_OPEN
            elif end is not NO_LIMIT:
                assert found == nearest(end, 0.0)


def test_the_shell_says_what_is_not_known(actcli):
    assert actcli("eval", "sigmoid(z)*sqrt(2)*sqrt(3)", "inf", "--digits", "30").out.split() == [
        "2.44948974278317809819728407471"
    ]
    refused = actcli("eval", "tanh(sin(z))", "inf")
    assert refused.err.strip().endswith("tanh(sin(z)) at inf: its limit is not known")


def test_a_sign_that_turns_at_a_pole_is_a_jump(actcli):
    for formula in ("sign(1/z)", "where(1/z > 0, 1, -1)"):
        assert "the value jumps on the left" in actcli("deriv", formula, "0", "--kink", "left").err
        assert actcli("deriv", formula, "0").out == "0\n"
