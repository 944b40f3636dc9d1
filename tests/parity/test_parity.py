"""The catalog against PyTorch and JAX, value and autograd in float64, wherever these are installed.

What TensorFlow and Keras on it return at kinks is measured too.

pytest -m parity    is the command; the default run leaves these tests out

What differs is meant to, and stands in differences.txt with its reason: a difference that is not there
fails, and so does a line there that is not needed any more.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from functions import jumps, kink_places
from functions import settings as settings_of
from parity.frameworks import AT_KINKS, FRAMEWORKS, Framework, settings

from actcli.catalog import CATALOG, find
from actcli.catalog.entries import Activation, Function
from actcli.language.calculus import evaluate
from actcli.language.formula import parse
from actcli.language.trees import substitute
from actcli.numerics.answers import array_answers, slope, value
from actcli.numerics.plain import ARRAYS

pytestmark = pytest.mark.parity
NEAR = 1e-11  # relative: what a framework may be off without a word; some ulp, and those of exp(-z^2)
TINY = float(np.finfo(np.float64).tiny)
BESIDE = 2.0**-40


# ---------------------------------------------------------------------------- the table of differences


@dataclass(frozen=True)
class Difference:
    """A line of the table for one entry and framework: where they differ, in what, and what theirs is."""

    entry: str
    framework: str
    of: str
    where: str
    theirs: str
    why: str

    def covers(self, f: Function, points: Any) -> Any:
        """Tell at which points the line speaks of a function."""
        conditions = self.where.replace("everywhere", "0 == 0").split(",")
        return np.logical_and.reduce([read(f, f"where({part}, 1, 0)", points) == 1 for part in conditions])

    def explains(self, f: Function, points: Any, theirs: Any, true: Any) -> Any:
        """Tell at which points the line says what the framework returns."""
        if self.theirs == "any":
            return self.covers(f, points)
        if self.theirs.startswith("within "):
            return self.covers(f, points) & within(float(self.theirs.split()[1]), theirs, true)
        told = np.full_like(points, np.nan) if self.theirs == "nan" else read(f, self.theirs, points)
        return self.covers(f, points) & near(theirs, told)


def read(f: Function, text: str, points: Any) -> Any:
    """Return what a formula in z and the parameters is at some points, in float64."""
    with np.errstate(all="ignore"):
        found = evaluate(substitute(parse(text), f.parameters), ARRAYS, {"z": points})
    return np.broadcast_to(found, points.shape)


def near(theirs: Any, true: Any) -> Any:
    """Tell where two numbers are the same but for a few roundings, or for an underflow."""
    close = within(NEAR * np.abs(true) + TINY, theirs, true)
    return close | (theirs == true) | (np.isnan(theirs) & np.isnan(true))


def within(error: Any, theirs: Any, true: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.abs(theirs - true) <= error


def table() -> Iterator[Difference]:
    lines = (Path(__file__).parent / "differences.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            entries, frameworks, *rest = (cell.strip() for cell in line.split("|"))
            for framework in frameworks.split():
                for entry in entries.split():
                    yield Difference(entry, framework, *rest)


TABLE = list(table())


# ---------------------------------------------------------------------------- what is compared


def points(f: Function) -> Any:
    """Return random points, none so small that JAX takes it for 0, and every kink and what is beside it."""
    rng = random.Random(f.label)
    found = {0.0, -np.inf, np.inf}
    for kink in map(float, kink_places(f, reach=2)):
        found |= {kink - BESIDE, kink, kink + BESIDE}
    for reach in (5, 12, 60, 800):
        found |= {rng.uniform(-reach, reach) for _ in range(150)}
    for least, most in ((-12, 2), (-300, 6)):
        found |= {sign * 10 ** rng.uniform(least, most) for sign in (-1, 1) for _ in range(60)}
    return np.array([*sorted(found), np.nan])


@dataclass(frozen=True)
class Comparison:
    """One function of a framework with some parameters, beside the catalog's: value or slope at points."""

    name: str
    f: Function
    of: str
    points: Any
    theirs: Any
    true: Any

    @property
    def differs(self) -> Any:
        refused = isinstance(self.theirs, str)
        return np.ones(self.points.shape, bool) if refused else ~near(self.theirs, self.true)

    def explained(self, line: Difference) -> Any:
        if isinstance(self.theirs, str):
            return line.covers(self.f, self.points) & (line.theirs == self.theirs)
        return line.explains(self.f, self.points, self.theirs, self.true) & (line.theirs != "error")


