"""What one activation is: an entry of the handbook, and the function it becomes with its parameters.

An entry is a frozen record of texts in the formula language. `bind` gives its parameters their
values and returns a Function, which knows its formula, its slope, its kinks and its limits.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from actcli.errors import ActcliError, FormulaError
from actcli.language.calculus import derivative, parameters_of
from actcli.language.formula import first_of, nearest_words, parse, unknown
from actcli.language.once import once
from actcli.language.points import shown
from actcli.language.pushes import pushed
from actcli.language.trees import ONE, Node, bound_of, name, number, substitute, write
from actcli.language.unrolled import is_of_vectors
from actcli.language.words import CONSTANTS, WORDS

Number = Fraction | float  # a float only for an infinity
NO_LIMIT = name("nan")
ANY = "(-inf, inf)"
MEASURED = ("pytorch", "jax", "tensorflow", "keras", "mlx")  # whose gradients at kinks are known
NUMBERS_ONLY = "{} is a function of a vector: its parameters are numbers, by which there is no derivative"


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name, default (exact decimal, quotient or inf), meaning, bounds, other spellings.

    `bounds` is an interval such as "(0, inf)"; its ends may be formulas in the other parameters. Within it
    the limits, kinks and range hold that an entry declares. `allowed` is where the formula is still this
    function, if that is more: one or two intervals joined by "or".
    """

    name: str
    default: str
    meaning: str
    bounds: str = ANY
    aliases: tuple[str, ...] = ()
    allowed: str = ""


@dataclass(frozen=True)
class Kink:
    """A place where g or g' jumps, a formula in the parameters, and each framework's gradient there.

    It is there under the comparison `when`, and again and again at the distance `every`. The frameworks'
    figures are measured, formulas in the parameters; empty where there is none.
    """

    at: str
    when: str = ""
    every: str = ""
    pytorch: str = ""
    jax: str = ""
    tensorflow: str = ""
    keras: str = ""
    mlx: str = ""

    def figure(self, framework: str) -> str:
        """Return the gradient that a framework returns, without a remark on others; "" for none."""
        text: str = getattr(self, framework).partition(" (")[0]
        return "" if text in ("error", "None") else text


@dataclass(frozen=True)
class Activation:
    """One entry of the catalog; every text is in the formula language.

    `formula` and `derivative` are what is computed, in z and the parameters; `definition` is the
    textbook's form where the computed one differs. `from_value` is g' in a = g(z), which holds under
    the comparison `from_value_when`. `limits` and `slopes` are what g and g' tend to at -inf and at +inf
    ("nan": nothing). `range` is the smallest interval that holds every value ("nan": no formula is known).
    `frameworks` tells where it is called what, as in "jax ggml: relu; pytorch: relu ReLU".
    """

    name: str
    formula: str
    range: str
    reference: str
    derivative: str = ""  # of a function of vectors none is needed, nor limits
    limits: tuple[str, str] = ("nan", "nan")
    slopes: tuple[str, str] = ("nan", "nan")
    definition: str = ""
    from_value: str = ""
    from_value_when: str = ""
    parameters: tuple[Parameter, ...] = ()
    kinks: tuple[Kink, ...] = ()
    astray: tuple[Kink, ...] = ()  # where g is smooth, and the figures of frameworks that differ from g'
    aliases: tuple[str, ...] = ()
    frameworks: str = ""
    gain: str = ""  # of torch.nn.init.calculate_gain, measured
    differs: str = ""  # frameworks whose default or meaning differs
    note: str = ""
    jacobian: str = ""  # of a function of vectors, for people: dg_i/dz_j with p_i and delta_ij

    def __hash__(self) -> int:
        return hash(self.name)

    def names(self) -> Iterator[str]:
        """Yield every spelling of this activation."""
        yield self.name
        yield from self.aliases
        for names in self.found_in.values():
            yield from names.split()

    @once
    def found_in(self) -> Mapping[str, str]:
        """The names that each framework has for it, blank-separated."""
        groups = (group.split(": ") for group in self.frameworks.split("; ") if group)
        return {framework: names for frameworks, names in groups for framework in frameworks.split()}

    def spelling(self, text: str) -> str:
        """Return a parameter's name from any of its spellings."""
        for parameter in self.parameters:
            if normal(text) in map(normal, (parameter.name, *parameter.aliases)):
                return parameter.name
        raise ActcliError(self._no_parameter(text))

    def _no_parameter(self, text: str) -> str:
        known = [p.name for p in self.parameters]
        if not known:
            return f"{self.name} has no parameters, so {text!r} means nothing"
        return f"{unknown('parameter of ' + self.name, text, known)} (it has {', '.join(known)})"

    def defaults(self) -> dict[str, Number]:
        """Return the parameters' default values, exactly."""
        return {p.name: exact_value(p.default, p.name) for p in self.parameters}

    def bind(
        self, given: Mapping[str, Number] | None = None, label: str = "", free: Sequence[str] = ()
    ) -> "Function":
        """Return this activation with its parameters set; those not given keep their defaults.

        The `free` ones stay names in the formula, see Function. Raises ActcliError for an unknown parameter
        or one outside its bounds.
        """
        asked: dict[str, Number] = {}
        for spelled, value in (given or {}).items():
            if (key := self.spelling(spelled)) in asked:
                raise ActcliError(f"{spelled!r} gives {key!r} of {self.name} twice: leave one out")
            asked[key] = value
        values = {**self.defaults(), **asked}
        nodes = {key: number_or_inf(value) for key, value in values.items()}
        self.check(nodes)
        if free:
            return self._with_names(nodes, label or self.name, tuple(map(self.spelling, free)))
        if not self.derivative:
            formula, exact = (
                substitute(parse(text), nodes) for text in (self.formula, self.definition or self.formula)
            )
            return Function(
                label or self.name, formula, pushed(formula, bool(self.definition)), self, nodes, exact
            )
        formula, slope = (substitute(parse(text), nodes) for text in (self.formula, self.derivative))
        if all(_is_in(parameter.bounds, parameter, nodes) for parameter in self.parameters):
            return Function(label or self.name, formula, slope, self, nodes)
        return Function(label or self.name, formula, derivative(formula), parameters=nodes)

    def _with_names(self, nodes: Mapping[str, Node], label: str, free: tuple[str, ...]) -> "Function":
        if not self.derivative:
            raise ActcliError(NUMBERS_ONLY.format(label))
        if len(set(free)) < len(free):
            raise ActcliError(f"{label}: {', '.join(free)}: one of them is given twice")
        formula = substitute(parse(self.formula), {key: nodes[key] for key in nodes if key not in free})
        return Function(label, formula, derivative(formula), self, nodes, free=free)

    def check(self, nodes: Mapping[str, Node]) -> None:
        """Refuse numbers with which the formula would be another function."""
        for parameter in self.parameters:
            allowed = parameter.allowed or parameter.bounds
            if not any(_is_in(part, parameter, nodes) for part in allowed.split(" or ")):
                shown = write(nodes[parameter.name])
                raise ActcliError(
                    f"{parameter.name}={shown}: {self.name} takes {parameter.name} in {allowed}"
                )


