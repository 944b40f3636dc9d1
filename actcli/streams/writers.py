"""Columns of numbers as the bytes of a format, in pieces: the same text that `formats` writes row by row."""

from collections.abc import Callable, Iterator, Sequence

from actcli.language.limits import Array
from actcli.language.texts import Cell, Digits
from actcli.streams.floats import printed
from actcli.streams.formats import FORMATS, Format
from actcli.streams.workers import CHUNK

Spelled = Callable[[Sequence[float]], list[Cell]]
OfRows = Sequence[Sequence[Cell]]
MOST_DRAWN = 5_000  # rows of one table for people


class ColumnWriter:
    """How columns are written in one format.

    `header` is what stands above all rows; `keeps_comments` tells whether lines that hold no number pass
    through; `chunk` is how many bytes of input are best answered at once, `joint` how many bytes join rows.
    """

    def __init__(
        self, format: str, names: Sequence[str], headed: bool = True, spelled: Spelled | None = None
    ) -> None:
        """`names` are the columns' names, `headed` whether they are written, `spelled` makes their cells."""
        form = FORMATS[format]
        self._form = form
        self.keeps_comments = form.keeps_comments
        self.joint = len(form.joint)
        self.chunk = max(CHUNK // 16, min(CHUNK // 2, 30 * CHUNK // sum(30 + len(name) for name in names)))
        self.header = (form.head(names if headed else []) + form.opening).encode("utf-8", "surrogateescape")
        self._between = form.row[1].encode() if _is_bare(form) else b""
        self._template = _template(form, names)
        self._spelled = spelled
        self._nonfinite = [word.encode() for word in form.nonfinite]

    def rows(self, columns: Sequence[Array], empty: Sequence[int] = ()) -> bytes:
        """Return the rows, each with what joins it to the row before it; in those `empty` nan is no cell."""
        if not len(columns[0]):
            return b""
        if empty:
            return b"".join(self._partly_empty(columns, empty))
        if self._between and not self._spelled:
            return printed(columns, self._between, self._nonfinite)
        return self._template * len(columns[0]) % tuple(self._cells_of(columns))

    def _cells_of(self, columns: Sequence[Array]) -> list[bytes]:
        if self._spelled:
            return list(self._cells(columns))
        return printed(columns, nonfinite=self._nonfinite).replace(b"\n", b",").split(b",")[:-1]

    def _partly_empty(self, columns: Sequence[Array], empty: Sequence[int]) -> Iterator[bytes]:
        start, blank = 0, b"null" if self._form.keyed else b""
        for row in empty:
            yield self.rows([column[start:row] for column in columns])
            cells = self._cells_of([column[row : row + 1] for column in columns])
            yield self._template % tuple(blank if cell == self._nonfinite[0] else cell for cell in cells)
            start = row + 1
        yield self.rows([column[start:] for column in columns])

    def _cells(self, columns: Sequence[Array]) -> Iterator[bytes]:
        spelled = self._spelled or list
        for row in zip(*(spelled(column.tolist()) for column in columns), strict=True):
            yield from (self._form.cell(cell).encode() for cell in row)

    def end(self, some: bool) -> bytes:
        """Return what closes the text, after `some` rows or none."""
        return self._form.closing[not some].encode()


class TableWriter(ColumnWriter):
    """Rows for people, as tables of at most so many: `draw` makes one of rows, `shown` the cells of one."""

    def __init__(
        self,
        names: Sequence[str],
        draw: Callable[[OfRows], str],
        shown: Callable[[Sequence[Cell]], Sequence[Cell]],
    ) -> None:
        """`names` are the columns' names."""
        super().__init__("plain", names, headed=False)
        self.keeps_comments = False
        self._draw, self._shown = draw, shown
        self._held: list[Sequence[Cell]] = []
        self._drawn = False

    def rows(self, columns: Sequence[Array], empty: Sequence[int] = ()) -> bytes:
        """Return the tables that are full with these rows."""
        found = [list(self._shown(row)) for row in zip(*(x.tolist() for x in columns), strict=True)]
        for i in empty:
            found[i] = [Digits("") if cell != cell else cell for cell in found[i]]
        self._held += found
        drawn = b""
        while len(self._held) > MOST_DRAWN:
            drawn += self._draw(self._held[:MOST_DRAWN]).encode()
            self._held, self._drawn = self._held[MOST_DRAWN:], True
        return drawn

    def end(self, some: bool) -> bytes:
        """Return the last table, or one without rows."""
        return b"" if self._drawn and not self._held else self._draw(self._held).encode()


def _is_bare(form: Format) -> bool:
    """Tell whether a row is nothing but numbers with one byte between them, as they are printed at once."""
    before, between, after = form.row
    return not (form.keyed or before or form.joint) and (len(between), after) == (1, "\n")


def _template(form: Format, names: Sequence[str]) -> bytes:
    """Return one row with %b for each number, after what joins it to the row before."""
    before, between, after = form.row
    cells = between.join(key.replace("%", "%%") + "%b" for key in form.keys(names))
    return (form.joint + before + cells + after).encode("utf-8", "surrogateescape")
