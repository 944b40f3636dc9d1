"""What to type instead of a command or an option that there is not, in one sentence."""

import re
from collections.abc import Collection, Mapping, Sequence

import typer

MEANT: Mapping[str, str] = {
    **dict.fromkeys(("grad", "gradient", "diff", "slope", "derivative", "derive", "d"), "deriv"),
    **dict.fromkeys(("value", "evaluate", "calc", "compute", "values"), "eval"),
    **dict.fromkeys(("graph", "draw", "show", "picture", "chart"), "plot"),
    **dict.fromkeys(("ls", "all", "search", "names"), "list"),
    **dict.fromkeys(("about", "describe", "doc"), "info"),
    **dict.fromkeys(("why", "proof", "steps"), "explain"),
}
RANGES = ("--from", "--to", "--range", "--min", "--max", "--start", "--stop", "--step")


def no_command(word: str, words: Sequence[str], commands: Collection[str]) -> str:
    """Return the sentence for a word that is no command."""
    from actcli.catalog import function
    from actcli.errors import ActcliError
    from actcli.language.formula import nearest_words

    rest = " ".join(f"'{w}'" if re.search(r"[^-\w.:=,+]", w) else w for w in words)
    if word.lower() in MEANT or word.lower() in commands:
        meant = MEANT.get(word.lower(), word.lower())
        return f"{word} is no command here: type 'actcli {meant}{' ' + rest if rest else ''}'"
    try:
        function(word)
    except ActcliError:
        near = nearest_words(word, commands)
        return f"there is no command {word!r}; " + (
            f"did you mean {near[0]}?" if near else "'actcli --help' shows them"
        )
    shown = f'"{word}"' if re.search(r"[^-\w.:=,+]", word) else word
    return f"{word!r} is a FUNCTION: type a command before it, such as 'actcli eval {shown} {rest or '0'}'"


def told(fault: typer.TyperException) -> str:
    """Return the sentence for what could not be parsed."""
    message = getattr(fault, "format_message", lambda: str(fault))().replace("\n", " ")
    command = getattr(getattr(fault, "ctx", None), "info_name", "") or ""
    if match := re.match(r"Missing argument '(\w+)'", message):
        return f"{command} needs a {match[1]}: a name such as sigmoid, or a formula in z"
    if match := re.match(r"No such option: (\S+)", message):
        return _no_option(match[1].rstrip("."), message)
    if match := re.match(r"Invalid value for '([^']*)': '(.*)' is not a valid int", message):
        return f"{match[1].split(' ')[0]} {match[2]}: write a whole number"
    if match := re.match(r"Got unexpected extra arguments? \((.*)\)", message.replace("(s)", "s")):
        return (
            f"{match[1]}: {command} takes no more than stands before it; 'actcli {command} --help' shows what"
        )
    return message or "'actcli --help' shows what can be typed"


def _no_option(option: str, message: str) -> str:
    from actcli.catalog import CATALOG

    if option in RANGES:
        return f"there is no {option}: a range is written LO:HI or LO:HI:STEP, such as -5:5"
    key = option.lstrip("-").replace("-", "_")
    named = [e for e in CATALOG if key in (p.name for p in e.parameters)]
    other = [e for e in CATALOG for p in e.parameters if key in p.aliases]
    if found := named or other:
        entry = min(found, key=lambda e: (e.name not in ("leaky_relu", "elu"), e.name))
        return f"there is no {option}: a parameter stands behind its function: {entry.name}:{key}=0.2"
    return message
