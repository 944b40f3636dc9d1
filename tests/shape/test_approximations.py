"""Approximations: near the least error there is, and proven."""

import csv
import io
import math
from itertools import pairwise

import numpy as np
import pytest

from actcli.catalog import CATALOG
from actcli.functions import activation
from actcli.language.texts import shortest

# What was published, the facts about it, and what the options make of the same size:
# the error of the best known, proven elsewhere.
PUBLISHED = {
    "sigmoid 0:8 --segments 4": (0.0056748, 0.018941421370),
    "tanh 0:8 --segments 6": (0.0054224, 0.018840),
    "sigmoid 0:8 --segments 4 --continuous": (0.0056817, 0.018941421370),
    "tanh 0:8 --segments 6 --continuous": (0.0054569, 0.018840),
    "sigmoid -8:8 --segments 16 --continuous": (1.406e-3, 3.906e-3),
    "gelu -4:4 --segments 8": (0.0062382, 0.024217),
    "gelu -4:4 --segments 8 --coefficients Q3.6 --knots aligned": (0.011777, 0.024217),
    "exp -8:0 --segments 8": (0.0038186, 0.012614),
    "exp -8:0 --segments 8 --coefficients Q3.6 --knots aligned": (0.0087969, 0.012614),
    "sigmoid -8:8 --degree 0 --segments 1024 --knots uniform": (3.906e-3 / 2, 3.906e-3),
    "gelu -8:8 --degree 2 --segments 4": (0.016556, 0.018152),
    "gelu -8:8 --degree 2 --segments 8": (9.70e-4, 0.018152),
    "sigmoid -8:8 --segments 4": (2.53e-2, 1),
    "sigmoid -8:8 --segments 8": (5.67e-3, 1),
    "sigmoid -8:8 --segments 16": (1.36e-3, 3.906e-3),
    "sigmoid -8:8 --segments 32": (3.34e-4, 1),
    "sigmoid -8:8 --degree 2 --segments 4": (2.86e-3, 1),
    "sigmoid -8:8 --degree 2 --segments 8": (6.29e-4, 1),
    "sigmoid -8:8 --degree 2 --segments 16": (7.23e-5, 1),
    "sigmoid -8:8 --degree 2 --segments 32": (8.59e-6, 1),
    "sigmoid -8:8 --degree 3 --segments 4": (1.47e-3, 1),
    "sigmoid -8:8 --degree 3 --segments 8": (6.61e-5, 1),
    "sigmoid -8:8 --degree 3 --segments 16": (3.37e-6, 1),
    "sigmoid -8:8 --degree 3 --segments 32": (2.46e-7, 1),
    "gelu -4:4 --segments 4": (3.31e-2, 1),
    "gelu -4:4 --segments 16": (2.03e-3, 1),
    "gelu -4:4 --segments 32": (4.92e-4, 1),
    "gelu -4:4 --degree 2 --segments 4": (5.76e-3, 1),
    "gelu -4:4 --degree 2 --segments 8": (8.35e-4, 1),
    "gelu -4:4 --degree 2 --segments 16": (9.30e-5, 1),
    "gelu -4:4 --degree 2 --segments 32": (1.29e-5, 1),
    "gelu -4:4 --degree 3 --segments 4": (4.56e-4, 1),
    "gelu -4:4 --degree 3 --segments 8": (1.10e-4, 1),
    "gelu -4:4 --degree 3 --segments 16": (5.96e-6, 1),
    "gelu -4:4 --degree 3 --segments 32": (3.46e-7, 1),
}


