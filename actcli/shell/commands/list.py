"""The command list: the activations of the catalog."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from actcli.errors import ActcliError
from actcli.shell.offers import complete_function
from actcli.shell.options import Color, Written, text
from actcli.shell.output import Output, table_or_csv
from actcli.shell.pager import show

if TYPE_CHECKING:
    from actcli.catalog.entries import Activation

FRAMEWORK = "What it has, under its names: pytorch, jax, keras, tensorflow, onnx, huggingface ..."
TEXT = "Only those with a TEXT in a name or in the formula."
CURVE = 11  # columns of a curve


def _frameworks(incomplete: str) -> list[str]:
    from actcli.catalog import frameworks

    return [name for name in frameworks() if name.startswith(incomplete)]


def command(
    parts: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]...", help=TEXT, autocompletion=complete_function)
    ] = None,
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
    from actcli.catalog import listed
    from actcli.pages.tables import Headed, screen

    out, families = table_or_csv(written, color), listed(*(parts or []))
    header = ["name", *(["z -4 to 4"] if out.is_table else []), "formula", "range"]
    header = [*([framework] if framework else []), *header]
    rows: list[list[str]] = []
    for family, entries in families.items():
        found = list(_rows(entries, framework, out))
        if out.is_table and found and len(families) > 1:
            rows.append([family, *[""] * (len(header) - 1)])
        rows += found
    if not rows:
        raise ActcliError(f"{framework} has none of them; 'actcli list' shows them all")
    if out.is_table and out.path is None:
        headed = Headed(families)
        show(screen(header, rows, width=out.width, color=out.color, ascii=out.ascii, remarks=headed))
    else:
        out.write(header, lambda _: rows, Headed(families))


def _rows(entries: "Sequence[Activation]", framework: str, out: Output) -> Iterator[list[str]]:
    """Yield the rows of some entries, on a screen with a small picture of each."""
    from actcli.catalog import under
    from actcli.pages.info import range_text

    names = under(framework, entries) if framework else [[""]] * len(entries)
    for entry, spelled in zip(entries, names, strict=True):
        row = [entry.name, *_curve(entry, out), entry.definition or entry.formula]
        row.append(range_text(entry.bind(), entry))
        yield from ([name, *row] if framework else row for name in spelled)


def _curve(entry: "Activation", out: Output) -> Iterator[str]:
    from actcli.pictures.scenes import small_sparkline

    if out.is_table:
        yield small_sparkline(entry.bind(), CURVE, ascii=out.ascii)
