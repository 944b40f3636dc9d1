"""A property that is computed once."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Owner = TypeVar("Owner")
Kept = TypeVar("Kept")


class once(Generic[Owner, Kept]):
    """Keep what a method returns; functools' own takes a lock in Python 3.11, which a fork may find taken."""

    def __init__(self, make: Callable[[Owner], Kept]) -> None:
        self.make, self.name, self.__doc__ = make, make.__name__, make.__doc__

    @overload
    def __get__(self, it: None, of: Any = None) -> "once[Owner, Kept]": ...
    @overload
    def __get__(self, it: Owner, of: Any = None) -> Kept: ...
    def __get__(self, it: Any, of: Any = None) -> Any:
        if it is None:
            return self
        found = it.__dict__[self.name] = self.make(it)
        return found