def _is_in(interval: str, parameter: Parameter, nodes: Mapping[str, Node]) -> bool:
    """Tell whether a parameter's number lies in an interval; what is no plain number counts as inside."""
    value, within = bound_of(nodes[parameter.name]), Interval.parse(interval).within(nodes)
    if value is None or bound_of(within.low) is None or bound_of(within.high) is None:
        return True
    return within.holds(value)


def normal(text: str) -> str:
    """Return a name as it is compared: case, '-', '_', '.', blanks and which quotes do not matter."""
    return "".join(c for c in text.casefold().replace('"', "'") if c not in "-_. ")


def number_or_inf(value: Number) -> Node:
    """Return the formula of a number, such as a parameter's value."""
    if isinstance(value, Fraction) or math.isfinite(value):
        return number(Fraction(value))
    return name("inf") if value > 0 else Node("neg", name("inf"))


def exact_value(text: str, what: str) -> Number:
    """Return the number that a parameter's text is: a decimal such as 0.01, a quotient of two, or inf."""
    try:
        value = bound_of(parse(text.strip().replace("\u2212", "-")))
    except ActcliError:
        value = None
    if value is None:
        raise ActcliError(f"{what}={text}: {text!r} is not a number; write a decimal such as 0.2, or 1/3")
    return value


class Interval(NamedTuple):
    """A set of real numbers between two ends (formulas), each of which belongs to it or does not."""

    low: Node
    high: Node
    open_low: bool
    open_high: bool

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """Read "(0, inf)", "[-1, 1]" and the like."""
        low, high = parse(f"min({text[1:-1]})").children
        return cls(low, high, text[0] == "(", text[-1] == ")")

    def within(self, values: Mapping[str, Node]) -> "Interval":
        """Return the interval with the parameters' values put into its ends."""
        low, high = substitute(self.low, values), substitute(self.high, values)
        return self._replace(low=low, high=high)

    def opened(self) -> "Interval":
        """Return the interval without its infinite ends."""
        infinite = [bound_of(end) in (math.inf, -math.inf) for end in (self.low, self.high)]
        return self._replace(open_low=self.open_low or infinite[0], open_high=self.open_high or infinite[1])

    def holds(self, value: Number) -> bool:
        """Tell whether a number lies in an interval whose ends are rational or infinite."""
        low, high = bound_of(self.low), bound_of(self.high)
        if low is None or high is None:
            raise ValueError(f"{write(self.low)} or {write(self.high)} is not a number")
        above = value > low or (value == low and not self.open_low)
        return above and (value < high or (value == high and not self.open_high))


