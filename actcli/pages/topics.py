"""The topics of `actcli help`: texts kept beside this file, and the language told from its own tables."""

import re
import textwrap
from collections.abc import Iterator
from importlib.resources import files

from actcli.catalog import spellings
from actcli.catalog.entries import normal
from actcli.errors import ActcliError
from actcli.language.calculus import derivative
from actcli.language.formula import nearest_words, parse
from actcli.language.tidy import in_books
from actcli.language.trees import write
from actcli.language.words import CONSTANTS, SHORTHANDS, SPELLED, TOLD, VECTOR_WORDS, WORDS, Word
from actcli.pictures import KINDS

TOPICS = {
    "formulas": "what a formula may hold: every word, its domain and its derivative",
    "points": "numbers, ranges, and what is answered where there is no answer",
    "pipes": "standard input, CSV, formats, exit status",
    "numbers": "what is promised of each digit, and how it is known; dtypes; ulp",
    "kinks": "kinks, subgradients, saturation, and every other word of the trade",
    "shape": "range, solve, stats: what is proven of a function, and how",
    "approx": "the best tables, lines and polynomials; fixed point; sources",
    "check": "a kernel's numbers against the truth: files, errors, verdicts",
    "pictures": "plots, tangents, your data over the truth",
    "python": "activations as functions over numbers and arrays",
}


_HEADING = re.compile(r"(?<=\n\n)(?=[A-Z]{2}[A-Z ,0-9'-]*[:.]\s)")


def topic(name: str) -> str:
    """Return the text of a topic, or what the topics say of a word; ActcliError for one that is neither."""
    if name in TOPICS:
        return _text(name)
    if name in (words := dict(_words())) and name not in TOLD:
        return words[name]
    wanted, sections = _plain(name), list(_sections())
    exact = [text for heads, text in sections if wanted in map(_plain, heads)]
    if found := exact or [text for heads, text in sections if wanted in " ".join(heads).split()]:
        return "\n".join(found)
    if name in words:
        return words[name]
    if f"{name}s" in TOPICS:
        return _text(f"{name}s")
    if entry := spellings().get(normal(name)):
        raise ActcliError(f"{name} is an activation: 'actcli info {entry.name}' tells all about it")
    times = {each: len(re.findall(rf"\b{re.escape(name)}\b", _text(each), re.IGNORECASE)) for each in TOPICS}
    if told := sorted(filter(times.get, times), key=lambda each: -times[each]):
        pages = " and ".join(f"'actcli help {each}'" for each in told[:2])
        raise ActcliError(f"{name!r} has no page of its own: see {pages}")
    near = nearest_words(name, [*TOPICS, *words, *(head for heads, _ in sections for head in heads)])
    hint = f"did you mean {near[0]}?" if near else "'actcli help' shows what there is"
    raise ActcliError(f"there is no topic, command or word called {name!r}; {hint}")


def _text(name: str) -> str:
    text = (files("actcli.pages") / "topics" / f"{name}.txt").read_text(encoding="utf-8")
    if name == "formulas":
        return text.replace(
            "{words}\n", "".join(entry for word, entry in _words() if word not in {**SPELLED, **TOLD})
        )
    return text.replace("{kinds}", ", ".join(KINDS))


def _sections() -> Iterator[tuple[list[str], str]]:
    """Yield what the topics say of a word of the trade: its names, and the paragraphs below them."""
    for name in TOPICS:
        for part in _HEADING.split(_text(name))[1:]:
            names = re.split("[:.]", part)[0].split(",")
            yield [each.strip().casefold() for each in names], part.rstrip() + "\n"


def glossary() -> list[str]:
    """Return the words of the trade that the topics tell."""
    return sorted({heads[0] for heads, text in _sections() if ": " in text.partition("\n")[0]})


def _plain(name: str) -> str:
    """Return a word as it is looked up: KINKS, kinks and kink are one."""
    return name.strip(" -").casefold().replace("_", " ").replace("-", " ").removesuffix("s")


def contents(commands: str) -> str:
    """Return the list of topics and words, then the list of commands."""
    topics = "".join(f"  {name:8} {about}\n" for name, about in TOPICS.items())
    listed = textwrap.fill(", ".join(glossary()), 79, initial_indent="  ", subsequent_indent="  ")
    head = "actcli help TOPIC, actcli help WORD, or actcli help COMMAND"
    return f"{head}\n\nTopics:\n{topics}\nWords:\n{listed}\n\nCommands:\n{commands}"


def _words() -> Iterator[tuple[str, str]]:
    """Yield each word of the language with its entry: those of the tables, then those written in them."""
    for name, word in WORDS.items():
        yield name, _entry(_call(name, word), f"{word.meaning}; for {word.domain}", _slope(name, word))
    for name, word in SHORTHANDS.items():
        yield name, _entry(name, word.meaning)
    for name, word in VECTOR_WORDS.items():
        yield name, _entry(_call(name, word), word.meaning)
    for name, meaning in CONSTANTS.items():
        yield name, _entry(name, meaning)
    for name, text in {**SPELLED, **TOLD}.items():
        yield name, _entry(name, text)


def _call(name: str, word: Word) -> str:
    return f"{name}({', '.join('uv'[: word.arity]) if word.arity > 1 else 'z'})"


def _slope(name: str, word: Word) -> str:
    return f"derivative {write(in_books(derivative(parse(f'{name}(z)'))))}" if word.arity == 1 else ""


def _entry(name: str, *texts: str) -> str:
    heads = [f"  {name:11} ", *(" " * 14 for _ in texts)]
    pairs = zip(heads, filter(None, texts), strict=False)
    return "".join(
        f"{textwrap.fill(text, 79, initial_indent=head, subsequent_indent=' ' * 14)}\n"
        for head, text in pairs
    )
