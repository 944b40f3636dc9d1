"""Hold what is proven of every entry's shape against mpmath: quadrature and root finding at 40 digits.

    python tests/long/shapes.py [ENTRY...]

Means of g, g^2, g', g'^2 against Gauss-Legendre's rule of two orders; each place where g or g' is least or
greatest, each zero and each bend against the root found from nearby, and against changes of sign and values
on a grid. Prints what differs and what is not proven, a line an entry; exits 1 at any difference.
"""

import math
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from functions import kink_places
from mpmath import mp, mpf
from oracle import once

from actcli.catalog import CATALOG, function
from actcli.catalog.entries import Function
from actcli.errors import NoAnswerError
from actcli.language.calculus import derivative
from actcli.language.trees import Node
from actcli.shape.extremes import Extreme, range_of
from actcli.shape.means import means_of
from actcli.shape.portrait import INFINITELY_MANY, portrait_of

DIGITS = 30  # of what is held
GRID = [mpf(k) / 64 + mpf("0.0001") for k in range(-1300, 1300)]
STEEP = [s * mpf(10) ** -k for k in range(9) for s in (-1, 1)]


def main() -> None:
    """Hold the entries that are named, or all."""
    mp.dps = 50
    wrong = 0
    for name in sys.argv[1:] or [entry.name for entry in CATALOG]:
        started, shown = time.monotonic(), function(name)
        found = [*means(shown), *shape(shown)]
        wrong += sum(text.startswith("WRONG") for text in found)
        print(f"{name:18} {time.monotonic() - started:5.1f} s  {'; '.join(found) or 'ok'}", flush=True)
    sys.exit(f"{wrong} differences" if wrong else 0)


def far(shown: str, exact: Any, digits: int = DIGITS - 1) -> bool:
    """Tell whether digits are not those of a number."""
    return bool(abs(mpf(shown) - exact) > mpf(10) ** -digits * (1 + abs(exact)))


# ---------------------------------------------------------------------------- means


def rule(order: int) -> list[tuple[Any, Any]]:
    """Return the nodes and weights of Gauss and Legendre on -1..1."""
    nodes = []
    for k in range(order):
        x = mp.cos(mp.pi * (k + mpf(3) / 4) / (order + mpf(1) / 2))
        for _ in range(8):  # Newton's steps
            before, here = mpf(1), x
            for n in range(2, order + 1):
                before, here = here, ((2 * n - 1) * x * here - (n - 1) * before) / n
            slope = order * (x * here - before) / (x * x - 1)
            x -= here / slope
        nodes.append((x, 2 / ((1 - x * x) * slope**2)))
    return nodes


RULES: dict[int, list[tuple[Any, Any]]] = {}


def by_quadrature(shown: Function, order: int) -> list[Any]:
    """Return E[g], E[g^2], E[g'] and E[g'^2] for z ~ N(0, 1)."""
    nodes = RULES.setdefault(order, []) or RULES[order].extend(rule(order)) or RULES[order]
    cuts = sorted(
        {*map(mpf, range(-16, 17)), *STEEP, *(mpf(z.numerator) / z.denominator for z in kink_places(shown))}
    )
    sums = [mpf(0)] * 4
    for low, high in pairwise(z for z in cuts if abs(z) <= 16):
        for x, weight in nodes:
            z = (low + high + (high - low) * x) / 2
            share = weight * (high - low) / 2 * mp.npdf(z)
            g, slope = once(shown.formula, {"z": z}), once(shown.slope, {"z": z})
            sums = [s + share * v for s, v in zip(sums, (g, g * g, slope, slope * slope), strict=True)]
    return sums


def means(shown: Function) -> Iterator[str]:
    """Yield what is not proven of the four means, and what is not as the quadrature has it."""
    found, _ = means_of(shown, digits=DIGITS)
    names = ("mean", "mean_square", "mean_slope", "mean_square_slope")
    exact, again = (by_quadrature(shown, order) for order in (32, 36))
    for name, one, other in zip(names, exact, again, strict=True):
        sure = min(int(-mp.log10(abs(one - other) / (1 + abs(one)) + mpf(10) ** -38)) - 1, DIGITS - 1)
        if found[name] == "nan":
            yield f"{name} not proven"
        elif far(found[name], other, sure):
            yield f"WRONG {name}: {found[name]}, quadrature {mp.nstr(other, DIGITS)}"
        if sure < 20:
            yield f"{name} held to {sure} digits"


# ---------------------------------------------------------------------------- places


def shape(shown: Function) -> Iterator[str]:
    """Yield what differs of extremes, zeros and bends."""
    trees = shown.formula, shown.slope, derivative(shown.slope)
    kinks = [mpf(z.numerator) / z.denominator for z in kink_places(shown)]
    for name, tree, next_tree in (("g", *trees[:2]), ("g'", *trees[1:])):
        try:
            ends = range_of(tree, -math.inf, math.inf, DIGITS)
        except NoAnswerError as fault:
            yield f"{name} {fault}"
            continue
        for end in ends:
            yield from extreme(name, tree, next_tree, end, kinks)
        yield from outside(name, tree, *map(float, ends))
    proven = portrait_of(shown, DIGITS, 2.5)
    for name, tree, places in (("zeros", trees[0], proven.zeros), ("bends", trees[2], proven.bends)):
        if places is None:
            yield f"{name} not proven"
        elif places != INFINITELY_MANY:
            yield from roots(name, tree, places)


def extreme(name: str, tree: Node, slope: Node, end: Extreme, kinks: list[Any]) -> Iterator[str]:
    """Yield where an extreme is not what mpmath finds beside the places."""
    if end.why:
        yield f"{name} {end.why}"
    for place, how in end.places:
        if how == "taken" and ".." not in place:
            here = mpf(place)
            value, root = once(tree, {"z": here}), root_near(slope, here)
            if far(end.value, value) or (far(place, root) and all(far(place, z) for z in kinks)):
                exact = f"{mp.nstr(value, DIGITS)} at {mp.nstr(root, DIGITS)}"
                yield f"WRONG {name} at {place}: {end.value}, mpmath {exact}"


def root_near(tree: Node, z: Any) -> Any:
    """Return the root beside a place, or the place itself where there is none: a corner, an end."""
    try:
        found = mp.findroot(
            lambda x: once(tree, {"z": x}), (z - mpf(10) ** -8, z + mpf(10) ** -8), solver="anderson"
        )
    except (ValueError, ZeroDivisionError):
        return z
    return found if abs(found - z) < mpf(10) ** -6 else z


def outside(name: str, tree: Node, low: float, high: float) -> Iterator[str]:
    values = [once(tree, {"z": z}) for z in GRID[::4]]
    slack = mpf(10) ** -14
    if min(values) < low - slack * (1 + abs(low)) or max(values) > high + slack * (1 + abs(high)):
        yield f"WRONG {name}: the grid passes {low} or {high}"


def roots(name: str, tree: Node, places: tuple[str, ...]) -> Iterator[str]:
    """Yield what differs from the changes of sign on a grid, and from roots found beside the places."""
    single = [place for place in places if ".." not in place]
    for place in single:
        if far(place, root_near(tree, mpf(place))):
            yield f"WRONG {name}: {place}"
    signs = [(z, mp.sign(once(tree, {"z": z}))) for z in GRID]
    changes = [(a, b) for (a, s), (b, t) in pairwise(signs) if s * t < 0]
    for low, high in changes:
        if not any(low <= mpf(place) <= high for place in single):
            yield f"WRONG {name}: a change of sign between {float(low):.6g} and {float(high):.6g}"


if __name__ == "__main__":
    main()
