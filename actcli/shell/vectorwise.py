"""Functions of vectors at the shell: the entries are typed, or stand on one line of standard input."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from actcli.errors import ActcliError, NoAnswerError
from actcli.shell.asking import stream
from actcli.shell.intake import Intake, named_file, points_or_stdin
from actcli.shell.missing import tell_lost
from actcli.shell.options import Numbers, Read, Written, is_point, reader, vector_of
from actcli.shell.output import Output, output

if TYPE_CHECKING:
    from actcli.catalog.entries import Function
    from actcli.language.limits import Array
    from actcli.language.texts import Cell
    from actcli.language.trees import Node
    from actcli.numerics.jacobians import Entry, Point
    from actcli.streams.csv_columns import Fields
    from actcli.streams.lines import Task

MOST_TYPED = 1_000  # entries of a vector on the command line


@dataclass(frozen=True)
class Asking:
    """What is asked of a function of vectors: its value, jacobian, vjp or jvp, the last two with `by`."""

    function: "Function"
    what: str
    by: str = ""
    kink: str = "right"

    def rows(self, vector: "Sequence[Point]") -> "list[list[Entry]]":
        """Return the questions, a row each, or the rows of the Jacobian."""
        from actcli.numerics.jacobians import length, product, rows

        if not self.by:
            return rows(self.function, self.what, vector, self.kink)
        count = len(vector) if self.what == "jvp" else length(self.function, vector)
        by = vector_of(f"--{self.what}", self.by, count)
        return [[one] for one in product(self.function, self.what, vector, by, self.kink)]

    def header(self, count: int) -> list[str]:
        """Return the names of the columns, for a vector of so many entries."""
        name = self.function.label if self.what == "value" else f"d_{self.function.label}"
        return [f"{name}_{j + 1}" for j in range(count)] if self.what == "jacobian" else [name]


def check_alone(from_a: bool, order: int, vjp: str, jvp: str) -> None:
    """Refuse what a function of vectors does not take, and two products at once."""
    if from_a or order > 1:
        raise ActcliError("a function of a vector has its first derivatives in z: no --from-a, no --order")
    if vjp and jvp:
        raise ActcliError("--vjp and --jvp: ask for one of them")


NO_ANSWER = float("nan")  # this very one stands where there is no answer


class Cells:
    """Makes cells of answers as the options ask, and remembers why there are none."""

    def __init__(self, numbers: Numbers, read: Read | None = None) -> None:
        """Begin with none lost."""
        self.numbers, self.read_as = numbers, read or Read()
        self.lost: list[str] = []

    def read(self, points: Sequence[str]) -> "list[Point] | None":
        """Return the entries that are typed: exactly for digits, else as the format has them."""
        groups = points_or_stdin(self.numbers.typed(points), self.numbers)
        if groups is None:
            return None
        if sum(group.count for group in groups) > MOST_TYPED:
            raise ActcliError(f"a vector on the command line has {MOST_TYPED:,} entries at most: pipe it in")
        return [self._in_format(z) for group in groups for z in group.exact()]

    def _in_format(self, z: "Point") -> "Point":
        from actcli.numerics.dtypes import rounded

        if self.numbers.digits:
            return z
        found = float(z) if self.numbers.dtype == "float64" else rounded(z, self.numbers.dtype)
        return Fraction(found) if abs(found) < float("inf") else found

    def rows(self, asked: "Iterable[Sequence[Entry]]") -> "Iterator[Sequence[Cell]]":
        """Yield the cells of rows: up to one without an answer, without it, or with nan or nothing in it."""
        from actcli.language.texts import Digits
        from actcli.numerics.dtypes import as_written
        from actcli.streams.notations import NOTATIONS

        numbers, dtype = self.numbers, self.numbers.dtype
        spelled = NOTATIONS.get(numbers.notation)
        for row in asked:
            found = [self._one(one) for one in row]
            if self.read_as.on_error == "skip" and any(cell is NO_ANSWER for cell in found):
                continue
            cells = (
                spelled([float(cell) for cell in found], dtype)
                if spelled
                else [cell if isinstance(cell, str) else as_written(cell, dtype) for cell in found]
            )
            empty = self.read_as.on_error == "empty"
            yield [Digits("") if empty and a is NO_ANSWER else b for a, b in zip(found, cells, strict=True)]

    def _one(self, asked: "Entry") -> "Cell":
        try:
            if self.numbers.digits:
                from actcli.language.texts import Digits

                return Digits(asked.digits(self.numbers.digits))
            return asked.number(self.numbers.dtype)
        except NoAnswerError as fault:
            if self.read_as.on_error == "stop":
                raise
            self.lost.append(str(fault))
            return NO_ANSWER

    def tell(self) -> None:
        """Say on stderr how many answers there are not, and why."""
        if self.lost:
            sys.stdout.flush()
            tell_lost(f"{len(self.lost):,}", len(self.lost) == 1, Intake(self.read_as).treated, self.lost[0])


def ask_vector(
    asking: Asking, points: Sequence[str] | None, numbers: Numbers, written: Written, read: Read
) -> None:
    """Write the answers at one vector; one that has a single answer, and not even this, is an error."""
    cells = Cells(numbers, read)
    file = named_file(points or [], read)
    vector = None if file or (read.columns and not points) else cells.read(points or [])
    if vector is None:
        _stream(asking, numbers, written, Intake(read, file))
        return
    Intake(read).check_unused()
    out = output(written, "plain")
    rows = asking.rows(vector)
    if rows == [rows[0][:1]]:
        rows[0][0].number()
    header = asking.header(len(vector)) if out.format != "plain" else []
    out.write(header, lambda _: cells.rows(rows))
    cells.tell()


def table_of_vectors(
    functions: "Sequence[Function]",
    points: Sequence[str],
    numbers: Numbers,
    out: Output,
    kink: str,
    deriv: bool,
    read: Read,
) -> None:
    """Write a vector, its values and Jacobians side by side: z, too, where there are as many values."""
    from actcli.language.trees import Z
    from actcli.numerics.answers import Question
    from actcli.numerics.jacobians import Entry

    Intake(read).check_unused()
    cells = Cells(numbers, read)
    vector = cells.read(points)
    if vector is None or not all(function.reads_vectors for function in functions):
        raise ActcliError(
            "a table of functions of vectors takes these alone, at the entries of one vector: 1 2 3"
        )
    header: list[str] = []
    columns: list[list[Entry]] = []
    for function in functions:
        for asking in (Asking(function, "value"), Asking(function, "jacobian", kink=kink))[: 1 + deriv]:
            header += asking.header(len(vector))
            columns += map(list, zip(*asking.rows(vector), strict=True))
    if len({len(column) for column in columns}) > 1:
        raise ActcliError("a table has functions with equally many values: ask for one at a time")
    if len(columns[0]) == len(vector):
        header, columns = ["z", *header], [[Entry(Question("z", Z, Z), z) for z in vector], *columns]
    out.write(header, lambda _: cells.rows(zip(*columns, strict=True)))
    cells.tell()


def values_at(functions: "Sequence[Function]", entries: Sequence[str]) -> list[tuple[str, list[float]]]:
    """Return the values of some functions at a vector, with what they are called."""
    vector = Cells(Numbers()).read(entries) or []
    return [
        (each.label, [row[0].number() for row in Asking(each, "value").rows(vector)]) for each in functions
    ]


def slices(functions: "Sequence[Function]", entries: Sequence[str]) -> "list[Function]":
    """Return each value as a function of the z that stands among the entries of a vector."""
    from actcli.catalog import function
    from actcli.catalog.entries import of_formula
    from actcli.language.trees import number
    from actcli.language.unrolled import unrolled

    def node(text: str) -> "Node":
        return number(reader().point(text, exact=True)) if is_point(text) else function(text).formula

    found = []
    for each in functions:
        trees = unrolled(each.definition or each.formula, list(map(node, entries)))
        names = [f"{each.label}_{i}" for i in range(1, len(trees) + 1)] if len(trees) > 1 else [each.label]
        found += [of_formula(name, tree, {}) for name, tree in zip(names, trees, strict=True)]
    return found


# ---------------------------------------------------------------------------- standard input

DELIMITERS = {"plain": b" ", "csv": b",", "tsv": b"\t"}


def _stream(asking: Asking, numbers: Numbers, written: Written, intake: Intake) -> None:
    """Answer a vector a line, or one a row of CSV."""
    from actcli.streams.lines import Task
    from actcli.streams.notations import NOTATIONS

    read = intake.asked
    out = output(written, "csv" if read.columns else "plain")
    if read.column:
        raise ActcliError("--column: the columns of a vector are named together, as in --columns a,b,c")
    if numbers.digits:
        raise ActcliError("--digits takes a vector on the command line, not standard input")
    if out.format not in DELIMITERS:
        raise ActcliError(f"vectors that arrive are answered in {', '.join(DELIMITERS)}, not {out.format}")
    cells = NOTATIONS.get(numbers.notation)
    spelled = (lambda row: cells(row, numbers.dtype)) if cells else None
    task = Task(partial(_columns, asking, numbers), read.on_error, None, numbers.dtype, spelled, numbers.bits)
    work = _of_csv(asking, task, read, out) if read.columns else None
    if work is None:
        from actcli.streams.vectorlines import VectorLines

        intake.check_unused()
        stream(out, VectorLines(task, DELIMITERS[out.format]), intake)
    else:
        stream(out, work, intake)


def _columns(asking: Asking, numbers: Numbers, points: "Array", lost: dict[int, str]) -> "list[Array]":
    """Return the columns of answers to the vectors in the rows of an array."""
    import numpy as np

    from actcli.numerics.dtypes import all_as_written, rounded_array
    from actcli.numerics.jacobians import length, many

    z = points if numbers.dtype == "float64" else rounded_array(points, numbers.dtype)
    by = None
    if asking.by:
        count = z.shape[1] if asking.what == "jvp" else length(asking.function, range(z.shape[1]))
        by = np.tile([float(v) for v in vector_of(f"--{asking.what}", asking.by, count)], (len(z), 1))
    found = many(asking.function, asking.what, z, by, asking.kink, numbers.dtype, lost)
    columns = list(found.T)
    return columns if numbers.notation else [all_as_written(column, numbers.dtype) for column in columns]


def _of_csv(asking: Asking, task: "Task", read: Read, out: Output) -> "Fields":
    from actcli.numerics.jacobians import length
    from actcli.streams.csv_columns import Choice, Fields

    columns = read.columns.split(",")
    size = length(asking.function, range(len(columns)))
    name = asking.header(1)[0] if asking.what != "jacobian" else f"d_{asking.function.label}"
    many = len(columns) if asking.what == "vjp" else size
    ends = columns if many == len(columns) else [str(i + 1) for i in range(many)]
    labels = [f"{name}_{end}" for end in ends] if many > 1 else [name]
    if asking.what == "jacobian":
        labels = [f"{label}_{column}" for label in labels for column in columns]
    return Fields(task, Choice(columns, *read.dialect(out.format), labels, read.name or [], out.header, True))
