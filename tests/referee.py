"""A referee over the whole language that knows nothing of the code but how a formula is parsed.

Values come from mpmath, slopes from its values alone: forward differences on one side, at two distances, far
finer than float64. What both leave open is not judged.
"""

import math
import random
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import oracle
from mpmath import binomial, mp, mpf

from actcli.catalog import CATALOG, function
from actcli.errors import ActcliError, UndecidedError
from actcli.language.trees import Node, names_in, postorder
from actcli.language.words import COMPARISONS
from actcli.numerics.answers import Question, answer, array_answers, slope, value
from actcli.numerics.dtypes import are_middles, rounded

NEAR, NEARER = mpf(10) ** -30, mpf(10) ** -42
DIGITS = 420
LARGEST = mpf(10) ** 150
TOO_NEAR = mpf(10) ** -300
SUDDEN = ("floor", "sign", "asin", "acos", "acosh", "atanh", "log", "sqrt")
STEEP = mpf(10) ** 20
# ruff: noqa: SIM905
POINTS = "0 0 0 1 -1 1/2 -1/2 2 -2 3 0.1 -0.3 10 -10 1e5 -1e5 0.25 1.5 -0.75".split()
FAINT = "1e-300 5e-324 -1e-310 1e100 -1e100".split()  # for values alone: slopes are looked for farther away
LEAVES = "z z z z 1 2 0.5 -1 0.1 3 1/3 pi (z-1) (1-z) (z+1) z^2".split()
UNARY = """exp expm1 log log1p sqrt sqrt abs abs sign floor sin cos tan asin acos atan sinh cosh tanh asinh
acosh atanh erf erfc Phi phi sigmoid softplus relu""".split()
BINARY = """({0}+{1}) ({0}-{1}) {0}*{1} ({0})/({1}) max({0},{1}) min({0},{1}) where({0}>={1},{0},{1})
where({0}<{1},{1},{0}) where({0}=={1},{0},{1}) ({0})^({2})""".split()
EXPONENTS = "2 3 0.5 1.5 -1 1/3 2.5 -0.5 4 0.1 pi".split()


def any_formula(chance: random.Random, depth: int) -> str:
    """Return the text of a formula by chance, activations with parameters included."""
    kind = chance.random()
    if depth == 0 or kind < 0.15:
        return chance.choice(LEAVES)
    if kind < 0.55:
        return f"{chance.choice(UNARY)}({any_formula(chance, depth - 1)})"
    if kind < 0.6:
        return f"{chance.choice(CATALOG).name}({any_formula(chance, depth - 1)})"
    parts = [any_formula(chance, depth - 1) for _ in range(2)]
    return chance.choice(BINARY).format(*parts, chance.choice(EXPONENTS))


# ---------------------------------------------------------------------------- what mpmath says


class UnjudgedError(Exception):
    """Something is infinite, or too large for the digits that there are."""


def at(tree: Node, z):
    """Return the value at z, None where mpmath has no real number for it or for a part of it."""
    is_far = 0 < abs(z) < mpf(10) ** -100 or abs(z) > 1000
    known = {"pi": +mp.pi, "e": +mp.e, "inf": mp.inf, "z": z}

    def read(n: Node):
        if n.value is not None:
            return oracle.number(n.value)
        if n.op == "name":
            return known[n.args[0]]
        if n.op == "where":
            return read(n.children[1 if read(n.children[0]) else 2])
        if n.op in COMPARISONS:
            return compared(n)
        parts = [read(child) for child in n.children]
        if n.op in SUDDEN and not is_rational(n.children[0]) and too_near(parts[0]):
            raise UnjudgedError
        found = oracle.WORDS[n.op](*parts)
        if n.op in "+-" and is_far and parts[-1] and abs(found) < TOO_NEAR * abs(parts[-1]):
            raise UnjudgedError  # what is left may be lost digits alone
        if isinstance(found, mp.mpc) or mp.isnan(found):
            raise ValueError("no real number")
        if abs(found) > LARGEST:
            raise UnjudgedError
        return found

    def compared(n: Node) -> bool:
        """What is no number is equal to none, and neither above nor below one."""
        try:
            left, right = map(read, n.children)
            if not all(map(is_rational, n.children)) and abs(left - right) < TOO_NEAR * (1 + abs(left)):
                raise UnjudgedError
            return oracle.WORDS[n.op](*map(read, n.children))
        except ValueError:
            return n.op == "!="
        except ZeroDivisionError:
            raise UnjudgedError from None

    try:
        return read(tree)
    except (ZeroDivisionError, ValueError, TypeError, OverflowError, NotImplementedError):
        return None


def is_rational(tree: Node) -> bool:
    """Tell whether a formula is made of numbers, z and what takes fractions to fractions alone."""
    powers = [n for n in postorder(tree) if n.op == "^"]
    if any(n.children[1].value is None or n.children[1].value.denominator > 1 for n in powers):
        return False
    ops = {n.op for n in postorder(tree)} - {"^"}
    return ops <= {
        "number",
        "name",
        "+",
        "-",
        "*",
        "/",
        "neg",
        "abs",
        "min",
        "max",
        "floor",
        "sign",
    } and not ({"pi", "e"} & names_in(tree))


def too_near(x) -> bool:
    """Tell whether the digits do not say on which side of a whole number x lies, or many steps are near."""
    return abs(x - mp.nint(x)) < TOO_NEAR * (1 + abs(x)) or abs(x) > 1e9


