"""What FUNCTION may mean besides one function: a label, mine=z*erf(z), and a family, elu:alpha=0.5,1,2."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from actcli.catalog import function
from actcli.catalog.entries import Function
from actcli.errors import ActcliError
from actcli.language.points import parse_points
from actcli.language.trees import number, write

MOST_MEMBERS = 100
_EMOJI = "\u200d\ufe0f\u2600-\u27bf\U0001f000-\U0001ffff"
_LABEL = re.compile(rf"\s*(?![zx]\s*=)((?:[^\W\d]|[{_EMOJI}])[\w{_EMOJI}]*)\s*=(?!=)(.+)", re.DOTALL)


def family(text: str, vectors: bool = False, free: Sequence[str] = ()) -> list[Function]:
    """Return the functions that FUNCTION means: one, or one for each value of its parameters' lists.

    A value is a number, several joined by commas, or LO:HI:STEP. Raises ActcliError as `function` does.
    """
    labelled = _LABEL.fullmatch(text)
    label, plain = labelled.groups() if labelled else ("", text)
    head, *parts = plain.split(":")
    settings: list[str] = []
    for part in parts:  # the colons of a range are those of settings, too
        if "=" in part or not settings:
            settings.append(part)
        else:
            settings[-1] += f":{part}"
    choices = [_choices(setting) for setting in settings]
    if all(len(each) == 1 for each in choices):
        found = function(plain, vectors, free)
        return [replace(found, label=label) if label else found]
    several = [function(":".join([head, *chosen]), vectors, free) for chosen in _products(text, choices)]
    return [replace(f, label=label + f.label.removeprefix(head)) if label else f for f in several]


def _products(text: str, choices: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    chosen = list(product(*choices))
    if len(chosen) > MOST_MEMBERS:
        raise ActcliError(f"{text} are {len(chosen):,} functions: ask for {MOST_MEMBERS} at most")
    return chosen


def _choices(setting: str) -> list[str]:
    """Return a setting once for each of its values."""
    key, equals, values = setting.partition("=")
    if "=" in values:  # parameters are joined by colons, which is told where they are read
        return [setting]
    found = [one for part in values.split(",") for one in _values(part)]
    return [f"{key}={value}" for value in found] if equals else [setting]


def _values(text: str) -> list[str]:
    if text.count(":") != 2:
        return [text]
    points = parse_points(text)
    if points.count > MOST_MEMBERS:
        raise ActcliError(f"{text}: {points.count:,} values, where {MOST_MEMBERS} are enough")
    return [write(number(value)) for value in points.exact() if not isinstance(value, float)]