@cache
def comparisons(framework: Framework, entry: Activation) -> list[Comparison]:
    return [
        comparison
        for name in framework.names(entry)
        for given in settings(framework, name, entry, settings_of(entry))
        for comparison in compared(framework, name, entry, given)
    ]


def compared(
    framework: Framework, name: str, entry: Activation, given: dict[str, Fraction]
) -> Iterator[Comparison]:
    f = entry.bind(given)
    zs = points(f)
    values, slopes = framework.run(framework.function(name, given), zs)
    true_slopes = array_answers(slope(f), np.where(np.isin(zs, list(jumps(f))), np.nan, zs))
    yield Comparison(name, f, "value", zs, values, array_answers(value(f), zs))
    yield Comparison(name, f, "slope", zs, slopes, true_slopes)


def installed(key: str) -> Framework:
    module, framework = AT_KINKS[key]
    pytest.importorskip(module)
    return framework


PAIRS = [(key, entry) for key in FRAMEWORKS for entry in CATALOG if entry.found_in.get(key)]

every_pair = pytest.mark.parametrize(("key", "entry"), PAIRS, ids=lambda x: getattr(x, "name", x))
every_line = pytest.mark.parametrize(
    "line", TABLE, ids=lambda line: f"{line.framework}-{line.entry}-{line.where}"
)


# ---------------------------------------------------------------------------- the tests


@every_pair
def test_a_framework_differs_only_where_the_table_says_so(key: str, entry: Activation) -> None:
    for c in comparisons(installed(key), entry):
        lines = [line for line in TABLE if (line.entry, line.framework, line.of) == (entry.name, key, c.of)]
        open_ = np.logical_and.reduce([c.differs, *(~c.explained(line) for line in lines)])
        assert not open_.any(), told(c, np.nonzero(open_)[0])


def told(c: Comparison, where: Any) -> str:
    i = where[len(where) // 2]
    theirs = c.theirs if isinstance(c.theirs, str) else c.theirs[i]
    parameters = {key: str(node)[:9] for key, node in c.f.parameters.items()}
    return (
        f"{c.name} {parameters}: {c.of} at {c.points[i]!r} is {c.true[i]!r}, theirs {theirs!r}; "
        f"{len(where)} points from {c.points[where[0]]!r} to {c.points[where[-1]]!r}"
    )


@every_line
def test_a_line_of_the_table_is_needed(line: Difference) -> None:
    found = [c for c in comparisons(installed(line.framework), find(line.entry)) if c.of == line.of]
    assert any((c.differs & c.explained(line)).any() for c in found), f"nothing differs there: {line}"


@pytest.mark.parametrize(
    ("key", "entry"),
    [(key, entry) for key in AT_KINKS for entry in CATALOG if entry.found_in.get(key)],
    ids=lambda x: getattr(x, "name", x),
)
def test_an_entry_tells_what_the_framework_returns_at_a_kink(key: str, entry: Activation) -> None:
    f, framework = entry.bind(), installed(key)
    given = {p: v for p, v in entry.defaults().items() if v != np.inf}
    for kink in (*entry.kinks, *(place for place in entry.astray if getattr(place, key))):
        if f.satisfies(kink.when):
            at = float(read(f, kink.at, np.zeros(1))[0])
            for name in framework.names(entry):
                first = next(settings(framework, name, entry, iter([{}, given])))
                _, slopes = framework.run(framework.function(name, first), np.array([at]))
                theirs = slopes if isinstance(slopes, str) else float(slopes[0])
                figure = getattr(kink, key)
                assert figure, f"at {at} {name} returns {theirs}, of which the entry says nothing"
                assert theirs == (
                    figure
                    if figure in ("error", "None")
                    else pytest.approx(read(f, kink.figure(key), np.zeros(1))[0], rel=1e-6)
                )
