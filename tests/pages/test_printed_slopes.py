"""One g': every slope that is printed, typed back, gives what deriv gives, at kinks too."""

import math
import random
import re

import pytest
from formulas import any_formula

from actcli.catalog import CATALOG, function
from actcli.errors import ActcliError, NoAnswerError
from actcli.language.trees import TOO_LONG, write
from actcli.numerics.answers import answer, slope, value
from actcli.numerics.kinks import breaks_of_formula
from actcli.numerics.sides import right_sided
from actcli.pages.explain import explanation
from actcli.pages.info import info_page

PIECEWISE = [
    "max(0.01z,z)", "min(z,6)", "abs(z-1)", "clip(z,0,6)", "min(max(z,-1),1)", "relu(z)-relu(z-1)",
    "where(z<=1,z,1)", "abs(abs(z)-1)", "sign(z)*z", "where(z>1,z^2,2z-1)", "max(z^2,z)", "abs(z^2-1)",
    "max(z,-z,1)", "where(z>0,abs(z-2),-z)", "max(min(z,1),min(2z,0.5))", "clip(z^2,0,1)", "z*floor(-z)",
    "sign(z^2-1)*(z^2-1)", "where(1-z^2>0,1-z^2,0)", "max(sin(z),0)", "min(z^3,z)", "where(z==0,0,abs(z))",
    "where(where(z!=0,abs(z),z-1)>0,abs(z),-z)", "z-where(where(relu(z-1)>0,z+1,max(z,0))<=z,floor(z)*z,z^2)",
    "where(max(z,0)<=0,0,z)", "abs(z)*z", "max(z,relu(-z))", "where(-z^2>=0,0,z^2)",
]  # fmt: skip
POINTS = (-1.0, 0.0, 1.0, -0.3, 0.7, 2.2)


def answered(question, z):
    try:
        return answer(question, z)
    except NoAnswerError:
        return math.nan


def agrees(text, f, z):
    """A slope such as z/sqrt(z^2) says nothing at 0 itself, which is no false answer."""
    true, typed = answered(slope(f), z), answered(value(function(text)), z)
    return math.isnan(true) or math.isnan(typed) or typed == pytest.approx(true, rel=1e-15)


def typed_back(lines):
    """Return cases as they are typed: where(c, u, where(...)); the last holds for all else."""
    (*firsts, last) = [re.split(r"  +(?:if |otherwise)", line.strip()) for line in lines]
    typed = last[0]
    for u, conditions in reversed(firsts):
        rest, typed = typed, u
        for c in conditions.split(" and "):
            typed = f"where({c}, {typed}, {rest})"
    return typed


def printed(f):
    """Yield each slope of f that info and explain print, with its parameters."""
    page = explanation(f, 10_000)
    given = re.search(r"^ +with ((?:.*,\n)*.*)", page, re.M)
    settings = "".join(given[1].split()).split(",") if given else []
    found = [write(right_sided(f.slope, f.formula))]
    for section in page.split("\n\n"):
        told = re.search(r"g'\(z\) = (.*(?:\n {12}.*)*)", section)
        if told and "in terms of a" not in section:
            found.append(typed_back(told[1].split("\n")))
    found += re.findall(r"^  g'\(z\) +(.*)", info_page(f, 10_000), re.M)
    for text in filter(re.compile(r"\bz\b").search, found):
        used = [s for s in settings if re.search(rf"\b{s.partition('=')[0]}\b", text)]
        yield text + "".join(f":{setting}" for setting in used)


@pytest.mark.parametrize("name", [*(entry.name for entry in CATALOG), *PIECEWISE])
def test_every_slope_that_is_printed_is_the_one_that_is_computed(name):
    f = function(name)
    places = [answered(value(function(write(place))), 0) for place in f.kinks]
    places += [found.z for found in breaks_of_formula(f)] if not f.entry else []
    for text in printed(f):
        for z in (*places, *POINTS):
            assert agrees(text, f, z), (text, z)
            assert not math.isnan(answered(value(function(text)), z)) or math.isnan(answered(slope(f), z))


SEEDS = [*range(50), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(50, 150))]


@pytest.mark.parametrize("seed", SEEDS)
def test_slopes_of_random_formulas(seed):
    chance = random.Random(seed)
    for _ in range(4):
        f = function(write(any_formula(chance)))
        text = write(right_sided(f.slope, f.formula))
        try:
            function(text)
        except ActcliError:  # too long to be typed
            continue
        for z in POINTS:
            assert agrees(text, f, z), (write(f.formula), text, z)


PIECES = (
    "z",
    "abs(z)",
    "z-1",
    "-z",
    "z^2",
    "floor(z)",
    "floor(-z)",
    "sign(z)",
    "max(z,0)",
    "1-z",
    "relu(z-1)",
    "2",
)


def any_pieces(chance, depth=3):
    """Return the text of a formula of lines, steps and corners, compared with each other."""
    if depth == 0 or chance.random() < 0.25:
        return chance.choice(PIECES)
    u, v, w, x = (any_pieces(chance, depth - 1) for _ in range(4))
    relation = chance.choice((">", ">=", "<", "<=", "==", "!="))
    shapes = (f"where({u}{relation}{v},{w},{x})", f"max({u},{v})", f"abs({u})", f"({u}-{v})", f"({u})*({v})")
    return chance.choice((shapes[0], *shapes))


@pytest.mark.parametrize("seed", range(20))
def test_slopes_of_pieces_within_pieces(seed):
    chance = random.Random(seed)
    for _ in range(4):
        f = function(any_pieces(chance))
        text = write(right_sided(f.slope, f.formula))
        assert TOO_LONG in text or all(agrees(text, f, z) for z in (-1, 0, 0.5, 1, 2)), (f.label, text)


def test_a_slope_of_many_nodes_is_told_to_be_too_long(monkeypatch):
    monkeypatch.setattr("actcli.pages.info.LONGEST_SLOPE", 2)
    assert re.search(r"g'\(z\) +\(too long to write out\)", info_page(function("z*sin(z)"), 80))
