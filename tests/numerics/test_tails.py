"""Signs that are proven for all z beyond 16 hold where mpmath looks."""

from fractions import Fraction

import oracle
import pytest
from flint import ctx
from functions import every_entry

from actcli.language.calculus import derivative
from actcli.language.formula import parse
from actcli.numerics.exact import alone
from actcli.numerics.exact.branches import NotKnownError
from actcli.numerics.exact.tails import Tail


def proven(tree, side):
    with alone():
        ctx.prec = 128
        try:
            return Tail(Fraction(16), side).sign(tree)
        except (NotKnownError, ValueError, ZeroDivisionError):
            return None


@every_entry
def test_a_proven_sign_is_the_sign_at_points(entry):
    f = entry.bind()
    for tree in (f.formula, f.slope, derivative(f.slope)):
        for side in (-1, 1):
            sign = proven(tree, side)
            for z in (17, 40, 1000) if sign is not None else ():
                found = oracle.once(tree, {"z": oracle.number(Fraction(side * z))})
                assert found * sign >= 0 and (sign or found == 0)


@pytest.mark.parametrize("text, sign", [("z*exp(-z)", 1), ("1 - z^2/(z^2 + 1)", 1), ("sin(z)", None)])
def test_what_is_known_far_out(text, sign):

    assert proven(parse(text), 1) == sign
