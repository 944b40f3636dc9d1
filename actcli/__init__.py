"""Neural-network activation functions: values, slopes, tables and pictures.

Every activation of the catalog is a name of this package, under each of its spellings, and is loaded
when it is asked for; `activation` gives any of them its parameters, and takes formulas too.

>>> from actcli import activation, gelu
>>> gelu(-9.0), gelu.derivative(0.0)
(-1.0157295653584566e-18, 0.5)
>>> activation("leaky_relu", slope=0.2)(-1.0)
-0.2
"""

from typing import TYPE_CHECKING, Any

from actcli.errors import ActcliError

if TYPE_CHECKING:
    from actcli.checks.judge import check
    from actcli.functions import Elementwise, Vectorwise, activation

__version__ = "0.1.0"
__all__ = ["ActcliError", "Elementwise", "Vectorwise", "activation", "check"]


def __getattr__(name: str) -> "Elementwise | Vectorwise":
    """Return an activation by one of its names; importing the package alone loads none."""
    if name.startswith("_") or _is_room(name):
        raise AttributeError(f"module 'actcli' has no attribute {name!r}")
    found: Elementwise | Vectorwise = _found(name)
    globals()[name] = found  # from now on it is found there
    return found


def _is_room(name: str) -> bool:
    """Tell whether a name is a module of the package, which the import system then loads itself."""
    from importlib.util import find_spec

    return find_spec(f"actcli.{name}") is not None


def _found(name: str) -> Any:
    from actcli import functions

    if name == "check":
        from actcli.checks.judge import check

        return check
    if name in __all__:
        return getattr(functions, name)
    try:
        return functions.named(name)
    except ActcliError as fault:
        raise AttributeError(f"module 'actcli' has no attribute {name!r}: {fault}") from None


def __dir__() -> list[str]:
    from actcli.catalog import CATALOG
    from actcli.catalog.vectors import VECTORS

    return sorted({*globals(), *__all__, *(entry.name for entry in (*CATALOG, *VECTORS))})
