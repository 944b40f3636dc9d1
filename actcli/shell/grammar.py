"""The grammar of a command line: what is data and what an option, and groups of options.

A command is a function whose parameters say what can be typed. Options that several commands share are the
fields of dataclasses; a parameter of such a class stands for all of them.
"""

import functools
import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

from actcli.errors import ActcliError
from actcli.shell.guesses import no_command
from actcli.shell.options import FORMAT_NAMES, TYPED
from actcli.shell.pager import show

_NUMBER = re.compile(r"-(?:\.?\d.*|(?:inf(?:inity)?|nan)(?:[:,].*)?)|-(?:pi|e|\u03c0|\u221e)(?:\W.*)?", re.I)
_FORMULA = re.compile(r"-(?:[zx]$|[a-zA-Z]?\w*[*/^+(\s].*|[zx][-].*|\(.*)")


def _paged(option: Any) -> Any:
    """Return the option --help so that a page that does not fit the terminal goes through the pager."""

    def shown(ctx: typer.Context, _: object, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            show(ctx.get_help() + "\n")
            ctx.exit()

    if option:
        option.callback = shown
    return option


class NumericCommand(TyperCommand):
    """A command whose arguments may be negative numbers (`-10`, `-6:6:0.5`) or formulas (`-z^2`).

    Such words are moved behind a `--`; everything else that starts with a dash stays an option, so
    that a mistyped one is still an error. No short option here starts a number or a formula.
    `--csv` and the other formats' names are short for `--format csv`.
    """

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Sort the words into options and data before the usual parsing."""
        options: list[str] = []
        data: list[str] = []
        ctx.meta[TYPED] = tuple(args)
        words = iter(args)
        for word in words:
            if word == "--":
                data += list(words)
            elif word == "-" or not word.startswith("-") or _is_data(word):
                data.append(word)
            elif word[2:] in FORMAT_NAMES and self._takes_value(ctx, "--format"):
                options.append(f"--format={word[2:]}")
            else:
                options.append(word)
                options += self._values(ctx, word, words)
        _check_formats(options)
        return super().parse_args(ctx, [*options, "--", *data])

    def get_help_option(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Return the option --help."""
        return _paged(super().get_help_option(ctx))

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the words of the usage line, what must be given without the braces that Typer puts there."""
        return [piece.removeprefix("{").removesuffix("}") for piece in super().collect_usage_pieces(ctx)]

    def _values(self, ctx: typer.Context, option: str, words: Iterator[str]) -> list[str]:
        """Take the value of an option that has one from the words that follow it."""
        if not self._takes_value(ctx, option):
            return []
        value = next(words, None)
        if value is None and not ctx.resilient_parsing:
            raise typer.BadParameter(f"{option} needs a value after it")
        return [] if value is None else [value]

    def _takes_value(self, ctx: typer.Context, option: str) -> bool:
        for parameter in self.get_params(ctx):
            if option in parameter.opts:
                return not getattr(parameter, "is_flag", False)
        return False


def _is_data(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word) or _FORMULA.fullmatch(word))


def _check_formats(options: Sequence[str]) -> None:
    given = {after for word, after in itertools.pairwise([*options, ""]) if word in ("-f", "--format")}
    given |= {word.removeprefix("--format=") for word in options if word.startswith("--format=")}
    if len(given) > 1:
        raise ActcliError(f"{' and '.join(sorted(given))}: only one format can be written at a time")


class OrderedGroup(TyperGroup):
    """The commands in the order in which one learns them."""

    def get_help_option(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Return the option --help."""
        return _paged(super().get_help_option(ctx))

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the commands as they were declared."""
        return list(self.commands)

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        """Return the command that is meant; tell what to type where there is none."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            raise ActcliError(no_command(args[0], args[1:], self.commands))
        return super().resolve_command(ctx, args)


# ---------------------------------------------------------------------------- groups of options


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the fields of each group in its signature, gathered again when it runs."""
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and is_dataclass(hint)}

    @functools.wraps(command)
    def run(**given: Any) -> None:
        gathered = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**given, **gathered)

    declared = inspect.signature(command).parameters.values()
    parameters = [part for parameter in declared for part in _parameters(parameter, hints[parameter.name])]
    run.__annotations__ = {part.name: part.annotation for part in parameters}
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    del run.__wrapped__
    return run


def _parameters(parameter: inspect.Parameter, hint: Any) -> list[inspect.Parameter]:
    """Return the parameters for which one of a command stands: the fields of its group, or itself."""
    named = functools.partial(inspect.Parameter, kind=inspect.Parameter.KEYWORD_ONLY)
    if not is_dataclass(hint):
        return [named(parameter.name, default=parameter.default, annotation=hint)]
    hints = get_type_hints(hint, include_extras=True)
    return [named(field.name, default=field.default, annotation=hints[field.name]) for field in fields(hint)]
