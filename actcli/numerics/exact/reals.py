"""The language read in real numbers: a formula and its derivatives at one point, as a ball and a rational.

A formula becomes a list of steps. They are taken plainly, in balls alone, or with care: every step is
then also worked out in rational numbers as long as it stays rational, which alone can tell a tie or a
kink at z = 0.1, and what is proven to be no real number is told from what is not known yet. Derivatives
are read off a power series in t at z + t. Flint's working precision is changed and not restored.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from flint import arb, arb_series, ctx, fmpq, fmpq_series

from actcli.errors import UndefinedError
from actcli.language.calculus import LARGEST_POWER, RIGHT, slope_of_order
from actcli.language.texts import shortest
from actcli.language.trees import (
    ONE,
    ZERO,
    Node,
    Z,
    name,
    names_in,
    number,
    postorder,
    rebuilt,
    write,
)
from actcli.language.words import COMPARISONS, RELATIONS
from actcli.numerics.exact.realwords import (
    ANY_LENGTH,
    BALLS,
    NOTHING,
    RATIONALS,
    SERIES,
    always,
    is_infinite,
    is_limit,
    is_sharp,
    limit,
    settled_by_ieee,
    small,
    whole_power,
)

LONG_FORMULA = 64  # terms of a series that are looked at for its sign beside the point
SAME_BITS = 1024


class Place(NamedTuple):
    """Where a formula is read: z, the order of the derivative, the side, and the jumps met on the way."""

    z: float | Fraction
    order: int
    side: int
    jumps: list[Node]


class Outcome(NamedTuple):
    """A number as far as it is known: a ball around it, and the rational number that it is, if known."""

    ball: Any  # arb, perhaps an infinity; or the float nan where there is proven to be no real number
    exact: Any = None  # fmpq


# ---------------------------------------------------------------------------- programs


Operation = tuple[str, Callable[..., Any], tuple[int, ...]]  # the operation, what does it, the slots it takes


class Program(NamedTuple):
    """A formula as a list of steps over slots; slot 0 is z, slot 1 the Place, then come the constants."""

    constants: list[Any]
    rationals: list[Any]
    steps: list[Operation]
    root: int


@lru_cache(512)
def compiled(tree: Node, series: bool, bits: int) -> Program:
    """Return the steps that read a formula, in power series or numbers, with constants of so many bits."""
    ctx.prec = bits
    order = postorder(with_wheres(tree) if series else tree)
    leaves = [n for n in order if n.op in ("number", "name") and n is not Z]
    slots = {Z: 0, **{n: i + 2 for i, n in enumerate(leaves)}}
    steps = []
    for n in order:
        if n not in slots:
            slots[n] = len(slots) + 1
            steps.append(_step(n, series, slots))
    balls = [constant(n) for n in leaves]
    constants = [arb_series([ball], prec=ANY_LENGTH) for ball in balls] if series else balls
    return Program(constants, [_rational_constant(n) for n in leaves], steps, slots[order[-1]])


def constant(node: Node) -> Any:
    """Return a number or a named constant as a ball."""
    value = node.args[0]
    if isinstance(value, Fraction):
        return ball_of(value)
    return {"pi": arb.pi, "e": arb.const_e, "inf": arb.pos_inf}[str(value)]()


def _rational_constant(node: Node) -> Any:
    value = node.args[0]
    return always(rational_of(value)) if isinstance(value, Fraction) else None


def _step(node: Node, series: bool, slots: dict[Node, int]) -> Operation:
    places = tuple(slots[child] for child in node.children)
    words = SERIES if series else BALLS
    if node.op in COMPARISONS:
        return node.op, (_beside(node) if series else _at_the_point(node.op)), (*places, 1)
    if node.op == "floor" and series:
        return node.op, _floor_beside(node), (*places, 1)
    exponent = node.children[1].value if node.op == "^" else None
    if exponent is not None and exponent.denominator == 1 and abs(exponent) <= LARGEST_POWER:
        return node.op, whole_power(int(exponent), words["/"]), places
    return node.op, words[node.op], places


def rational_of(value: float | Fraction) -> Any:
    """Return a number as flint's fraction."""
    return fmpq(*value.as_integer_ratio())


def ball_of(value: float | Fraction) -> Any:
    """Return the ball around a rational number."""
    return arb(rational_of(value))


