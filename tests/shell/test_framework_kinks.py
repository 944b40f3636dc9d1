"""--kink pytorch and its like: what a framework returns at a kink, as measured; elsewhere the derivative."""

import numpy as np
import pytest

from actcli import hard_tanh
from actcli.catalog.entries import MEASURED
from actcli.shell.options import KINKS


def test_the_option_takes_every_framework_that_was_measured():
    assert KINKS[3:] == MEASURED


@pytest.mark.parametrize(
    ("words", "measured"),
    [
        ("relu 0 -1 2 --kink pytorch", "0 0 1"),
        ("leaky_relu:slope=0.1 0 --kink tensorflow", "0.1"),
        ("leaky_relu 0 --kink jax", "1"),
        ("prelu 0 --kink mlx", "1.25"),
        ("selu 0 --kink tensorflow", "1.0507009873554805"),
        ("selu 0 --kink pytorch", "1.7580993408473766"),
        ("elu:alpha=2 0 --kink keras", "2"),
        ("hard_swish -3 3 --kink keras", "0 1"),
        ("relu6 0 6 --kink mlx", "0 0"),
        ("hard_tanh -1 1 --kink jax", "1 1"),
        ("hard_tanh -1 1 --kink pytorch", "0 0"),
        ("softshrink:lambd=0.1 -0.1 0.1 --kink pytorch", "0 0"),
        ("softshrink:lambd=0.1 0.1 --kink pytorch --dtype float32", "0"),
        ("hardshrink 0.5 --kink pytorch", "0"),
        ("sparse_sigmoid 1 --kink jax --digits 5", "0.25000"),
        ("tanh 0 --kink mlx", "1"),
    ],
)
def test_a_framework_is_quoted_at_a_kink(actcli, words, measured):
    assert actcli("deriv", *words.split()).lines == measured.split()


def test_many_points_are_answered_alike(actcli):
    rows = actcli("deriv", "hard_tanh", "-2:2:0.01", "--kink", "jax").lines
    assert len(rows) == 401 and rows[100] == rows[300] == "1" and rows[99] == rows[301] == "0"
    found = hard_tanh.derivative(np.linspace(-2, 2, 401, dtype=np.float32), kink="pytorch")
    assert found[[100, 300]].tolist() == [0, 0] and found[101] == 1
    assert actcli("table", "relu", 0, "--kink", "keras").lines == ["z,relu,d_relu", "0,0,0"]


def test_the_slope_of_each_row_is_quoted(program):
    words = ["deriv", "leaky_relu", "--column", "z", "--column", "slope=s", "--kink", "pytorch"]
    assert program(*words, input=b"z,s\n0,0.3\n1,2\n").lines[1:] == ["0,0.3,0.3", "1,2,1"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("heaviside 0 --kink pytorch", "the framework returns nothing here, or it is not known"),
        ("rrelu 0 --kink jax", "not known"),
        ("max(z,-z) 0 --kink jax", "what jax returns at the kinks of max(z,-z) is not known"),
        ("relu 0 --kink jax --order 2", "--kink jax is for first derivatives by z"),
        ("softmax 1 2 --kink jax", "--kink jax is for first derivatives by z"),
        ("swish 1 --by beta --kink jax", "--kink jax is for first derivatives by z"),
        ("relu 0 --kink torch", "write one of right, left, mean, pytorch"),
    ],
)
def test_what_is_not_known_is_told(actcli, words, told):
    done = actcli("deriv", *words.split())
    assert done.status == 2 and told in done.err
