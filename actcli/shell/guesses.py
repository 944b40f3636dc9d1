"""What to type instead of a command or an option that there is not, in one sentence."""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import typer

from actcli.shell.options import FORMAT_NAMES

MEANT: Mapping[str, str] = {
    **dict.fromkeys(("grad", "diff", "slope", "d", "jacobian", "second"), "deriv"),
    **dict.fromkeys(("value", "calc", "compute", "print", "apply"), "eval"),
    **dict.fromkeys(("graph", "draw", "show", "picture", "chart"), "plot"),
    **dict.fromkeys(
        ("ls", "all", "search", "find", "grep", "names", "dir", "functions", "activations"), "list"
    ),
    **dict.fromkeys(("tabulate", "compare"), "table"),
    **dict.fromkeys(("inverse", "root", "roots", "zeros"), "solve"),
    **dict.fromkeys(("minimum", "maximum", "min", "max", "extrema"), "range"),
    **dict.fromkeys(("verify", "test", "judge"), "check"),
    **dict.fromkeys(("approximate", "fit", "lut"), "approx"),
    **dict.fromkeys(("about", "describe", "doc", "man", "what", "limit", "limits"), "info"),
    **dict.fromkeys(("why", "proof", "steps", "latex"), "explain"),
    **dict.fromkeys(("usage", "examples", "tutorial", "topics", "docs"), "help"),
}
OPTIONS: Mapping[str, str] = {
    **dict.fromkeys(("--precision", "--prec", "--places"), "--digits N"),
    **dict.fromkeys(("--second", "--derivative", "--nth"), "actcli deriv, with --order N"),
    **dict.fromkeys(("--points", "--z", "--x", "--at"), "points without a name, such as -10 0 10"),
    **{f"--{kind}": f"-o FILE.{kind}" for kind in ("svg", "png", "pdf", "tex", "html", "txt")},
    **dict.fromkeys(("--save", "--out", "--file"), "-o FILE"),
    "-v": "-V",
    "-help": "--help",
    "-?": "--help",
}
RANGES = ("--from", "--to", "--range", "--min", "--max", "--start", "--stop", "--step")


def no_command(word: str, words: Sequence[str], commands: Collection[str]) -> str:
    """Return the sentence for a word that is no command."""
    from actcli.catalog import function
    from actcli.errors import ActcliError
    from actcli.language.formula import nearest_words

    rest = " ".join(f"'{w}'" if re.search(r"[^-\w.:=,+]", w) else w for w in words)
    if meant := _meant(word.lower(), commands):
        return f"{word} is no command here: type 'actcli {meant}{' ' + rest if rest else ''}'"
    try:
        function(word, vectors=True)
    except ActcliError:
        near = nearest_words(word, commands)
        return f"there is no command {word!r}; " + (
            f"did you mean {near[0]}?" if near else "'actcli --help' shows them"
        )
    shown = f'"{word}"' if re.search(r"[^-\w.:=,+]", word) else word
    return f"{word!r} is a FUNCTION: type a command before it, such as 'actcli eval {shown} {rest or '0'}'"


def _meant(word: str, commands: Collection[str]) -> str:
    """Return the command that a word means, whole or as the beginning of it (differentiate, plotting)."""
    known = {**MEANT, **{command: command for command in commands}}
    starts = sorted((each for each in known if len(each) > 3 and word.startswith(each)), key=len)
    return known.get(word) or (known[starts[-1]] if starts else "")


def told(fault: typer.TyperException, words: Sequence[str]) -> str:
    """Return the sentence for what could not be parsed."""
    message = getattr(fault, "format_message", lambda: str(fault))().replace("\n", " ")
    context = getattr(fault, "ctx", None)
    command = getattr(context, "info_name", "") or ""
    if match := re.match(r"Missing argument '(\w+)'", message):
        return f"{command} needs a {match[1]}: a name such as sigmoid, or a formula in z"
    if match := re.match(r"No such option: (\S+)", message):
        known = (
            [name for part in context.command.get_params(context) for name in part.opts] if context else []
        )
        return _no_option(match[1].rstrip("."), words, known)
    if match := re.match(r"Option '(\S+)' does not take a value", message):
        return f"{match[1]} takes no value: write {match[1]} alone"
    if match := re.match(r"Invalid value for '([^']*)': '(.*)' is not a valid int", message):
        return f"{match[1].split(' ')[0]} {match[2]}: write a whole number"
    if match := re.match(r"Got unexpected extra arguments? \((.*)\)", message.replace("(s)", "s")):
        key, equals, _ = match[1].partition("=")
        if equals and (parameter := _as_parameter(key, words)):
            return f"{match[1]}: a parameter stands behind its function: {parameter}"
        return f"{match[1]} is more than {command} takes: 'actcli {command} --help' shows what it does"
    return message.removeprefix("Invalid value: ") or "'actcli --help' shows what can be typed"


def _no_option(option: str, words: Sequence[str], known: Collection[str]) -> str:
    from actcli.language.formula import nearest_words

    word = next((w for w in words if w[:1] == "-" != w[1:2] and option[1:] in w), option)  # -e of -help
    option = option if option[:2] == "--" else word
    missing, page = f"there is no {option}", "" if words[0][:1] == "-" else f"{words[0]} "
    if option in RANGES:
        return f"{missing}: a range is written LO:HI or LO:HI:STEP, such as -5:5"
    if parameter := _as_parameter(option.lstrip("-").replace("-", "_"), words):
        return f"{missing}: a parameter stands behind its function: {parameter}"
    if option in ("-f", "--format") and "--output" in known:
        return f"{missing}: the name says it, as in -o FILE.svg"
    if option in {f"--{name}" for name in FORMAT_NAMES} and "--format" in known:
        return f"{option} takes no value: write {option} alone"
    near = nearest_words(option, [*known, *(f"--{name}" for name in FORMAT_NAMES if "--format" in known)])
    hint = OPTIONS.get(option) or (option[2:3] and near and near[0])
    return f"{missing}; " + (
        f"did you mean {hint}?" if hint else f"'actcli {page}--help' shows what there is"
    )


def _as_parameter(key: str, words: Sequence[str]) -> str:
    """Return how a parameter is given that was taken for an option: behind the function that was typed."""
    from actcli.catalog import CATALOG, spellings
    from actcli.catalog.entries import normal

    typed = [spellings()[name] for name in map(normal, words) if name in spellings()]
    given = next((after for word, after in pairwise(words) if word.lstrip("-").replace("-", "_") == key), "")
    given = next((w.partition("=")[2] for w in words if w.lstrip("-").startswith(f"{key}=")), given)
    for entry in (*typed, *sorted(CATALOG, key=lambda e: (e.name not in ("leaky_relu", "elu"), e.name))):
        if key in {name for p in entry.parameters for name in (p.name, *p.aliases)}:
            return f"{entry.name}:{entry.spelling(key)}={given or '0.2'}"
    return ""