@lru_cache(512)
def with_wheres(tree: Node) -> Node:
    """Return the formula with abs, sign, min and max written with where, so that all kinks are alike.

    And e^u as exp(u), whose series is rational where that of u begins with 0.
    """
    return rebuilt(tree, lambda n: _KINKS[n.op](*n.args) if n.op in _KINKS else n)


_KINKS: dict[str, Callable[..., Node]] = {
    "^": lambda a, b: Node("exp", b) if a is name("e") else Node("^", a, b),
    "abs": lambda a: Node("where", Node(">=", a, ZERO), a, Node("neg", a)),
    "max": lambda a, b: Node("where", Node(">=", a, b), a, b),
    "min": lambda a, b: Node("where", Node("<=", a, b), a, b),
    "sign": lambda a: Node(
        "where", Node(">", a, ZERO), ONE, Node("where", Node("<", a, ZERO), number(-1), ZERO)
    ),
}


# ---------------------------------------------------------------------------- running them


def _variable(place: Place) -> Any:
    ball = arb(place.z) if isinstance(place.z, float) else ball_of(place.z)
    return arb_series([ball, 1]) if place.order else ball


def plainly(tree: Node, place: Place, bits: int) -> Outcome:
    """Read the formula in balls alone; whatever needs more thought gives a ball that decides nothing."""
    program = compiled(tree, place.order > 0, bits)
    ctx.prec, ctx.cap = bits, place.order + 1
    value = stepped(program, _variable(place), place)
    if place.order:
        value = NOTHING if place.jumps else _derivative_in(value, place.order)
    return Outcome(value)


def stepped(program: Program, variable: Any, place: Place) -> Any:
    """Return what the steps come to where z is this ball or series; NOTHING where one of them fails."""
    slots = [variable, place, *program.constants]
    try:
        for _, function, places in program.steps:
            slots.append(function(*[slots[i] for i in places]))
    except (ValueError, ZeroDivisionError):
        return NOTHING
    return slots[program.root]


def _derivative_in(series: Any, order: int) -> Any:
    """Return the derivative that a series holds, or NOTHING where the series is not one of real numbers."""
    if not isinstance(series, arb_series) or series.prec <= order or not series[0].is_finite():
        return NOTHING
    return series[order] * math.factorial(order)


def _term(exact: Any, order: int) -> Any:
    return None if exact is None or exact.prec <= order else exact[order] * math.factorial(order)


def described(tree: Node, place: Place, what: str) -> str:
    """Return a sentence about the formula, or its derivative, at z."""
    text = write(tree)
    text = text if len(text) <= 60 else text[:57] + "..."
    z = shortest(place.z) if isinstance(place.z, float) else ball_of(place.z).str(15, radius=False)
    return f"{which_slope(place.order)}{text} at z = {z} {what}"


def which_slope(order: int) -> str:
    """Return what stands before a formula whose derivative is meant."""
    return "" if not order else "the slope of " if order == 1 else f"derivative {order} of "


def with_care(tree: Node, place: Place, bits: int) -> Outcome:
    """Read the formula with every step in rational numbers as far as they go, and in balls."""
    place.jumps.clear()
    value, exact = _stepwise(tree, place, bits)
    if not place.order:
        return Outcome(value, _term(exact, 0))
    ball = _derivative_in(value, place.order)
    is_either = any(n is tree for n in place.jumps)
    if is_either or not ball.is_finite():
        beside = _at_singularity(tree, place, bits)
        if beside.ball is not NOTHING or not ball.is_finite():
            return beside
    if place.jumps and not _is_joined(tree, place, bits, value[0], _term(exact, 0)):
        return Outcome(NOTHING)
    slope = slope_of_order(tree, 1) if exact is None and not place.jumps else None
    if slope is not None:
        # softplus at 0, log(2) + z/2 + ..., is rational but for its start
        exact = _stepwise(slope, place._replace(order=place.order - 1), bits)[1]
        return Outcome(ball, _term(exact, place.order - 1))
    return Outcome(ball, _term(exact, place.order))


def _is_joined(tree: Node, place: Place, bits: int, limit: Any, exact: Any) -> bool:
    """Tell whether the value at z is known to be the limit on the side that is asked for.

    Raises UndefinedError where it is another one, or none.
    Values that are not rational are compared as balls, from SAME_BITS on: a smaller jump is not seen.
    """
    here, rational = _stepwise(tree, place._replace(order=0), max(bits, SAME_BITS))
    if isinstance(here, arb) and not is_sharp(here):
        return False
    if exact is not None and rational is not None:
        same = exact == rational[0]
    else:
        same = isinstance(here, arb) and bool(limit.overlaps(here))
    if not same:
        raise _jump(tree, place)
    ctx.prec, ctx.cap = bits, place.order + 1
    return True


