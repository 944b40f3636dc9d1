"""What is offered for a FUNCTION: every spelling of an activation, the words, the parameters of either."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from actcli.catalog.entries import Activation

FOR_VECTORS = (
    "eval",
    "deriv",
    "table",
    "plot",
    "info",
    "explain",
)  # the commands that take a function of vectors
Offer = tuple[str, str]  # a word, and what it is


def complete_function(context: typer.Context, incomplete: str) -> list[Offer]:
    """Return the functions whose name starts with what has been typed, or the parameters behind a colon."""
    from actcli.catalog import CATALOG
    from actcli.catalog.vectors import VECTORS

    name, colon, settings = incomplete.partition(":")
    if colon:
        return list(_parameters(name, settings))
    module, dot, typed = incomplete.rpartition(".")
    entries = (*CATALOG, *(VECTORS if context.info_name in FOR_VECTORS else ()))
    found = [offer for entry in entries for offer in _spelled(entry, typed)]
    found += _words(typed, dict(found)) if typed and not dot else ()
    found = found or [offer for entry in entries for offer in _alike(entry, typed)]
    return [(f"{module}{dot}{name}", about) for name, about in found]


def _spelled(entry: "Activation", typed: str) -> Iterator[Offer]:
    """Yield the first of an activation's names that begins as typed."""
    names = [name for name in entry.names() if name.startswith(typed) and "(" not in name]
    yield from [(name, entry.definition or entry.formula) for name in names[:1]]


def _alike(entry: "Activation", typed: str) -> Iterator[Offer]:
    """Yield what makes some letters, in another case or without a _, a name of an activation."""
    from actcli.catalog.entries import normal

    plain = [normal(name) for name in entry.names() if normal(name).startswith(normal(typed))]
    yield from [(typed + name[len(normal(typed)) :], entry.definition or entry.formula) for name in plain[:1]]


def _words(typed: str, known: dict[str, str]) -> Iterator[Offer]:
    """Yield the words of the language that are a function by themselves."""
    from actcli.language.words import SPELLED, WORDS

    words = {**SPELLED, **{name: word.meaning for name, word in WORDS.items() if word.arity == 1}}
    for name, about in words.items():
        if name.startswith(typed) and name not in known and "v" not in SPELLED.get(name, ""):
            yield name, about


def _parameters(name: str, settings: str) -> Iterator[Offer]:
    from actcli.catalog import spellings
    from actcli.catalog.entries import normal
    from actcli.catalog.frameworks import here

    *given, typed = settings.split(":")
    entry = spellings().get(normal(here(name)))
    done = {setting.partition("=")[0] for setting in given}
    for parameter in entry.parameters if entry else ():
        if parameter.name not in done and parameter.name.startswith(typed):
            start = ":".join([name, *given, f"{parameter.name}="])
            yield start, f"{parameter.meaning}; {parameter.default} unless given, in {parameter.bounds}"
