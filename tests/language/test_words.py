"""Every reading of the language says every word of it, and refuses one that it does not know by name."""

import math
from fractions import Fraction

import numpy as np
import oracle
import pytest
from flint import ctx, fmpq
from mpmath import mp

from actcli.errors import ActcliError
from actcli.language.calculus import derivative, evaluate
from actcli.language.formula import parse
from actcli.language.trees import Node, Z
from actcli.language.words import WORDS, Vocabulary
from actcli.numerics.balls import read
from actcli.numerics.exact import enclosure
from actcli.numerics.exact.beside import beside
from actcli.numerics.exact.reals import Place, constant
from actcli.numerics.exact.remainders import apart
from actcli.numerics.plain import ARRAYS

AT = {"acosh": Fraction(5, 4)}
PLACE = Fraction(1, 4)


def text_of(word):
    return f"{word}({', '.join(['z', '1/3', '1/5'][: WORDS[word].arity])})"


def true(tree, z):
    with mp.workdps(40):
        return float(oracle.once(tree, {"z": oracle.number(z)}))


def middle(ball):
    return np.broadcast_to(ball.h, 1)[0]


@pytest.mark.parametrize("word", WORDS)
def test_every_reading_says_every_word(word):
    tree, z = parse(text_of(word)), AT.get(word, PLACE)
    here, slope = np.array([float(z)]), derivative(tree)
    value = true(tree, z)
    assert np.broadcast_to(evaluate(tree, ARRAYS, {"z": here}), 1)[0] == pytest.approx(value, rel=1e-12)
    for asked in (tree, slope):
        assert middle(read(asked, here)) == pytest.approx(true(asked, z), rel=1e-12)
    for order in range(3):
        found = enclosure(tree, z, 128, order)
        assert float(found) == pytest.approx(
            (value, true(slope, z), true(derivative(slope), z))[order], rel=1e-12
        )
    ctx.prec = 128
    limits = beside(tree, fmpq(z.numerator, z.denominator), 1, 1, constant)
    assert list(map(float, limits)) == pytest.approx([value, true(slope, z)], rel=1e-12)
    assert float(apart(tree, Place(z, 0, 1, []), 64).ball) == pytest.approx(value, rel=1e-12)


def test_a_word_that_a_reading_does_not_know_is_refused_by_name():
    unknown = Node("cbrt", Z)
    for ask in (
        lambda: evaluate(unknown, ARRAYS, {"z": np.ones(1)}),
        lambda: read(unknown, np.ones(1)),
        lambda: enclosure(unknown, 0.5, 64),
        lambda: enclosure(unknown, 0.5, 64, order=2),
        lambda: derivative(unknown),
    ):
        with pytest.raises(ActcliError, match="'cbrt' cannot be read"):
            ask()
    assert Vocabulary("aloud", {"exp": math.exp})["exp"] is math.exp
