"""Which activations there are: the entries, by family, and find(name).

Adding an activation is adding one entry to the file of its family.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from actcli.catalog.entries import (
    Activation,
    Function,
    Number,
    exact_value,
    normal,
    number_or_inf,
    of_formula,
)
from actcli.catalog.exponentials import EXPONENTIALS
from actcli.catalog.frameworks import here
from actcli.catalog.gates import GATES
from actcli.catalog.glus import GLUS
from actcli.catalog.others import OTHERS
from actcli.catalog.rectifiers import RECTIFIERS
from actcli.catalog.refused import REFUSED
from actcli.catalog.shrinks import SHRINKS
from actcli.catalog.sigmoids import SIGMOIDS
from actcli.catalog.vectors import VECTORS
from actcli.errors import ActcliError
from actcli.language.formula import MISTYPED, Definition, parse
from actcli.language.spellings import respelled
from actcli.language.trees import Node, names_in, write
from actcli.language.words import CONSTANTS, SPELLED, TOLD, VECTOR_WORDS, WORDS

FAMILIES: Mapping[str, tuple[Activation, ...]] = {
    "SIGMOIDS": SIGMOIDS, "RECTIFIERS": RECTIFIERS, "EXPONENTIALS": EXPONENTIALS, "GATES": GATES,
    "GATED PAIRS": GLUS, "SHRINKAGES": SHRINKS, "OTHERS": OTHERS, "OF VECTORS": VECTORS,
}  # fmt: skip
CATALOG = tuple(entry for entries in FAMILIES.values() for entry in entries if entries is not VECTORS)

# ---------------------------------------------------------------------------- looking up


@cache
def spellings() -> Mapping[str, Activation]:
    """Return every spelling, normalised, with the activation it names."""
    known = {normal(spelled): entry for entry in (*CATALOG, *VECTORS) for spelled in entry.names()}
    return {spelled: entry for spelled, entry in known.items() if spelled not in refusals()}


@cache
def refusals() -> Mapping[str, str]:
    """Return every spelling that is refused, normalised, with the reason."""
    return {normal(spelled): why for names, why in REFUSED.items() for spelled in names.split()}


def find(name: str) -> Activation:
    """Return the activation of that name or alias; raises ActcliError with the nearest names.

    A name that means several things is refused with what there is to say instead.
    """
    entry = spellings().get(normal(name))
    if normal(name) in refusals():
        raise ActcliError(refusals()[normal(name)])
    if entry is None:
        from difflib import get_close_matches

        near = get_close_matches(normal(name), spellings(), n=3, cutoff=MISTYPED)
        names = dict.fromkeys(spellings()[n].name for n in near)
        known = "'actcli list' shows them all, and a formula in z would do as well"
        hint = f"; did you mean {' or '.join(names)}?" if names else f"; {known}"
        raise ActcliError(f"there is no activation called {name!r}{hint}")
    return entry


def listed(*texts: str) -> dict[str, list[Activation]]:
    """Return the activations with one of some texts in a name or formula, by family; all of them for none.

    A text may name a framework or a family, too.
    The one that is called so comes first. Raises ActcliError for a text that none has.
    """
    found: dict[Activation, int] = {}
    for text in texts or ("",):
        some = [entry for entry in (*CATALOG, *VECTORS) if _mentions(entry, text)]
        some = _framed(text) or some or _of_family(text)
        if not some:
            why = refusals().get(normal(text), "'actcli list' shows them all")
            raise ActcliError(f"no activation has {text!r} in its names or formula; {why}")
        for entry in some:
            called = normal(text) in map(normal, entry.names())
            found[entry] = found.get(entry, 0) or called
    families: dict[str, list[Activation]] = {}
    for entry in sorted(found, key=lambda each: not found[each]):
        family = next(family for family, entries in FAMILIES.items() if entry in entries)
        families.setdefault(family, []).append(entry)
    return families


def _framed(framework: str) -> list[Activation]:
    key = FRAMEWORKS.get(normal(framework), normal(framework))
    return [entry for entry in (*CATALOG, *VECTORS) if key in entry.found_in]


def _of_family(text: str) -> list[Activation]:
    return [each for family, some in FAMILIES.items() if normal(text) in normal(family) for each in some]


def _mentions(entry: Activation, text: str) -> bool:
    plain, formulas = normal(text), (entry.definition, entry.formula)
    return any(plain in normal(name) for name in entry.names()) or any(
        text in formula for formula in formulas
    )


FRAMEWORKS = {"torch": "pytorch", "tf": "tensorflow", "tfaddons": "tfa", "hf": "huggingface", "flax": "jax"}


def frameworks() -> list[str]:
    """Return the frameworks whose names are known."""
    return sorted({key for entry in (*CATALOG, *VECTORS) for key in entry.found_in})


def under(framework: str, entries: Sequence[Activation]) -> list[list[str]]:
    """Return the names that a framework has for each of some entries; ActcliError for an unknown one."""
    key = FRAMEWORKS.get(normal(framework), normal(framework))
    if key not in frameworks():
        raise ActcliError(f"no framework called {framework!r} is known: {', '.join(frameworks())}")
    return [entry.found_in.get(key, "").split() for entry in entries]


def defined(word: str) -> Definition | None:
    """Return what a word of a formula means, when it is the name of an activation."""
    name, *settings = here(word).split(":")
    if normal(name) not in spellings() and normal(name) not in refusals():
        return None
    entry = find(name)
    values = {**entry.defaults(), **_settings(settings, word, entry)}
    defaults = {key: number_or_inf(value) for key, value in values.items()}
    return Definition(parse(entry.formula), defaults, entry.spelling, entry.check)


def function(text: str, vectors: bool = False, free: Sequence[str] = ()) -> Function:
    """Return the function that FUNCTION means: a name or a formula in z, `:key=value` after either.

    The `free` parameters stay names. Raises ActcliError for one of vectors, unless these are taken.
    """
    found = _function(text, free)
    if found.reads_vectors and not vectors:
        takes = "eval, deriv, table, plot, explain and info take it"
        raise ActcliError(f"{text} is a function of a vector, not of one number: {takes}")
    return found


def _function(text: str, free: Sequence[str]) -> Function:
    plain = respelled(text)
    head, *settings = plain.split(":")
    if not _is_name(head):
        head, *made = _made(head).split(":")
        settings = [*made, *settings]
    if _is_name(head):
        name, *theirs = here(head).split(":")
        entry = find(name)
        given = _settings(settings, text, entry)
        spelled = {entry.spelling(key) for key in given}
        given |= {key: n for key, n in _settings(theirs, text, entry).items() if key not in spelled}
        return entry.bind(given, text, free)
    given = _settings(settings, text)
    if head.strip() in (*WORDS, *SPELLED, *VECTOR_WORDS) and "v" not in SPELLED.get(head.strip(), ""):
        head = f"{head.strip()}(z)"
    names = [entry.name for entry in (*CATALOG, *VECTORS)]
    tree = parse(head, lambda word: None if word in (*given, *free) else defined(word), names)
    _refuse_number(head, tree)
    if known := _by_formula().get(write(tree)):
        return known.bind(given, text, free)
    if called := None if given or free else _called(head):
        return called[0].bind(called[1], text)
    return of_formula(plain, tree, given, names, free)


_MADE = re.compile(r"\s*([\w.]+)\(([^()]*)\)\s*(\(\s*[zx]\s*\))?\s*")
_NOT_OURS = ("inplace=", "dim=", "axis=")  # what does not change a value


def _made(text: str) -> str:
    """Return nn.ELU(alpha=2), a module as a program makes it, as nn.ELU:alpha=2; other texts unchanged."""
    call = _MADE.fullmatch(text)
    name = here(call[1]).partition(":")[0] if call else ""
    if not call or normal(name) not in spellings():
        return text
    given = [part for part in call[2].replace(" ", "").split(",") if part and not part.startswith(_NOT_OURS)]
    parameters = find(name).parameters
    plain = bool(given) and all(re.fullmatch(r"[-+.\de]+", each) for each in given)
    if plain and len(given) <= len(parameters) and (call[3] or len(given) > 1):
        names = [f"{parameter.name}={each}" for parameter, each in zip(parameters, given, strict=False)]
        if not call[3]:
            raise ActcliError(f"{text!r} has no z: with these parameters write {':'.join([call[1], *names])}")
        given = names
    return ":".join([call[1], *given]) if all("=" in part for part in given) else text


def _refuse_number(text: str, tree: Node) -> None:
    """Refuse LeakyReLU(0.2), the number that it is in mathematics and a function in a program."""
    call = re.fullmatch(r"\s*([\w.]+)\(([-+.\de]*)\)\s*", text)
    if call and call[1] not in WORDS and "z" not in names_in(tree) and defined(call[1]):
        name, at = call[1], call[2].strip()
        parameter = f", and a parameter {name}:{p[0].name}={at}" if (p := find(here(name)).parameters) else ""
        raise ActcliError(f"{text!r} has no z: its value is what 'actcli eval {name} {at}' prints{parameter}")


_CALL = re.compile(r"\s*(\w+)\(\s*z\s*,([^()]+)\)\s*")


def _called(text: str) -> tuple[Activation, dict[str, Number]] | None:
    """Return what elu(z, alpha=0.5) calls: an activation of z itself with numbers as parameters."""
    call = _CALL.fullmatch(text)
    if call is None or normal(call[1]) not in spellings():
        return None
    entry, given = find(call[1]), {}
    for parameter, argument in zip(entry.parameters, call[2].split(","), strict=False):
        key, equals, value = argument.rpartition("=")
        given[entry.spelling(key.strip()) if equals else parameter.name] = value
    try:
        return entry, {key: exact_value(value, key) for key, value in given.items()}
    except ActcliError:
        return None


@cache
def _by_formula() -> Mapping[str, Activation]:
    """Return the activations without parameters by formula: who types one means it, limits and all."""
    return {entry.formula: entry for entry in reversed(CATALOG) if not entry.parameters}


def _is_name(head: str) -> bool:
    name = here(head).partition(":")[0]
    known = normal(name) in spellings() or normal(name) in refusals()
    words = ("z", "x", *CONSTANTS, *WORDS, *SPELLED, *TOLD, *VECTOR_WORDS)
    return known or (name.isidentifier() and name not in words)


def _settings(settings: Sequence[str], whole: str, entry: Activation | None = None) -> dict[str, Number]:
    given: dict[str, Number] = {}
    for key, value in (_setting(setting, whole, entry) for setting in settings):
        if key in given:
            raise ActcliError(f"{key!r} is given twice in {whole!r}: leave one out")
        given[key] = value
    return given


def _setting(text: str, whole: str, entry: Activation | None = None) -> tuple[str, Number]:
    key, equals, value = text.partition("=")
    parameters = [p.name for p in entry.parameters] if entry else []
    if not equals:
        example = f", as in {entry.name}:{parameters[0]}={text or 1}" if entry and parameters else ""
        raise ActcliError(f"{text!r} in {whole!r} is no parameter: write it as NAME=NUMBER{example}")
    if "=" in value:
        raise ActcliError(f"{text!r}: parameters are joined by ':', as in {text.replace(',', ':')}")
    return key.strip(), exact_value(value, key.strip())