def table_of(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    return [{key: float(value) for key, value in row.items()} for row in rows]


def sampled(rows, function):
    """Return the largest error over many points of the printed segments."""
    worst = 0.0
    for row in rows:
        z = np.linspace(row["from"], row["to"], 4001)[:-1]
        powers = [row[key] for key in row if key[0] == "c"]
        worst = max(worst, np.abs(np.polyval(powers[::-1], z) - function(z)).max())
    return worst


WISHES = [
    pytest.param(wish, marks=[pytest.mark.long] * (i > 8 or i == 2)) for i, wish in enumerate(PUBLISHED)
]


@pytest.mark.parametrize("wish", WISHES)
def test_no_more_than_a_hundredth_above_the_best_that_is_known(actcli, wish):
    done = actcli("approx", *wish.split())
    rows = table_of(done.out)
    worst = max(row["max_error"] for row in rows)
    best, published = PUBLISHED[wish]
    assert worst <= 1.01 * best
    assert worst < published
    name = wish.split()[0]
    seen = sampled(rows, activation("exp(z)" if name == "exp" else name))
    assert seen <= worst <= 1.0001 * seen + 1e-15
    assert f"at most {shortest(worst)} for every z in" in done.err


# Functions that stand for others, as a formula of what they are off by, and the largest size of that.
STANDING_FOR = {
    "where(z >= 5, 1, where(z >= 2.375, 0.03125z + 0.84375, where(z >= 1, 0.125z + 0.625, 0.25z + 0.5)))"
    " - sigmoid(z)": ("0:8", 0.018941421370),
    "gelu_tanh(z) - gelu(z)": ("-8:8", 4.73235521e-4),
    "z/2*(1 + sign(z)*(1 - 0.2888*(min(abs(z)/sqrt(2), 1.769) - 1.769)^2)) - gelu(z)": ("-8:8", 0.018152),
}


@pytest.mark.parametrize("formula", STANDING_FOR)
def test_what_was_published_is_off_by_what_is_known(actcli, formula):
    between, size = STANDING_FOR[formula]
    ends = [float(line.split(",")[1]) for line in actcli("range", formula, between).lines[1:]]
    assert max(map(abs, ends)) == pytest.approx(size, rel=5e-5)


@pytest.mark.parametrize("entry", [e.name for e in CATALOG[::38]])
@pytest.mark.parametrize("degree", [0, 3])
def test_the_bound_is_next_to_what_is_seen(actcli, entry, degree):
    done = actcli("approx", entry, "-8:8", "--segments", 16, "--degree", degree)
    rows = table_of(done.out)
    worst, seen = max(row["max_error"] for row in rows), sampled(rows, activation(entry))
    assert seen <= worst + 1e-14
    assert worst <= 1.0001 * seen + 1e-13


@pytest.mark.parametrize("function", [pytest.param("gelu", marks=pytest.mark.long), "hard_swish"])
def test_more_freedom_is_never_worse(actcli, function):
    def error(*options):
        rows = table_of(actcli("approx", function, "-8:8", *options).out)
        return max(row["max_error"] for row in rows)

    near = 1 + 2e-4
    by_degree = [error("--segments", 8, "--degree", d) for d in range(4)]
    by_segments = [error("--segments", s) for s in (2, 4, 8, 16)]
    for falling in (by_degree, by_segments):
        assert all(b <= a * near + 1e-14 for a, b in pairwise(falling))
    by_knots = [error("--segments", 8, "--knots", k) for k in ("free", "aligned", "uniform")]
    assert by_knots[0] <= by_knots[1] * near
    assert by_knots[1] <= by_knots[2] * near


@pytest.mark.parametrize(
    "wish",
    ["gelu -4:4 --segments 5", "sigmoid 0:8 --knots 1,3", "hard_swish -5:5 --segments 4 --knots uniform"],
)
def test_lines_that_meet(actcli, wish):
    apart, joined = (table_of(actcli("approx", *wish.split(), *more).out) for more in ([], ["--continuous"]))
    for left, right in pairwise(joined):
        z = right["from"]
        assert left["c0"] + left["c1"] * z == pytest.approx(right["c0"] + right["c1"] * z, abs=1e-12)
    least, error = (max(row["max_error"] for row in rows) for rows in (apart, joined))
    assert least <= error * (1 + 2e-5) + 1e-15
    assert error <= 1.5 * least + 1e-15
    seen = sampled(joined, activation(wish.split()[0]))
    assert seen <= error <= 1.0001 * seen + 1e-15


@pytest.mark.parametrize("more", [[], ["--continuous"], ["--knots", "0.5,1,2"]])
@pytest.mark.parametrize(("z", "value"), [(0, 0), (0.25, 0.3)])
def test_lines_through_a_point(actcli, more, z, value):
    segments = ["--segments", 4] if "--knots" not in more else []
    rows = table_of(actcli("approx", "tanh", "0:4", *segments, "--through", f"{z},{value}", *more).out)
    (row,) = [row for row in rows if row["from"] <= z < row["to"]]
    assert row["c0"] + row["c1"] * z == pytest.approx(value, abs=1e-12)
    free = table_of(actcli("approx", "tanh", "0:4", *segments, *more).out)
    least, error = (max(row["max_error"] for row in rows) for rows in (free, rows))
    assert least <= error * (1 + 2e-5)
    assert error <= 2 * least + abs(value - math.tanh(z))


def test_as_few_lines_that_meet_as_an_error_allows(actcli):
    wish = ["approx", "gelu", "-2:2", "--continuous"]
    few = table_of(actcli(*wish, "--max-error", "5e-2").out)
    assert max(row["max_error"] for row in few) <= 5e-2
    fewer = table_of(actcli(*wish, "--segments", len(few) - 1).out)
    assert max(row["max_error"] for row in fewer) > 5e-2


def test_as_few_segments_as_an_error_allows(actcli):
    few = table_of(actcli("approx", "gelu", "-4:4", "--max-error", "1e-2").out)
    assert max(row["max_error"] for row in few) <= 1e-2
    fewer = table_of(actcli("approx", "gelu", "-4:4", "--segments", len(few) - 1).out)
    assert max(row["max_error"] for row in fewer) > 1e-2


@pytest.mark.parametrize("relation", ["<", "<="])
@pytest.mark.parametrize("place", ["1/3", "1/2", "0.1"])
def test_a_jump_costs_nothing_at_any_float64(actcli, relation, place):
    done = actcli("approx", f"where(z {relation} {place}, z, 5)", "-1:1", "--segments", 2)
    assert max(row["max_error"] for row in table_of(done.out)) < 1e-14


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("sqrt(z) 0:1 --segments 4", "not proven at z = 0, where the slope has no bound: leave that z out"),
        ("tan(z) 0:3 --segments 3", "not proven at z = 1.57080, where"),
        ("exp 0:1000 --segments 3", "beyond float64 in [0, 1000]: write ends that are nearer"),
        ("sigmoid 0:inf --segments 2", "write numbers such as -8:8"),
        ("log(z) -1:1 --segments 3", "no finite value at z = 0: leave that z out"),
        ("1/z -1:1 --segments 3", "no finite value at z = 0"),
        ("floor(z) 0:5 --segments 2", "the 4 jumps, the first at z = 1, need 5 segments"),
        ("tanh -1:1 --segments 2 --degree 4", "from 0 to 3"),
        ("tanh -1:1", "one of them"),
        ("tanh -1:1 --segments 2 --max-error 1", "one of them"),
        ("heaviside -1:1 --segments 2 --continuous", "jumps at z = 0: leave that z out"),
        ("tanh -1:1 --segments 2 --degree 2 --continuous", "lines in float64: leave --degree"),
        ("tanh -1:1 --segments 2 --through 2,0", "a Z in the interval"),
        ("tanh -1:1 --segments 2 --through 0", "write Z,V such as 0,0"),
        ("tanh -1:1 --max-error 0", "above 0"),
        ("tanh -1:1 --degree 0 --max-error 1e-6", "not reached by 4,096 segments"),
        ("tanh -1:1 --knots 1,0", "rising numbers inside the interval"),
        ("tanh -1:1 --knots best --segments 2", "write free, uniform, aligned"),
        ("tanh -1:1 --segments 2 --coefficients int8", "write float32"),
        ("100tanh(z) -1:1 --segments 2 --coefficients Q3.4", "too large for it: write more bits"),
        ("tanh 1:-1 --segments 2", "LO below HI"),
    ],
)
def test_refusals_name_place_and_remedy(actcli, arguments, told):
    *function, between = arguments.split(" ", 2)[:2]
    done = actcli("approx", *function, between, *arguments.split()[2:])
    assert (done.status, done.out) == (2, "")
    assert told in done.err


def test_knots_that_are_given(actcli):
    rows = table_of(actcli("approx", "tanh", "0:4", "--knots", "0.5,1,2,3").out)
    assert [row["from"] for row in rows] == [0, 0.5, 1, 2, 3]
    assert not math.isnan(rows[0]["max_error"])
