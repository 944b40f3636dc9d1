"""The command help: the longer reading, by topic, and each command's own page."""

from typing import Annotated

import typer

from actcli.shell.output import write_text

NAMES = "A topic, a word, or a command; nothing for the list of all."


def command(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[TOPIC|WORD|COMMAND]", help=NAMES)] = None,
) -> None:
    """Show the longer reading on a topic, what a word means, or a page.

    \b
    actcli help
    actcli help formulas
    actcli help kink
    actcli help eval
    """
    from actcli.pages.topics import TOPICS, contents, topic

    assert context.parent is not None
    group, name = context.parent.command, " ".join(names or [])
    found = group.commands if isinstance(group, typer.core.TyperGroup) else {}
    if not name:
        write_text(
            contents("".join(f"  {key:8} {page.get_short_help_str(90)}\n" for key, page in found.items()))
        )
        return
    if page := found.get(name):
        write_text(page.get_help(typer.Context(page, info_name=name, parent=context.parent)) + "\n")
    if name in TOPICS or not page:
        write_text("\n" * bool(page) + topic(name))
