"""The command explain: points of one's choice, Markdown and LaTeX; numbers in one style."""

import re

import numpy as np
import pytest

from actcli.catalog import VECTORS
from actcli.language.texts import shortest
from actcli.streams.floats import printed


def test_points_of_ones_choice(actcli):
    assert "    3   0.952574   0.0451767   0.0451767" in actcli("explain", "sigmoid", "3").lines
    assert actcli("explain", "sigmoid", "-").status == 2
    assert actcli("explain", "sigmoid", "0:1:0.001").status == 2


def test_markdown_and_latex(actcli):
    found = actcli("explain", "relu", "-f", "latex").out
    assert r"\begin{cases} 1 & \text{if } z \ge 0" in found and "where" not in found.partition("verbatim")[0]
    assert "## definition" in actcli("explain", "gelu", "-f", "md").out
    assert r"\Phi\left(z\right)" in actcli("explain", "gelu", "-f", "latex").out
    steps = actcli("explain", "sigmoid", "-f", "latex").out
    assert r"\\  &= a \cdot \left(1 - a\right) \end{aligned} \]" in steps
    assert (
        r"\paragraph{with S = exp(z\_1) + ... + exp(z\_n)}" in actcli("explain", "softmax", "-f", "latex").out
    )
    (cases,) = re.findall(
        r"g\(z\) = (\\begin\{cases\}.*?\\end\{cases\})", actcli("explain", "elu", "-f", "latex").out
    )
    assert actcli("eval", f"{cases}:alpha=2", "-1").out == actcli("eval", "elu:alpha=2", "-1").out
    assert actcli("explain", "gelu", "-f", "pdf").status == 2


@pytest.mark.parametrize(
    ("formula", "name"),
    [("1/(1+e^-z)", "sigmoid"), ("max(z,0)", "relu"), ("z/(1+exp(-z))", "silu"), ("z*sigmoid(z)", "silu")],
)
def test_an_entry_is_recognised(actcli, formula, name):
    assert f"    this is {name}" in actcli("explain", formula).lines


def test_another_formula_is_not_taken_for_an_entry(actcli):
    assert "this is" not in actcli("explain", "z/(1+exp(-2z))+1").out


@pytest.mark.parametrize("low", [1e-5, 1e-8, 1e10])
def test_one_style_of_numbers_in_bulk(low):
    values = np.concatenate(
        [np.geomspace(low, low * 1e3, 999), -np.geomspace(low, 1e20, 5), [1e-5, 10.00001]]
    )
    for columns in ([values], [values, values[::-1]]):
        rows = zip(*(c.tolist() for c in columns), strict=True)
        assert printed(columns).decode() == "".join(",".join(map(shortest, row)) + "\n" for row in rows)


def test_a_table_shows_points_as_typed_and_tells_rounding(actcli):
    found = actcli("table", "sigmoid", "0.1234567", "0.1234568", "--table").out
    assert "0.1234567 " in found and "0.1234568 " in found and "six digits: rounded" in found


def test_every_function_of_vectors_is_explained_without_points(actcli):
    for entry in VECTORS:
        done = actcli("explain", entry.name)
        assert done.status == 0 and ("delta_ij" in entry.jacobian) is ("delta_ij = 1" in done.out)
