"""Points as a program gives them, numbers and arrays of any kind, and the answers in the same shape."""

from typing import TYPE_CHECKING, Any

from actcli.errors import ActcliError, NoAnswerError
from actcli.language.texts import shortest
from actcli.numerics.answers import Question, answer, answer_or_nan, array_answers, check_domain
from actcli.numerics.dtypes import DTYPES
from actcli.numerics.rows import row_answers

if TYPE_CHECKING:
    from numpy.typing import NDArray


def points_answered(question: Question, points: Any, errors: str = "nan") -> Any:
    """Return the answers at a number or an array of numbers, in its shape and dtype."""
    if errors not in ("nan", "raise"):
        raise ActcliError(f"errors={errors!r}: write 'nan' or 'raise'")
    if type(points) in (float, int):
        z = double_of(points)
        check_domain(question, z)
        return answer(question, z) if errors == "raise" else answer_or_nan(question, z)
    return _answered_in_shape(question, points, errors)


def rows_answered(question: Question, columns: list[Any], errors: str) -> Any:
    """Answer rows of z and the values of parameters, which are broadcast together."""
    import numpy as np

    arrays = list(map(array_of, columns))
    try:
        together = np.broadcast_arrays(*arrays)
    except ValueError as fault:
        raise ActcliError(f"the points and the parameters: {fault}") from None
    rows = np.stack([doubles_of(array.ravel()) for array in together], axis=1)
    lost: dict[int, ActcliError] = {}
    found = row_answers(question, rows, arrays[0].dtype.name, lost.setdefault)
    if lost and errors == "raise":
        raise ActcliError(f"row {min(lost)}: {lost[min(lost)]}")
    return found.reshape(together[0].shape).astype(arrays[0].dtype)[()]


def double_of(point: float) -> float:
    """Return a number as a float64; ActcliError for a whole number that is too large."""
    try:
        return float(point)
    except OverflowError:
        raise ActcliError(f"{str(point)[:20]}... is too large for a float64") from None


def _answered_in_shape(question: Question, points: Any, errors: str) -> Any:
    """Answer an array, or a NumPy scalar, which is one of no dimension."""
    import numpy as np

    array = array_of(points)
    doubles = doubles_of(array)
    hidden = points.mask if isinstance(points, np.ma.MaskedArray) else None
    if hidden is not None:
        doubles[hidden] = np.nan
    numbers = doubles[~np.isnan(doubles)]
    for end in (numbers.min(), numbers.max()) if numbers.size else ():
        check_domain(question, float(end), array.dtype.name)
    lost: dict[float, NoAnswerError] = {}
    found = array_answers(question, doubles, array.dtype.name, lost).astype(array.dtype)[()]
    if lost and errors == "raise":
        raise _with_index(doubles, lost)
    return found if hidden is None else np.ma.array(found, mask=hidden)


def doubles_of(array: "NDArray[Any]") -> "NDArray[Any]":
    """Return an array in float64; a signalling nan in it is a nan, of which nobody is warned."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        return array.astype(np.float64)


def _with_index(points: "NDArray[Any]", lost: dict[float, NoAnswerError]) -> ActcliError:
    """Return what is wrong with the first point of an array that has no answer, with its place there."""
    import numpy as np

    place = np.argwhere(np.isin(points, list(lost)))[0].tolist()
    z = float(points[tuple(place)])
    fault, index = lost[z], ", ".join(map(str, place))
    return type(fault)(f"points[{index}] = {shortest(z)}: {fault}")


def array_of(points: Any) -> "NDArray[Any]":
    """Return the points as an array of one of DTYPES."""
    import numpy as np

    try:
        array = np.asarray(points)
    except (ValueError, TypeError, RuntimeError) as fault:  # of a tensor on a device, or with a gradient
        why = str(fault).partition("\n")[0]
        instead = ": write .float() behind them" if "BFloat16" in why else ""
        raise ActcliError(f"the points are no array: {why}{instead}") from None
    if array.dtype.kind in "USTO":
        what = "a text" if array.dtype.kind != "O" else f"of type {type(points).__name__}"
        raise ActcliError(f"{str(points)[:40]!r} is {what}: points are numbers, or an array of numbers")
    if array.dtype.kind in "iub" or (not array.size and isinstance(points, list | tuple)):
        return array.astype(np.float64)
    if array.dtype.name not in DTYPES:
        raise ActcliError(f"points of type {array.dtype} are not taken: make them {', '.join(DTYPES)}")
    return array