def _jump(tree: Node, place: Place) -> UndefinedError:
    side = "right" if place.side == RIGHT else "left"
    return UndefinedError(described(tree, place, f"does not exist: the value jumps on the {side}"))


def _at_singularity(tree: Node, place: Place, bits: int) -> Outcome:
    """Return the limit of the derivative beside a point where there is no power series.

    Raises UndefinedError where the value at the point is not its limit there.
    """
    bits = max(bits, SAME_BITS)
    here, rational = _stepwise(tree, place._replace(order=0), bits)
    if isinstance(here, float):
        return Outcome(math.nan)
    ctx.prec = bits
    from actcli.numerics.exact.beside import beside

    limit, slope = beside(tree, rational_of(place.z), place.side, place.order, constant)
    if limit is None or not is_sharp(here):
        return Outcome(NOTHING)
    if isinstance(limit, float):
        return Outcome(math.nan)
    if not is_limit(limit, here, _term(rational, 0)):
        raise _jump(tree, place)
    return Outcome(arb(slope), slope if isinstance(slope, fmpq) else None)


def _stepwise(tree: Node, place: Place, bits: int) -> tuple[Any, Any]:
    """Return the formula's value as a ball (or series, or float: see Outcome), and as a rational or None."""
    program = compiled(tree, place.order > 0, bits)
    ctx.prec, ctx.cap = bits, place.order + 1
    slots = [_variable(place), place, *program.constants]
    exact = [small(fmpq_series([rational_of(place.z), 1])), place, *program.rationals]
    varies = [True, False, *[False] * len(program.constants)]
    for op, function, places in program.steps:
        args, known = [slots[i] for i in places], [exact[i] for i in places]
        if op == "where" and args[0] is None and place.order:
            is_still = not any(varies[i] for i in places)
            value, rational = _either(args[1], args[2], is_still), None
            place.jumps.append(tree)  # the slope as it is written would take one of them
        elif op == "where" and args[0] is not None:
            branch = places[1 if args[0] else 2]
            value, rational, places = slots[branch], exact[branch], (branch,)
        else:
            if place.order and op in _SIDED and not any(varies[i] for i in places):
                function = _SIDED[op]
            rational = None if any(k is None for k in known) else _rationally(op, function, known, place)
            value = _carefully(op, function, args, place) if rational is None else _ball(rational, place)
        if place.order and not any(varies[i] for i in places):
            value, rational = _for_good(value), _for_good(rational)
        slots.append(value)
        exact.append(rational)
        varies.append(any(varies[i] for i in places))
    return slots[program.root], exact[program.root]


def _either(a: Any, b: Any, is_still: bool) -> Any:
    """Return a function that is one of two, where that is not decided: constants, or two of one value."""
    if not (isinstance(a, arb_series) and isinstance(b, arb_series)):
        return NOTHING
    if is_still:
        return arb_series([a[0].union(b[0])], prec=ANY_LENGTH)
    length = min(a.prec, b.prec, ctx.cap)
    return arb_series([a[k].union(b[k]) for k in range(length)]) if a[0] == b[0] else NOTHING


def _for_good(series: Any) -> Any:
    """Return a series that is known to be constant as one without an end, for which no cut one is taken."""
    if isinstance(series, fmpq_series):
        return always(series[0])
    return arb_series([series[0]], prec=ANY_LENGTH) if isinstance(series, arb_series) else series


def _ball(rational: Any, place: Place) -> Any:
    if isinstance(rational, bool):
        return rational
    return arb_series(rational.coeffs()) if place.order else arb(rational[0])


def _carefully(op: str, function: Callable[..., Any], args: list[Any], place: Place) -> Any:
    """Take one step, telling what is no real number (nan) from what is not known yet (NOTHING)."""
    if op == "where":
        return NOTHING if place.order or any(isinstance(a, float) for a in args) else function(*args)
    if not place.order and any(isinstance(a, float) or is_infinite(a) for a in args):
        return limit(op, function, args)
    if place.order and any(a is NOTHING for a in args):
        return None if op in COMPARISONS else NOTHING
    try:
        value = function(*args)
    except (ValueError, ZeroDivisionError):
        return NOTHING
    return settled_by_ieee(op, args, value) if isinstance(value, arb) and not value.is_finite() else value