@dataclass(frozen=True, eq=False)
class Function:
    """An activation with its parameters given, or a formula of the user's: a function of z alone.

    `formula` and `slope` are g and g' in z; `label` is what the user called it. See `reads_vectors`, too.
    The `free` parameters are still names in both, as their values come with the points.
    """

    label: str
    formula: Node
    slope: Node
    entry: Activation | None = None
    parameters: Mapping[str, Node] = field(default_factory=dict)
    definition: Node | None = None  # of a function of vectors: what is read entry by entry
    free: tuple[str, ...] = ()

    def at(self, values: Mapping[str, Number]) -> "Function":
        """Return the function with numbers for some of its free parameters; ActcliError as in `bind`."""
        free = tuple(key for key in self.free if key not in values)
        if self.entry:
            kept = {key: bound for key, n in self.parameters.items() if (bound := bound_of(n)) is not None}
            return self.entry.bind({**kept, **values}, self.label, free)
        nodes = {key: number_or_inf(value) for key, value in values.items()}
        formula = substitute(self.formula, nodes)
        return Function(
            self.label, formula, derivative(formula), parameters={**self.parameters, **nodes}, free=free
        )

    @once
    def reads_vectors(self) -> bool:
        """Whether z is a vector; the slope is then the derivative in the direction of a vector v."""
        return is_of_vectors(self.formula)

    @property
    def slope_label(self) -> str:
        """What the slope is called on a screen: sigmoid', leaky_relu':slope=0.2, (z^2)'."""
        head, colon, settings = self.label.partition(":")
        names = map(normal, self.entry.names()) if self.entry else ["z"]
        named = normal(head) in names or (head.isidentifier() and "z" not in head)
        return f"{head}'{colon}{settings}" if named else f"({head})'{colon}{settings}"

    @once
    def kinks(self) -> tuple[Node, ...]:
        """Where g or g' jumps, as formulas without names; empty for a formula of the user's.

        Of kinks that come again and again it is the first alone.
        """
        kinks = self.entry.kinks if self.entry else ()
        return tuple(self._in_z(kink.at) for kink in kinks if self.satisfies(kink.when))

    def figures(self, framework: str) -> tuple[tuple[Node, Node | None], ...]:
        """Return where the kinks are, and what a framework returns there, None where that is not known.

        Raises ActcliError for a formula, and for kinks without end.
        """
        kinks = [kink for kink in self.entry.kinks if self.satisfies(kink.when)] if self.entry else []
        if not self.entry or any(kink.every for kink in kinks):
            raise ActcliError(f"what {framework} returns at the kinks of {self.label} is not known")
        kinks += [place for place in self.entry.astray if place.figure(framework)]
        figures = ((self._in_z(kink.at), kink.figure(framework)) for kink in kinks)
        return tuple((at, self._in_z(figure) if figure else None) for at, figure in figures)

    def satisfies(self, condition: str) -> bool:
        """Tell whether the parameters meet a condition such as "slope > 0"; no condition is always met."""
        return not condition or self._in_z(f"where({condition}, 1, 0)") is ONE

    @once
    def range(self) -> Interval | None:
        """The set of values of g, or None where it is not known."""
        if self.entry is None:
            return None
        interval = Interval.parse(self.entry.range).within(self.parameters).opened()
        return None if name("nan") in (interval.low, interval.high) else interval

    @once
    def from_value(self) -> Node | None:
        """g' as a formula in a = g(z), or None where there is none."""
        return self._in_z(self.entry.from_value) if self.entry and self.entry.from_value else None

    def at_infinity(self, order: int) -> tuple[Node | None, Node | None]:
        """Return what g (order 0) or g' (order 1) tends to at -inf and at +inf.

        NO_LIMIT where it tends to nothing, None where nothing is known.
        """
        if self.entry is None:
            return None, None
        low, high = map(self._in_z, self.entry.slopes if order else self.entry.limits)
        return low, high

    def _in_z(self, text: str) -> Node:
        return substitute(parse(text), self.parameters)


def of_formula(
    text: str, tree: Node, given: Mapping[str, Number], names: Collection[str] = (), free: Sequence[str] = ()
) -> Function:
    """Return the function that a formula of the user's is, its own parameters given by name, or `free`.

    `names` are those of the catalog, for the hint about a name that has no value.
    """
    if missing := parameters_of(tree) - {*given, *free}:
        token = first_of(missing, text.partition(":")[0])
        near = nearest_words(token.text, [*WORDS, *CONSTANTS, *names])
        guess = f"; did you mean {' or '.join(near)}?" if near else ""
        if token.text[0] in "zx" and token.text[1:] in (*WORDS, *CONSTANTS):
            guess = f"; did you mean {token.text[0]}*{token.text[1:]}?"
        hint = f"write z, or give it one, as in 'FORMULA:{token.text[:40]}=0.5'{guess}"
        raise FormulaError(f"{shown(token.text)} has no value: {hint}", text, token.place)
    if extra := {*given, *free} - parameters_of(tree):
        raise ActcliError(f"{text!r} has no parameter called {min(extra)!r}")
    values = {key: number_or_inf(value) for key, value in given.items()}
    bound = substitute(tree, {key: value for key, value in values.items() if key not in free})
    if free and is_of_vectors(bound):
        raise ActcliError(NUMBERS_ONLY.format(text))
    slope = pushed(bound) if is_of_vectors(bound) else derivative(bound)
    return Function(text, bound, slope, None, values, free=tuple(free))
