"""Activations as Python functions, over numbers and arrays of any shape.

    from actcli import activation, gelu

Points are float64, float32, float16 (or bfloat16, where a package brings it); whole numbers count as
float64. Each answer is the exact value at the point as it is given, rounded once to the dtype of the points.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real
from typing import TYPE_CHECKING, Any

import actcli.numerics.exact.beside  # noqa: F401 (before any thread: a fork amid an import hangs)
from actcli.catalog import find, function
from actcli.catalog.entries import MEASURED, Function
from actcli.errors import ActcliError, NoAnswerError
from actcli.language.texts import shortest
from actcli.language.tidy import tidied
from actcli.language.trees import write
from actcli.language.words import HIGHEST_ORDER, MOST_DIGITS_ASKED
from actcli.numerics.answers import SIDES, Question, slope, slope_from_value, value
from actcli.numerics.answers import digits as proven_digits
from actcli.numerics.given import array_of, double_of, doubles_of, points_answered, rows_answered
from actcli.numerics.jacobians import length, many
from actcli.numerics.rows import by_rows, slope_by
from actcli.pages.latex import in_a_notebook

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from actcli.shape.extremes import Range
    from actcli.shape.means import Stats


def activation(text: str, **parameters: float | Fraction | str) -> Any:
    """Return the function that FUNCTION means on the command line: a name or a formula in z.

    A float parameter counts as the decimal that it prints as: 0.2 is one fifth, as on the command line.
    It is an Elementwise, or of a formula of vectors a Vectorwise.
    Raises ActcliError for an unknown name or parameter, a parameter out of its bounds, a fault in a formula.

    >>> activation("leaky_relu", slope=0.2)(-1)
    -0.2
    >>> activation("z*sigmoid(b*z)", b=1.702).derivative(0.0)
    0.5
    """
    settings = (f"{name}={_setting(name, given)}" for name, given in parameters.items())
    return _made(":".join([text, *settings]))


def _made(text: str) -> "Elementwise | Vectorwise":
    return (Vectorwise if function(text, vectors=True).reads_vectors else Elementwise)(text)


def named(name: str) -> "Elementwise | Vectorwise":
    """Return an activation by one of its names, with its default parameters; ActcliError for any other."""
    return _made(find(name).name)


def _setting(name: str, given: object) -> str:
    if isinstance(given, str | Fraction | int):
        return str(given)
    if isinstance(given, Real):
        return shortest(float(given))
    raise ActcliError(f"{name}={given!r}: a parameter is a number")


class Elementwise:
    """An activation with its parameters given: call it for g(z).

    Points may be a number, a NumPy array of any shape, or what numpy.asarray takes. A float or an int
    gives a float, a NumPy scalar a scalar, anything else an array of the same shape; the dtype stays, whole
    numbers give float64. Units: none, z and g(z) are pure numbers. At an infinity the answer is the limit;
    nan gives nan, and so does a point without an answer. What is no real number raises ActcliError.
    Source: the entry's own, which `actcli info NAME` shows.

    >>> from actcli import relu, sigmoid
    >>> sigmoid([-10, 0, 10])
    array([4.53978687e-05, 5.00000000e-01, 9.99954602e-01])
    >>> relu.derivative(0.0), relu.derivative(0.0, kink="left")
    (1.0, 0.0)
    """

    __slots__ = ("__weakref__", "_function")

    def __init__(self, text: str) -> None:
        """`text` is a FUNCTION of the command line, such as "leaky_relu:slope=0.2"."""
        self._function: Function = function(text)

    def _repr_latex_(self) -> str:
        return in_a_notebook(self._function)

    def _repr_svg_(self) -> str:
        from actcli.pictures import FIGURE_SAMPLES
        from actcli.pictures.exports import exported, looked
        from actcli.pictures.scenes import Scene, picture

        shown = picture([self._function], Scene(width=FIGURE_SAMPLES))
        return exported(shown, ".svg", looked()).decode()

    def __repr__(self) -> str:
        return f"actcli.activation({self._function.label!r})"

    def __reduce__(self) -> tuple[Callable[[str], "Elementwise"], tuple[str]]:
        return Elementwise, (self._function.label,)

    def __call__(self, z: Any, errors: str = "nan", **parameters: Any) -> Any:
        """Return g(z), in the shape of z; with errors="raise" a point without an answer is an ActcliError.

        A parameter may be a number as for `activation`, or an array, a value for each z.

        >>> activation("swiglu")([1, 2], u=[3, 4])
        array([2.19317574, 7.04637662])
        """
        return self._asked(lambda f, _: by_rows(value, f), z, errors, parameters)

    def derivative(
        self,
        z: Any,
        kink: str = "right",
        errors: str = "nan",
        by: str = "",
        *,
        order: int = 1,
        **parameters: Any,
    ) -> Any:
        """Return g'(z), in the shape of z; at a kink the slope on the "right", on the "left" or the "mean",
        or what "pytorch", "jax", "tensorflow", "keras" or "mlx" returns.

        With `order` it is that derivative, 1 to 100. nan where the value jumps, or with errors="raise" an
        ActcliError that says where and why. With `by` it is the derivative by this parameter, as in
        f.derivative(z, by="u").

        >>> activation("leaky_relu").derivative(0.0, kink="mean")
        0.505
        >>> activation("tanh").derivative(1.0, order=2)
        -0.6397000084492245
        """
        ask = _derived(order, kink)
        if by:
            return self._asked(
                lambda f, names: slope_by(f, by, kink, order, names), z, errors, parameters, by
            )
        return self._asked(lambda f, _: by_rows(ask, f), z, errors, parameters)

    def digits(self, z: float | Fraction | Decimal, count: int, kink: str = "right", order: int = 0) -> str:
        """Return g(z), or the derivative of some order, as text of `count` proven digits, 10,000 at most.

        z counts exactly as it is given: 0.1 is a float64, Decimal("0.1") one tenth. Raises NoAnswerError
        where there is none.

        >>> activation("sigmoid").digits(10, 30)
        '0.999954602131297565605495223767'
        """
        if not isinstance(z, Real | Decimal) or type(count) is not int or not 1 <= count <= MOST_DIGITS_ASKED:
            raise ActcliError(f"digits({z!r}, {count!r}): a number, and 1 to {MOST_DIGITS_ASKED:,} digits")
        point = z if isinstance(z, Rational | Decimal) else float(z)
        exact = Fraction(point) if isinstance(point, Rational) or math.isfinite(point) else float(point)
        return proven_digits((_derived(order, kink) if order else value)(self._function), exact, count)

    def _asked(
        self,
        ask: Callable[[Function, list[str]], Question],
        z: Any,
        errors: str,
        parameters: dict[str, Any],
        by: str = "",
    ) -> Any:
        """Ask with parameters that are numbers put in, and those that are arrays beside the points."""
        given = {key: _setting(key, one) for key, one in parameters.items() if isinstance(one, Real | str)}
        head, *settings = self._function.label.split(":")
        kept = (setting for setting in settings if setting.partition("=")[0] not in given)
        label = ":".join([head, *kept, *(f"{key}={one}" for key, one in given.items())])
        columns = [key for key in parameters if key not in given]
        question = ask(function(label, free=[*columns, *({by} - {"", *columns})]), columns)
        if not columns:
            return points_answered(question, z, errors)
        return rows_answered(question, [z, *map(parameters.__getitem__, columns)], errors)

    def derivative_from_value(self, a: Any) -> Any:
        """Return g'(z) where only a = g(z) is known, in the shape of a.

        Raises ActcliError where the value does not determine the slope, and for an a that g never takes.

        >>> activation("tanh").derivative_from_value(0.5)
        0.75
        """
        return points_answered(slope_from_value(self._function), a)

    def range(
        self, low: float = -math.inf, high: float = math.inf, *, order: int = 0, digits: int = 17
    ) -> "Range":
        """Return the least and the greatest value of g, or of a derivative, from low to high, proven.

        Each is a record of `value` (a text of so many digits, nan where it is not proven), `places` (where,
        and whether it is taken or approached) and `why`. Raises UndecidedError where nothing is known.

        >>> activation("silu").range().least.value
        '-0.27846454276107380'
        """
        from actcli.shape.extremes import of_order, range_of

        start, stop = (end if math.isinf(end) else Fraction(end) for end in (low, high))
        base = self._function.formula if order else None
        return range_of(of_order(self._function, order), start, stop, digits, slope_of=base)

    def solve(
        self, a: Any, low: float = -math.inf, high: float = math.inf, *, order: int = 0, branch: str = ""
    ) -> Any:
        """Return every z from low to high with g(z) = a, correctly rounded and proven, as a tuple.

        An interval is a pair of its ends. Of an array, or with a `branch`, "left" or "right" of the minimum,
        there is one z for each a, in the shape of a, nan where there is none. With `order` 1 a is a slope.
        Raises UndecidedError where more z could be than are known.

        >>> activation("silu").solve(-0.2)
        (-2.3961385060760683, -0.5448804401599816)
        >>> activation("silu").solve(-0.2, branch="right")
        -0.5448804401599816
        """
        from actcli.shape.extremes import of_order
        from actcli.shape.inverse import Inverse, solved

        if branch not in ("", "left", "right"):
            raise ActcliError(f"branch={branch!r}: write 'left' or 'right'")
        start, stop = (end if math.isinf(end) else Fraction(end) for end in (low, high))
        inverse = Inverse(of_order(self._function, order), start, stop)
        if type(a) in (float, int):
            exact = Fraction(double_of(a))
            return inverse.branch(branch).solution(exact) if branch else solved(inverse, exact)
        from actcli.shape.inverses import inverse_array

        values = array_of(a)
        return inverse_array(inverse.branch(branch), values).astype(values.dtype)[()]

    def stats(self, mean: float = 0, std: float = 1, *, digits: int = 17) -> "Stats":
        """Return what g does to z ~ N(mean, std), and its bounds, as proven digits: see shape/means.py.

        >>> activation("relu").stats().gain_rms
        '1.4142135623730950'
        """
        from actcli.shape.means import stats_of

        return stats_of(self._function, Fraction(mean), Fraction(std), digits)

    @property
    def kinks(self) -> tuple[float, ...]:
        """Where g or g' jumps: the nearest float64; of those that come again and again the first alone.

        Those of a formula that is not in the catalog are looked for from -100 to 100.

        >>> activation("hard_tanh").kinks
        (-1.0, 1.0)
        """
        from actcli.numerics.exact import nearest
        from actcli.numerics.kinks import breaks_of_formula

        if self._function.entry is None:
            return tuple(found.z for found in breaks_of_formula(self._function))
        return tuple(nearest(place, 0.0) for place in self._function.kinks)

    @property
    def formula(self) -> str:
        """g(z) as text, its parameters put in; `activation` takes it back.

        >>> activation("leaky_relu", slope=0.2).formula
        'where(z >= 0, z, 0.2*z)'
        """
        return write(self._function.formula)


class Vectorwise:
    """A function of vectors with its parameters given: call it for g(z), over one axis of an array.

    `axis` is that of the entries of each vector, the last one unless given; the result has its own entries
    there, or none where it is one number. Types, nan and errors are as for Elementwise.

    >>> from actcli import softmax
    >>> softmax([1, 2, 3])
    array([0.09003057, 0.24472847, 0.66524096])
    >>> softmax.jacobian([0, 0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    >>> softmax.vjp([0, 0], [1, 0])
    array([ 0.25, -0.25])
    """

    __slots__ = ("__weakref__", "_function")

    def __init__(self, text: str) -> None:
        """`text` is a FUNCTION of the command line, such as "softmax:temperature=2"."""
        self._function: Function = function(text, vectors=True)

    def _repr_latex_(self) -> str:
        return in_a_notebook(self._function)

    def __repr__(self) -> str:
        return f"actcli.activation({self._function.label!r})"

    def __reduce__(self) -> tuple[Callable[[str], "Vectorwise"], tuple[str]]:
        return Vectorwise, (self._function.label,)

    def __call__(self, z: "ArrayLike", axis: int = -1, errors: str = "nan") -> Any:
        """Return g(z)."""
        return self._answered("value", z, None, axis, "right", errors)

    def vjp(
        self, z: "ArrayLike", v: "ArrayLike", axis: int = -1, kink: str = "right", errors: str = "nan"
    ) -> Any:
        """Return v times the Jacobian at z, in the shape of z; v has the shape of g(z)."""
        return self._answered("vjp", z, v, axis, kink, errors)

    def jvp(
        self, z: "ArrayLike", v: "ArrayLike", axis: int = -1, kink: str = "right", errors: str = "nan"
    ) -> Any:
        """Return the Jacobian at z times v, in the shape of g(z); v has the shape of z."""
        return self._answered("jvp", z, v, axis, kink, errors)

    def jacobian(self, z: "ArrayLike", axis: int = -1, kink: str = "right", errors: str = "nan") -> Any:
        """Return dg_i/dz_j: the last two axes are i and j, those before them the axes of z but for `axis`."""
        array = _moved(array_of(z), axis)
        found = self._answered("jacobian", array, None, -1, kink, errors)
        return found.reshape(*array.shape[:-1], -1, array.shape[-1])

    @property
    def formula(self) -> str:
        """g(z) as text, its parameters put in; `activation` takes it back."""
        return write(tidied(self._function.definition or self._function.formula))

    def _answered(self, what: str, z: Any, v: Any, axis: int, kink: str, errors: str) -> Any:
        import numpy as np

        if kink not in SIDES or errors not in ("nan", "raise"):
            raise ActcliError(
                f"kink={kink!r}, errors={errors!r}: write one of {', '.join(SIDES)}; nan or raise"
            )
        array = _moved(array_of(z), axis)
        *shape, entries = array.shape
        size, by = length(self._function, range(entries)), None
        if v is not None:
            by = _direction(v, array, axis, entries if what == "jvp" else size)
        lost: dict[int, str] = {}
        rows = doubles_of(array.reshape(-1, entries))
        found = many(self._function, what, rows, by, kink, array.dtype.name, lost).astype(array.dtype)
        if lost and errors == "raise":
            raise NoAnswerError(f"vector {min(lost)}: {lost[min(lost)]}")
        if what in ("value", "jvp") and self._is_one_number:
            return found.reshape(shape)[()]
        return np.moveaxis(found.reshape(*shape, found.shape[1]), -1, axis)

    @property
    def _is_one_number(self) -> bool:
        return length(self._function, range(2)) == length(self._function, range(4)) == 1


def _moved(array: "NDArray[Any]", axis: int) -> "NDArray[Any]":
    import numpy as np

    if not -array.ndim <= axis < array.ndim or not array.shape[axis]:
        raise ActcliError(f"axis={axis} of an array of shape {array.shape} holds no vectors")
    return np.moveaxis(array, axis, -1)


def _direction(v: Any, array: "NDArray[Any]", axis: int, size: int) -> "NDArray[Any]":
    """Return the vectors that are multiplied with Jacobians, in rows."""

    by = array_of(v)
    rows = by[..., None] if by.shape == array.shape[:-1] else _moved(by, axis)
    if rows.shape != (*array.shape[:-1], size):
        raise ActcliError(f"v has the shape {by.shape}, where vectors of {size} entries are needed")
    return doubles_of(rows.reshape(-1, size))


def _derived(order: int, kink: str) -> Callable[[Function], Question]:
    if kink not in (*SIDES, *MEASURED):
        raise ActcliError(f"kink={kink!r}: write {', '.join(map(repr, (*SIDES, *MEASURED)))}")
    if type(order) is not int or not 1 <= order <= HIGHEST_ORDER:
        raise ActcliError(f"order={order!r}: a whole number from 1 to {HIGHEST_ORDER}")
    return lambda function: slope(function, kink, order)


class _Told:
    """What help() shows: of an activation its own page, of the class its docstring."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    def __get__(self, made: Elementwise | Vectorwise | None, _: type) -> str | None:
        from actcli.pages.info import info_page

        return self.text if made is None else info_page(made._function, 79, proven=False)


for _kind in (Elementwise, Vectorwise):
    setattr(_kind, "__doc__", _Told(_kind.__doc__))  # noqa: B010
