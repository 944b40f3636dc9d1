"""Points that are written as constant expressions: 1/3, -2pi, log(2), 2^-10."""

import os
import re
from fractions import Fraction

from actcli.catalog import defined
from actcli.errors import ActcliError
from actcli.language.formula import parse
from actcli.language.points import is_sum, looks_like_points, parse_number, shown
from actcli.language.trees import Node, names_in
from actcli.language.words import ARITHMETIC

PLACES = 100  # digits of what is no fraction: sums and quotients of it come to 0 where they should
MOST_EXACT_POWER = 1_100  # that is worked out exactly


def is_constant(text: str) -> bool:
    """Tell whether a text is constant expressions, with colons between them."""
    try:
        return not any(names_in(parse(part)) for part in text.split(":"))
    except ActcliError:
        return False


def point(text: str, exact: bool = False) -> Fraction | float:
    """Return the number that a point is: exactly, or what is no fraction to a hundred digits.

    The float64 nearest to it is proven. Raises ActcliError for what is no number, or if `exact` no fraction.
    """
    try:
        return parse_number(text)
    except ActcliError as fault:
        if (looks_like_points(text) and not is_sum(text)) or not is_constant(text):
            raise ActcliError(_instead(text) or str(fault)) from None
    from actcli.numerics.exact import nearest

    tree = parse(text)
    try:
        value, proven = _fraction(tree, exact), nearest(tree, 0.0)
        return value if float(value) == proven else Fraction(proven)
    except (ZeroDivisionError, ValueError, OverflowError):  # a quotient by 0, nan, what is beyond float64
        raise ActcliError(f"{shown(text)} is no finite number of float64") from None


def _fraction(node: Node, exact: bool) -> Fraction:
    """Return what a tree comes to by + - * / and whole powers of fractions, and by digits of the rest."""
    if node.value is not None:
        return node.value
    if node.op in ARITHMETIC:
        result: Fraction = ARITHMETIC[node.op](*[_fraction(child, exact) for child in node.children])
        return result
    base, power = (child.value for child in node.children) if node.op == "^" else (None, None)
    if base is not None and power is not None and power.denominator == 1 and abs(power) <= MOST_EXACT_POWER:
        return base ** int(power)
    if exact:
        raise ActcliError(
            "--digits needs points that are fractions: put the rest into the formula, as in pi*z"
        )
    from actcli.numerics.exact import digits

    return Fraction(digits(node, Fraction(0), PLACES))


def _instead(text: str) -> str:
    """Return what to type for what is no point but something else; "" for what is not known."""
    key, equals, value = text.partition("=")
    if equals and key.strip() in ("z", "x"):
        return f"{text!r}: a point is written without its name: {value.strip()}"
    if equals and key.strip().isidentifier():
        return (
            f"{text!r} is a parameter, which stands behind its function, as in elu:alpha=2: no blank, a colon"
        )
    if re.fullmatch(r"\w+", text) and defined(text):
        return f"{text!r} is a function, and there is one already: 'actcli table' takes several"
    if re.fullmatch(r".*[\w/]\.[A-Za-z]\w{1,5}", text):
        stands = "a FILE stands alone, without points" if os.path.exists(text) else "there is no such file"
        return f"{text!r} is no number, and {stands}"
    return ""
