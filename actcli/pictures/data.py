"""Columns of someone's own, to be laid over curves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """The columns of a file: their names, and their numbers, the first column's in increasing order.

    An empty cell is nan. Columns `left_out` held no numbers.
    """

    names: tuple[str, ...]
    columns: tuple[tuple[float, ...], ...]
    left_out: tuple[str, ...] = ()

    @property
    def series(self) -> list[tuple[str, tuple[float, ...]]]:
        """The columns after the first (z), each with its name."""
        return list(zip(self.names[1:], self.columns[1:], strict=True))

    @property
    def has_slopes(self) -> bool:
        """Whether a column is called as one of slopes."""
        return any(map(is_slope, self.names[1:]))


def is_slope(name: str) -> bool:
    """Tell whether a column's name says that it holds slopes: d_gelu, gelu'."""
    return name.startswith("d_") or name.endswith("'")
