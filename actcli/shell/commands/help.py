"""The command help: the longer reading, by topic, and each command's own page."""

from typing import Annotated

import typer

from actcli.shell.output import write_text

NAME = "A topic or a command; nothing for the list of both."


def command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[TOPIC|COMMAND]", help=NAME)] = "",
) -> None:
    """Show the longer reading on a topic, or the page of a command.

    \b
    actcli help
    actcli help formulas
    actcli help eval
    """
    from actcli.pages.topics import contents, topic

    assert context.parent is not None
    group = context.parent.command
    found = group.commands if isinstance(group, typer.core.TyperGroup) else {}
    if name in found:
        write_text(
            found[name].get_help(typer.Context(found[name], info_name=name, parent=context.parent)) + "\n"
        )
        return
    listed = "".join(f"  {key:8} {page.get_short_help_str(90)}\n" for key, page in found.items())
    write_text(topic(name) if name else contents(listed))
