"""Random formulas against mpmath, which knows nothing of the code: a part of tests/long/referee.py."""

import contextlib
import random
import signal

import pytest
from mpmath import mp
from referee import DIGITS, NEAR, Record, agree, at, difference, expected, round_of

from actcli.catalog import function

ROUNDS = 60


def _give_up(*_):
    raise TimeoutError


@pytest.mark.parametrize("seed", range(6))
def test_random_formulas_at_special_points(seed):
    chance, record = random.Random(seed), Record()
    before = signal.signal(signal.SIGALRM, _give_up)
    try:
        for _ in range(ROUNDS):
            signal.alarm(4)
            with contextlib.suppress(TimeoutError):
                round_of(chance, record)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert record.wrong == []
    assert record.counts["compared"] > 5 * record.counts["refused"] + 100


def test_the_referee_sees_what_is_wrong():
    with mp.workdps(DIGITS):
        _sees_what_is_wrong()


def _sees_what_is_wrong():
    tree = function("sqrt(z^2)").formula
    assert at(tree, -2) == 2
    assert abs(expected(tree, 0, 1, -1) + 1) < 1e-9
    assert expected(function("sqrt(z)").formula, 0, 1, 1) == float("inf")
    assert expected(function("sign(z)").formula, 0, 1, 1) == "jump"
    assert expected(function("log(z)").formula, -1, 1, 1) is None
    assert abs(difference(function("z^3").formula, 1, 2, NEAR) - 6) < 1e-6
    assert not agree(0.0, expected(tree, 0, 1, 1)) and agree(1.0, expected(tree, 0, 1, 1))
