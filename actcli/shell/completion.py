"""Completion in a shell: the scripts that a shell loads, and what is offered at a TAB.

A script hands over the line up to the cursor; back come the words that may stand there, each with what it is,
or :files where the shell is to offer its own.
"""

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer
from typer import _completion_shared

from actcli.shell.offers import Offer
from actcli.shell.options import FORMAT_NAMES

ASKED = "_ACTCLI_COMPLETE"
FILES = ":files"
FILES_TOO = ("points", "words")  # arguments that may be the name of a file

# Filled in as Typer's own are, which --install-completion would write.
BASH = """
%(complete_func)s() {
    local IFS=$'\\n'
    COMPREPLY=( $( _ACTCLI_LINE="${COMP_LINE:0:COMP_POINT}" _ACTCLI_BREAKS="$COMP_WORDBREAKS" \\
        %(autocomplete_var)s=complete_bash "${1/#\\~/$HOME}" 2>/dev/null ) )
    if [[ ${COMPREPLY[0]} == :files ]]; then COMPREPLY=(); compopt -o default; fi
    if [[ ${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
}
complete -F %(complete_func)s %(prog_name)s
"""
ZSH = """
#compdef %(prog_name)s
%(complete_func)s() {
  local -a program offered options
  program=(${~words[1]})
  offered=("${(@f)$(_ACTCLI_LINE="${(j: :)words[1,CURRENT-1]} $PREFIX" \\
      %(autocomplete_var)s=complete_zsh $program[1] 2>/dev/null)}")
  [[ -n $offered[1] ]] || return 1
  if [[ $offered[1] == :files ]]; then _files; return; fi
  [[ $offered[1] == *=:* ]] && options+=(-S '')
  _describe %(prog_name)s offered "${options[@]}"
}
if [[ $funcstack[1] == _%(prog_name)s ]]; then %(complete_func)s "$@"; else
  compdef %(complete_func)s %(prog_name)s
fi
"""
FISH = """
function %(complete_func)s
  set -l program (commandline -opc)[1]
  set -l offered (env _ACTCLI_LINE=(commandline -cp | string collect) \\
      %(autocomplete_var)s=complete_fish (string replace -r '^~' $HOME -- $program) 2>/dev/null)
  if test "$offered[1]" = :files
    __fish_complete_path (commandline -ct)
  else
    printf '%%s\\n' $offered
  end
end
complete --command %(prog_name)s --no-files --arguments "(%(complete_func)s)"
"""


def load_scripts() -> None:
    """Let Typer install and show these scripts in place of its own."""
    _completion_shared._completion_scripts.update(bash=BASH, zsh=ZSH, fish=FISH)


def typed_words() -> list[str]:
    """Return the words that stand before the cursor when a shell asks; the last one is being typed."""
    line = os.environ.get("_ACTCLI_LINE")
    if line is None:  # PowerShell, whose script is Typer's
        line = os.environ.get("_TYPER_COMPLETE_ARGS", "")
        line += " " * (not os.environ.get("_TYPER_COMPLETE_WORD_TO_COMPLETE"))
    lexer = shlex.shlex(line, posix=True, punctuation_chars="")
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words += lexer
    except ValueError:  # within quotes
        words.append(lexer.token)
    return [*words[1:], *([""] if not line or line[-1].isspace() else [])]


def reply(group: Any, words: Sequence[str]) -> str:
    """Return what a shell's script reads: the scripts themselves, or what is offered after some words."""
    instruction, _, shell = os.environ[ASKED].partition("_")
    if instruction == "source":
        return _completion_shared.get_completion_script(prog_name="actcli", complete_var=ASKED, shell=shell)
    offers = offered(group, words)
    if offers is None:
        return FILES
    breaks = set(os.environ.get("_ACTCLI_BREAKS", "")) & {":", "="}
    kept = max((words[-1].rfind(mark) + 1 for mark in breaks), default=0)  # bash replaces what is behind it
    return "\n".join(_written(value, about, shell, kept) for value, about in offers)


def _written(value: str, about: str, shell: str, kept: int) -> str:
    if shell == "bash":
        return value[kept:]
    value = value.replace(":", r"\:") if shell == "zsh" else value
    mark = {"zsh": ":", "fish": "\t"}.get(shell, ":::")
    return value + (mark + " ".join(about.split()) if about or mark == ":::" else "")


def offered(group: typer.core.TyperGroup, words: Sequence[str]) -> list[Offer] | None:
    """Return what may stand in place of the last word; None is the name of a file."""
    *before, word = words
    command = group.commands.get(before[0]) if before else None
    if command is None:
        found = [(name, page.get_short_help_str(90)) for name, page in group.commands.items()]
        options = _options(typer.Context(group))
        choice = {name: option.help for name, option in options.items()}.items() if word[:1] == "-" else found
        return [] if before else [(name, about) for name, about in choice if name.startswith(word)]
    context = typer.Context(command, info_name=before[0], parent=typer.Context(group))
    options = _options(context)
    name, equals, value = word.partition("=")
    if _takes_value(option := options.get(before[-1])):
        return _values(context, option, word)
    if equals and _takes_value(option := options.get(name)):
        values = _values(context, option, value)
        return values and [(f"{name}={value}", about) for value, about in values]
    if word[:1] == "-":
        return [(name, about) for name, about in _flags(options) if name.startswith(word)]
    arguments = [part for part in command.get_params(context) if part.param_type_name == "argument"]
    place = sum(1 for _ in _data(before[1:], options))
    part = arguments[min(place, len(arguments) - 1)] if arguments else None
    if part is not None and part.name in FILES_TOO and (word[:1].isalpha() or word[:1] in ("/", "~", ".")):
        return _values(context, part, word) or None
    return _values(context, part, word) if part is not None else []


def _options(context: typer.Context) -> dict[str, Any]:
    """Return the options of a command by spelling."""
    options = [part for part in context.command.get_params(context) if part.param_type_name == "option"]
    return {name: option for option in options for name in (*option.opts, *option.secondary_opts)}


def _flags(options: Mapping[str, Any]) -> Iterator[Offer]:
    for name, option in options.items():
        if name.startswith("--"):
            yield name, option.help or ""
    if "--no-header" in options:
        yield from ((f"--{name}", f"Write {name}.") for name in FORMAT_NAMES)


def _takes_value(option: Any) -> bool:
    return option is not None and not getattr(option, "is_flag", False)


def _data(words: Sequence[str], options: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words that are neither options nor their values."""
    rest = iter(words)
    for word in rest:
        if _takes_value(options.get(word)):
            next(rest, None)
        elif word not in options:
            yield word


def _values(context: typer.Context, part: Any, word: str) -> list[Offer] | None:
    if part.type.name in ("path", "file", "directory"):
        return None
    return [(item.value, item.help or "") for item in part.shell_complete(context, word)]