def _rationally(op: str, function: Callable[..., Any], known: list[Any], place: Place) -> Any:
    """Take one step from rational numbers (series) to a rational or a truth value, or to None."""
    try:
        if op in COMPARISONS:
            return function(*known) if place.order else function(known[0][0], known[1][0], place)
        by_side = op == "floor" and place.order
        result = function(*known) if by_side else RATIONALS[op](*known) if op in RATIONALS else None
    except (ValueError, ZeroDivisionError):
        return None
    return result if result is None else small(result)


# ---------------------------------------------------------------------------- comparisons
def _sign(x: Any) -> int | None:
    return 1 if x > 0 else -1 if x < 0 else 0 if x == 0 else None


def _at_the_point(op: str) -> Callable[[Any, Any, Place], bool | None]:
    """Return the comparison of two balls or rationals, which gives None where it is not decided."""
    relation = RELATIONS[op]

    def compare(a: Any, b: Any, _: Place) -> bool | None:
        same = a is b and isinstance(a, arb) and a.is_finite()  # nan is not itself
        sign = 1 if a > b else -1 if a < b else 0 if same or a == b else None
        return None if sign is None else relation(sign, 0)

    return compare


def _beside(node: Node) -> Callable[[Any, Any, Place], bool | None]:
    """Return a comparison of two series just beside the point, which notes where the side matters."""
    relation, difference = RELATIONS[node.op], Node("-", *node.children)
    is_same = node.children[0] is node.children[1]

    def compare(a: Any, b: Any, place: Place) -> bool | None:
        same = a is b or is_same
        if same and isinstance(a, arb_series) and not a[0].is_finite():
            return None  # what is no number is not itself
        signs = (0, 0) if same else _signs(a - b, difference, place)
        if signs is None:
            return None
        here, beside = relation(signs[0], 0), relation(signs[1], 0)
        if here != beside:
            place.jumps.append(node)
        return bool(beside)

    return compare


def _signs(series: Any, node: Node, place: Place) -> tuple[int, int] | None:
    """Return the sign of a series at the point and just beside it, where the first nonzero term decides."""
    signs = []
    for term in series.coeffs():
        signs.append(_sign(term))
        if signs[-1] != 0:
            break
    if not signs or signs[-1] == 0:
        return _longer(node, place) if "z" in names_in(node) else (0, 0)
    if signs[-1] is None:
        return None
    return (signs[-1] if len(signs) == 1 else 0), signs[-1] * place.side ** (len(signs) - 1)


def _longer(node: Node, place: Place) -> tuple[int, int] | None:
    """Return the signs of a difference whose first terms are all 0, from LONG terms of it."""
    if place.order >= LONG_FORMULA:
        return None
    bits, cap = ctx.prec, ctx.cap
    ball, exact = _stepwise(node, place._replace(order=LONG_FORMULA), bits)
    far = place._replace(order=LONG_FORMULA)
    signs = None if ball is NOTHING else _signs(ball if exact is None else exact, node, far)
    ctx.prec, ctx.cap = bits, cap
    return signs


def _of_constants(op: str) -> Callable[..., Any]:
    """Return floor or a comparison for series that are constant next to the point, as relu is at -1."""
    if op == "floor":
        return lambda x, _: type(x)([x[0].floor()], prec=ANY_LENGTH)
    compare = _at_the_point(op)
    return lambda a, b, place: compare(a[0], b[0], place)


_SIDED = {op: _of_constants(op) for op in ("floor", *COMPARISONS)}


def _floor_beside(node: Node) -> Callable[[Any, Place], Any]:
    """Return floor of a series just beside the point: one less where it starts whole and falls."""

    def floor(x: Any, place: Place) -> Any:
        whole = x[0].floor() if isinstance(x, fmpq_series) else x[0].floor().unique_fmpz()
        signs: tuple[int, int] | None = (1, 1)
        if whole is not None and x[0] == whole:
            signs = _signs(x - whole, Node("-", *node.children, number(int(whole))), place)
        if whole is None or signs is None:
            raise ValueError("a whole number that is not decided")
        if signs[1] < 0:
            place.jumps.append(node)
        return type(x)([whole - (signs[1] < 0)], prec=ANY_LENGTH)

    return floor