def difference(tree: Node, z, order: int, step):
    """Return the forward difference quotient of some order, from points beside z alone."""
    values = [at(tree, z + step * k) for k in range(1, order + 2)]
    if None in values:
        return None
    signed = ((-1) ** (order - k) * binomial(order, k) * g for k, g in enumerate(values))
    return sum(signed, mpf(0)) / step**order


def steep(tree: Node, z):
    """Tell whether a formula is so steep at z that the points beside it are too far away."""
    found = difference(tree, z, 1, NEAR**2)
    return found is None or abs(found) > STEEP


def expected(tree: Node, z, order: int, side: int):
    """Return the one-sided derivative, an infinity, "jump" or "outside"; None where this does not tell."""
    here, near, nearer = at(tree, z), at(tree, z + side * NEAR), at(tree, z + side * NEARER)
    if here is None or 0 < abs(here) < 1 / LARGEST:
        return None
    if near is None and nearer is None:
        return "outside"
    if near is None or nearer is None:
        return None
    gap = abs(here - nearer)
    if gap > STEEP * NEARER and steep(tree, z + side * 2 * NEAR):
        return None
    if gap > abs(here - near) / 2 and gap > TOO_NEAR:
        return "jump"
    coarse, fine = difference(tree, z, order, side * NEAR), difference(tree, z, order, side * NEARER)
    if coarse is None or fine is None:
        return None
    if abs(fine) > 20 and abs(fine) > 1.2 * abs(coarse):
        return math.inf if fine > 0 else -math.inf
    if abs(fine - coarse) <= mpf(10) ** -15 * abs(fine) or (abs(fine) < 1e-9 and abs(coarse) < 1e-9):
        return fine
    return None


# ---------------------------------------------------------------------------- judging


def agree(ours: float, theirs) -> bool:
    """Tell whether a float64 is what the referee says, to twelve digits; absolutely, where that is near 0."""
    if isinstance(theirs, str):
        return math.isnan(ours)
    if isinstance(theirs, float) and math.isinf(theirs):
        return ours == theirs or abs(ours) > 1e300
    if math.isnan(ours):
        return False
    size = abs(theirs)
    if math.isinf(ours):
        return bool(size > 1e308)
    return bool(abs(mpf(ours) - theirs) <= mpf(10) ** -12 * size + mpf(10) ** -9 * (size < 1e-8))


def nearest(ours: float, theirs) -> bool:
    """Tell whether a value is the float64 nearest to what the referee has to hundreds of digits, or a tie."""
    if not math.isfinite(ours) or isinstance(theirs, str) or abs(theirs) < 1e-300:
        return agree(ours, theirs)
    half = mpf(math.ulp(ours)) / 2
    return bool(abs(mpf(ours) - theirs) <= half * (1 + NEAR))


@dataclass
class Record:
    """What was compared, and what was found wrong."""

    counts: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)

    def judge(self, what, ours, theirs, agree=agree) -> None:
        """Note one comparison."""
        if ours == "undecided":
            self.counts["refused"] += 1
            return
        if theirs is None:
            self.counts["not judged"] += 1
            return
        self.counts["compared"] += 1
        if not agree(ours, theirs):
            self.wrong.append(
                (*what, ours, theirs if isinstance(theirs, str | float) else mp.nstr(theirs, 17))
            )


def ours(question: Question, z: float, dtype: str = "float64"):
    """Return the answer, nan for none, or that it was not decided."""
    try:
        return answer(question, z, dtype)
    except UndecidedError:
        return "undecided"
    except ActcliError:
        return math.nan


def round_of(chance: random.Random, record: Record) -> None:
    """Judge one formula at one point: value, slopes on both sides, an order, a narrow format, an array."""
    text, point = any_formula(chance, chance.choice((1, 2, 2, 3))), chance.choice(POINTS)
    try:
        shown = function(f"({text})")
    except ActcliError:
        record.counts["no formula"] += 1
        return
    faint = chance.random() < 0.1
    z = (
        float(Fraction(chance.choice(FAINT) if faint else point))
        if chance.random() < 0.7
        else chance.gauss(0, 3)
    )
    order = chance.choice((2, 3, 4, 5))
    with mp.workdps(DIGITS):
        exact, tree = mpf(z), shown.formula
        try:
            here = at(tree, exact)
            judged = {(n, side): expected(tree, exact, n, side) for n in (1, order) for side in (1, -1)}
        except UnjudgedError:
            record.counts["not judged"] += 1
            return
        mine = ours(value(shown), z)
        record.judge((text, z, 0), mine, here, nearest)
        if here is not None:
            narrow, double = ours(value(shown), z, "float16"), oracle.to_float(here)
            told = is_rational(tree) or not are_middles(np.array([double]), "float16")[0]
            record.judge((text, z, "float16"), narrow, rounded(double, "float16") if told else None)
        for n in () if faint else (1, order):
            for kink, side in (("right", 1), ("left", -1)):
                question = slope(shown, kink, n)
                mine = ours(question, z)
                record.judge((text, z, n, kink), mine, judged[n, side])
                if n == 1:
                    paths(record, (text, z, kink), question, z, mine)


def paths(record: Record, what, question: Question, z: float, one) -> None:
    """Compare a point in an array with the point alone."""
    many = float(array_answers(question, np.array([z, z + 1, z]))[0])
    record.counts["paths"] += 1
    alone = math.nan if one == "undecided" else one
    if not (many == alone or (math.isnan(many) and math.isnan(alone))):
        record.wrong.append((*what, "array", many, alone))
