"""Assertions for the tests of those who write kernels.

from actcli.testing import assert_ulp, edges

@pytest.mark.parametrize("z", edges("gelu", "float32"))
def test_gelu(z): ...

def test_all_of_gelu():
    assert_ulp(my_gelu, "gelu", dtype="bfloat16", max_ulp=1)
"""

from typing import Any


def assert_ulp(
    kernel: Any, function: Any, *, dtype: str = "float64", max_ulp: float = 0.5, **asked: Any
) -> None:
    """Fail with the page of the check, its worst inputs among it, unless all points are within `max_ulp`.

    Other keywords are those of `actcli.check`. Raises AssertionError, and ActcliError for what is no check.
    """
    from actcli.checks.judge import check

    found = check(kernel, function, dtype, max_ulp=max_ulp, **asked)
    if not found.passed:
        raise AssertionError(f"\n{found}")


def edges(function: Any, dtype: str = "float64", order: int = 0) -> list[Any]:
    """Return the hard points of a function as parameters of pytest, each called as its reason.

    Units: none. Where pytest is not installed the bare numbers are returned.
    """
    from actcli.catalog import function as function_of
    from actcli.checks.hard import hard_points

    shown = getattr(function, "_function", None) or function_of(str(function))
    found = hard_points(shown, dtype, order)
    try:
        import pytest
    except ImportError:
        return [z for z, _ in found]
    return [pytest.param(z, id=f"{z:.9g}: {reason}") for z, reason in found]
