"""stats: proven means against mpmath's quadrature and published figures; what is not proven is said."""

import csv
import io
from fractions import Fraction
from pathlib import Path

import pytest
from functions import every_entry, kink_places
from mpmath import mp, mpf
from oracle import once

import actcli as package
from actcli.catalog import function
from actcli.shape.means import FIGURES, calculate_gain, stats_of

GOLDEN = Path(__file__).parent / "stats.csv"  # made by: actcli stats --digits 30 -o tests/shape/stats.csv


def rows(done):
    return list(csv.DictReader(io.StringIO(done.out)))


@pytest.mark.parametrize(
    "name, figure, published",
    [  # each to the digits that are right
        ("relu", "gain_std", "1.712858550449663"),
        ("silu", "gain_std", "1.787187222100442"),
        ("gelu", "gain_std", "1.700926243363333"),
        ("gelu_tanh", "gain_std", "1.700916561695450"),
        ("celu", "gain_std", "1.270843417850196"),
        ("elu", "gain_std", "1.270843417850196"),
        ("tanh", "gain_rms", "1.592537419722831"),
        ("sigmoid", "gain_rms", "1.846228545338605"),
        ("silu", "lipschitz", "1.099839320128867"),
        ("gelu", "lipschitz", "1.128904145185155"),
        ("silu", "minimum", "-0.2784645427610738"),
        ("gelu", "minimum", "-0.1699712074799037"),
    ],
)
def test_published_figures(actcli, name, figure, published):
    (row,) = rows(actcli("stats", name, "--csv"))
    assert f"{float(row[figure]):.16g}".startswith(published[:-1])
    assert abs(float(row[figure]) - float(published)) < 2e-15


def by_mpmath(name, square, is_slope):
    shown = function(name)
    tree = shown.slope if is_slope else shown.formula
    points = sorted({-40, -8, -2, 0, 2, 8, 40, *map(float, kink_places(shown))})
    with mp.workdps(25):
        return mp.quad(lambda z: once(tree, {"z": z}) ** (1 + square) * mp.npdf(z), points)


@pytest.mark.parametrize(
    "name", ("mish", "elu:alpha=0.5", "hard_sigmoid", "gelu_tanh", "lisht", "snake", "softsign")
)
@pytest.mark.parametrize("figure", ("mean", "mean_square", "mean_slope", "mean_square_slope"))
def test_means_are_those_of_mpmath(name, figure):
    found = getattr(stats_of(function(name)), figure)
    exact = by_mpmath(name, "square" in figure, "slope" in figure)
    assert abs(mpf(found) - exact) < mpf(10) ** -12 * (1 + abs(exact))


def test_means_that_are_known():
    log_ndtr = stats_of(function("log_ndtr"))  # log of a uniform number
    assert float(log_ndtr.mean) == -1 and float(log_ndtr.mean_square) == 2
    assert stats_of(function("tanh"), Fraction(1)).mean == stats_of(function("tanh"), Fraction(1)).mean_square
    scaled = stats_of(function("identity"), Fraction(3), Fraction(2))
    assert (float(scaled.mean), float(scaled.std)) == (3, 2)


@every_entry
def test_every_entry_is_proven(entry):
    """The golden table holds the digits of all entries; what could not be proven is nan in it."""
    found = stats_of(function(entry.name), digits=30)
    golden = {row["function"]: row for row in csv.DictReader(GOLDEN.read_text().splitlines())}
    assert {name: getattr(found, name) for name in FIGURES} == golden[entry.name]


def test_all_figures_are_proven():
    assert "nan" not in GOLDEN.read_text()


@pytest.mark.parametrize(
    "text", ["1/z", "exp(z^2)", "tan(z)", "log(z)", "sqrt(z)", "1/abs(z)", "sin(1/z)", "z^(1/3)"]
)
def test_what_has_no_mean_gets_none(actcli, text):
    done = actcli("stats", text, "--csv")
    (row,) = rows(done)
    assert row["mean_square"] == "nan" and row["mean"] == "nan" and "not proven" in done.err


def test_an_odd_function_has_the_mean_0(actcli):
    found = rows(actcli("stats", "tanh", "hard_tanh", "softshrink", "z^3", "sin(z)*cos(z)", "--csv"))
    assert [row["mean"] for row in found] == ["0"] * 5
    assert rows(actcli("stats", "tanh(z) + z^2", "--csv"))[0]["mean"] == "1.0000000000000000"


def test_means_in_closed_form(actcli):
    texts = (
        "z^2 - 1",
        "where(z > 0, 2z^2, 0) - 1",
        "cos(z) - z*sin(z)",
        "z^3*sin(z/2)^2",
        "where(z > 100, 5, z)",
    )
    found = rows(actcli("stats", *texts, "--csv"))
    assert [row["mean"] for row in found] == ["0"] * 4 + ["nan"]  # the last one turns beyond all that is read


def test_a_narrow_jump_is_in_the_mean():
    jump = stats_of(function("where(abs(z - 0.30001) < 0.000001, 1, 0)"))
    with mp.workdps(30):
        exact = mp.ncdf(mpf("0.300011")) - mp.ncdf(mpf("0.300009"))
    assert abs(mpf(jump.mean) - exact) < 1e-21


def test_gains_of_pytorch(actcli):
    names = ("sigmoid", "tanh", "relu", "leaky_relu:slope=0.2", "selu", "identity", "gelu")
    found = [row["pytorch_gain"] for row in rows(actcli("stats", *names, "--pytorch", "--csv"))]
    assert [float(x) for x in found[:-1]] == pytest.approx(
        [1, 5 / 3, 2**0.5, (2 / 1.04) ** 0.5, 0.75, 1]
    ) and not found[-1]
    torch_init = pytest.importorskip("torch.nn.init")
    for name in ("sigmoid", "tanh", "relu", "selu"):
        assert float(calculate_gain(function(name), 17)) == pytest.approx(torch_init.calculate_gain(name))


def test_stats_refuses_and_writes(actcli):
    assert actcli("stats", "relu", "--std", "0").status == 2
    assert actcli("stats", "nonsense").status == 2
    table = actcli("stats", "relu", "-f", "table").out
    assert "1.41421" in table and "gain_rms" in table
    assert '"chi": 1.0000000000000000' in actcli("stats", "relu", "--json").out


def test_from_python():
    silu = package.activation("silu")
    assert silu.range(-1, 1).greatest.value == "0.73105857863000488"
    assert silu.range(order=1).greatest.value == "1.0998393201288669" and silu.range(0).least.value == "0"
    assert silu.stats(std=2).function == "silu"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("z*tanh(log(1+exp(z)))", "mish"),
        ("z*exp(z)/(1+exp(z))", "silu"),
        ("(exp(z)-exp(-z))/(exp(z)+exp(-z))", "tanh"),
        ("2/(1+exp(-2z)) - 1", "tanh"),
        ("z*(1+erf(z/sqrt(2)))/2", "gelu"),
        ("log(1+exp(z))", "softplus"),
        ("(1-exp(-2z))/(1+exp(-2z))", "tanh"),
        ("z/(1+exp(-z))", "silu"),
    ],
)
def test_what_is_typed_as_a_paper_defines_it_has_the_figures_of_the_entry(actcli, typed, name):
    found, known = (actcli("stats", text, "--digits", 12, "--csv").lines[1] for text in (typed, name))
    assert found.partition(",")[2] == known.partition(",")[2]


def test_the_mean_of_an_odd_function_of_pieces_is_zero(actcli):
    assert actcli("stats", "abs(z-1)-abs(z+1)", "--csv").lines[1].split(",")[1] == "0"
