"""The command help: the longer reading, by topic, and each command's own page."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from actcli.shell.pager import show

NAMES = "A topic, a word, or a command; nothing for the list of all."


def _pages(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    from actcli.pages.topics import TOPICS, glossary

    commands = {name: page.get_short_help_str(90) for name, page in _commands(context).items()}
    words = {word: "" for word in glossary() if " " not in word}
    return [(k, about) for k, about in {**words, **commands, **TOPICS}.items() if k.startswith(incomplete)]


def _commands(context: typer.Context) -> Mapping[str, Any]:
    group = context.parent.command if context.parent else None
    return group.commands if isinstance(group, typer.core.TyperGroup) else {}


def command(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TOPIC|WORD|COMMAND]", help=NAMES, autocompletion=_pages),
    ] = None,
) -> None:
    """Show the longer reading on a topic, what a word means, or a page.

    \b
    actcli help
    actcli help formulas
    actcli help kink
    actcli help eval
    """
    from actcli.pages.topics import TOPICS, contents, topic

    found, name = _commands(context), " ".join(names or [])
    if not name:
        show(contents("".join(f"  {key:8} {page.get_short_help_str(90)}\n" for key, page in found.items())))
        return
    page = found.get(name)
    shown = page.get_help(typer.Context(page, info_name=name, parent=context.parent)) + "\n" if page else ""
    if name in TOPICS or not page:
        shown += "\n" * bool(page) + topic(name)
    show(shown)
