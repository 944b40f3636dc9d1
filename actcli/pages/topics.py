"""The topics of `actcli help`: texts kept beside this file, and the language told from its own tables."""

import textwrap
from collections.abc import Iterator
from importlib.resources import files

from actcli.errors import ActcliError
from actcli.language.calculus import derivative
from actcli.language.formula import nearest_words, parse
from actcli.language.trees import write
from actcli.language.words import CONSTANTS, SHORTHANDS, VECTOR_WORDS, WORDS, Word
from actcli.pictures import KINDS

TOPICS = {
    "formulas": "what a formula may hold: every word, with its domain and its derivative",
    "points": "numbers, ranges, and what is answered where there is no answer",
    "pipes": "standard input, CSV, formats, exit status",
    "numbers": "what is promised of each digit, and how it is known; dtypes; ulp",
    "kinks": "kinks, subgradients, saturation, and every other word of the trade",
    "shape": "range, solve, stats: what is proven of a function, and how",
    "check": "a kernel's numbers against the truth: files, errors, verdicts, budgets",
    "pictures": "plots, tangents, your data over the truth",
    "python": "activations as functions over numbers and arrays",
}


def topic(name: str) -> str:
    """Return the text of a topic; ActcliError for a name that is none."""
    if name not in TOPICS:
        near = nearest_words(name, TOPICS)
        hint = f"; did you mean {near[0]}?" if near else f": write one of {', '.join(TOPICS)}, or a command"
        raise ActcliError(f"there is no topic and no command called {name!r}{hint}")
    text = (files("actcli.pages") / "topics" / f"{name}.txt").read_text(encoding="utf-8")
    if name == "formulas":
        return text.replace("{words}\n", "".join(_words()))
    return text.replace("{kinds}", ", ".join(KINDS))


def contents(commands: str) -> str:
    """Return the list of topics, after the list of commands."""
    topics = "".join(f"  {name:8} {about}\n" for name, about in TOPICS.items())
    return f"actcli help TOPIC, or actcli help COMMAND\n\nTopics:\n{topics}\nCommands:\n{commands}"


def _words() -> Iterator[str]:
    """Yield the tables of words, shorthands and constants."""
    for name, word in WORDS.items():
        yield from _entry(_call(name, word), f"{word.meaning}; for {word.domain}", _slope(name, word))
    for name, word in SHORTHANDS.items():
        yield from _entry(name, word.meaning, "")
    for name, word in VECTOR_WORDS.items():
        yield from _entry(_call(name, word), word.meaning, "")
    for name, meaning in CONSTANTS.items():
        yield from _entry(name, meaning, "")


def _call(name: str, word: Word) -> str:
    return f"{name}({', '.join('uv'[: word.arity]) if word.arity > 1 else 'z'})"


def _slope(name: str, word: Word) -> str:
    return f"derivative {write(derivative(parse(f'{name}(z)')))}" if word.arity == 1 else ""


def _entry(name: str, *texts: str) -> Iterator[str]:
    for i, text in enumerate(filter(None, texts)):
        yield (
            textwrap.fill(text, 79, initial_indent=f"  {'' if i else name:12}", subsequent_indent=" " * 14)
            + "\n"
        )
