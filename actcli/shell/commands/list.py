"""The command list: the activations of the catalog."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.shell.offers import complete_function
from actcli.shell.options import Color, Written, text
from actcli.shell.output import table_or_csv

if TYPE_CHECKING:
    from actcli.catalog.entries import Activation

FRAMEWORK = "What it has, under its names: pytorch, jax, keras, tensorflow, onnx, huggingface ..."
TEXT = "Only those with TEXT in a name or in the formula."
CURVE = 11  # columns of a curve


def _frameworks(incomplete: str) -> list[str]:
    from actcli.catalog import frameworks

    return [name for name in frameworks() if name.startswith(incomplete)]


def command(
    part: Annotated[str, typer.Argument(metavar="[TEXT]", help=TEXT, autocompletion=complete_function)] = "",
    framework: Annotated[str, text("--framework", metavar="NAME", help=FRAMEWORK, offers=_frameworks)] = "",
    *,
    written: Written,
    color: Color = "auto",
) -> None:
    """List the activations with their formulas: all, or those that match.

    \b
    actcli list
    actcli list shrink
    actcli list --framework pytorch
    """
    from actcli.catalog import listed, under

    out = table_or_csv(written, color)
    entries = listed(part)
    header = ["name", "formula", "range"]
    rows = [[entry.name, entry.definition or entry.formula, entry.range] for entry in entries]
    if out.is_table:
        header, rows = _with_curves(header, rows, entries, out.ascii)
    if framework:
        names = under(framework, entries)
        header = [framework, *header]
        rows = [[name, *row] for row, found in zip(rows, names, strict=True) for name in found]
    out.write(header, lambda _: rows)


def _with_curves(
    header: list[str], rows: list[list[str]], entries: "Sequence[Activation]", ascii: bool
) -> tuple[list[str], list[list[str]]]:
    """Put a small picture of each entry after its name."""
    from actcli.pictures.scenes import small_sparkline

    curves = [small_sparkline(entry.bind(), CURVE, ascii=ascii) for entry in entries]
    return (
        [header[0], "z -4 to 4", *header[1:]],
        [[row[0], curve, *row[1:]] for row, curve in zip(rows, curves, strict=True)],
    )
