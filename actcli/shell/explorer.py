"""What explore shows and does: a curve, a point on it, and what each key changes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from actcli.catalog import CATALOG
from actcli.catalog.entries import Function
from actcli.errors import ActcliError, NoAnswerError
from actcli.language.points import parse_number
from actcli.language.texts import shortest
from actcli.language.trees import bound_of, write
from actcli.numerics.answers import Question, answer, answer_or_nan, slope, value
from actcli.pictures.plots import Curve, Picture, draw
from actcli.pictures.plots.ink import ASCII, BRAILLE, cut, letters, paint
from actcli.pictures.ranges import telling_range
from actcli.pictures.scenes import Scene, picture, touch
from actcli.shell.options import find_function
from actcli.shell.output import write_text

KEYS = """\
left right      move z; with shift ten times as far
0-9 .           type a z, also one with a - before it, then enter
up down         change the parameter; p chooses another
tab             another function: type to search, enter takes it
l               |g| and |g'| on a logarithmic axis
+ -             zoom in and out
s               save the figure as SVG in this folder
?               these keys
q               leave
"""
STEPS = 40  # from one side of the picture to the other
FOUND = 8  # functions that a search shows
NARROW, WIDE = 66, 120  # columns below which z and a, and from which all that is told of z has one line
BEGUN = set("0123456789.")
TYPED = BEGUN | set("-eE")


@dataclass
class Explorer:
    """The state of an exploration; `press` changes it, `lines` are what it looks like."""

    function: Function
    text: str  # what it was asked for by
    z: Fraction = Fraction(0)
    limits: tuple[float, float] = (-5.0, 5.0)
    log: bool = False
    parameter: int = 0
    typed: str = ""
    search: str | None = None
    chosen: int = 0
    message: str = ""
    help: bool = False
    over: bool = False
    before: tuple[float, float] | None = None  # the limits that a - has widened, which may begin a number
    known: dict[object, Picture] = field(default_factory=dict)

    @staticmethod
    def of(text: str) -> "Explorer":
        """Start with a function over its own range."""
        found = find_function(text)
        low, high = telling_range([found])
        return Explorer(found, text, limits=(float(low), float(high)))

    # ------------------------------------------------------------------------ keys

    def press(self, key: str) -> None:
        """Do what a key is for."""
        self.message, was_help, self.help = "", self.help, False
        before, self.before = self.before, None
        try:
            if self.search is not None:
                self._press_in_search(key)
            elif self.typed or key in BEGUN:
                if before:
                    self.limits, self.typed = before, "-"
                self._press_in_number(key)
            elif key in ACTIONS:
                ACTIONS[key](self)
            self.help = self.help and not was_help
        except (ActcliError, OSError) as fault:
            self.message = str(fault)

    def _press_in_number(self, key: str) -> None:
        if key in TYPED:
            self.typed += key
        elif key == "backspace":
            self.typed = self.typed[:-1]
        else:
            typed, self.typed = self.typed, ""
            if key == "enter":
                self._go_to(parse_number(typed))

    def _go_to(self, z: Fraction | float) -> None:
        if isinstance(z, float):
            raise ActcliError(f"z = {z}: a finite number")
        self.z = z
        low, high = self.limits
        if not low <= z <= high:
            half = (high - low) / 2
            self.limits = (float(z) - half, float(z) + half)

    def _press_in_search(self, key: str) -> None:
        found = self.matches
        if key in ("up", "down"):
            self.chosen = (self.chosen + (1 if key == "down" else -1)) % max(len(found), 1)
        elif key == "enter" and found:
            self._take(found[self.chosen])
        elif key == "backspace":
            self.search, self.chosen = (self.search or "")[:-1], 0
        elif len(key) == 1 and key.isprintable():
            self.search, self.chosen = (self.search or "") + key, 0
        else:
            self.search = None

    @property
    def matches(self) -> list[str]:
        """The names that the search finds, those that start with it first."""
        typed = (self.search or "").casefold()
        names = [e.name for e in CATALOG if any(typed in name.casefold() for name in e.names())]
        names = [name for name in names if not find_function(name).reads_vectors]
        return sorted(names, key=lambda name: not name.startswith(typed))[:FOUND]

    def _take(self, name: str) -> None:
        self.function, self.text, self.search, self.parameter = find_function(name), name, None, 0
        low, high = telling_range([self.function])
        near = high - low >= abs(self.z - Fraction(low + high) / 2)  # then z is shown, too
        self.limits = (min(low, float(self.z)), max(high, float(self.z))) if near else (low, high)
        self._go_to(self.z)

    def move(self, steps: int) -> None:
        """Move z by so many steps of the picture."""
        step = _round_step((self.limits[1] - self.limits[0]) / STEPS)
        self._go_to(round(self.z / step + steps) * step)

    def zoom(self, factor: float) -> None:
        """Show a part of the axis so much wider, z where it is."""
        low, high = self.limits
        z = float(self.z)
        if 1e-9 < (high - low) * factor < 1e12:
            self.limits = (z - (z - low) * factor, z + (high - z) * factor)

    def change(self, sign: int) -> None:
        """Raise or lower the parameter by a twentieth of its size, in round numbers."""
        names = list(self.function.parameters)
        if not names:
            raise ActcliError(f"{self.function.label} has no parameter")
        name = names[self.parameter % len(names)]
        old = bound_of(self.function.parameters[name])
        if old is None or isinstance(old, float):
            raise ActcliError(f"{name} is no number that can be changed")
        step = _round_step(abs(float(old)) / 20 or 0.05)
        values = {key: write(node) for key, node in self.function.parameters.items()}
        values[name] = shortest(float(round(old / step + sign) * step))
        changed = ":".join([self.text.partition(":")[0], *(f"{k}={v}" for k, v in values.items())])
        self.function, self.text = find_function(changed), changed

    def minus(self) -> None:
        """Zoom out, unless a number follows."""
        self.before = self.limits
        self.zoom(2.0)

    def save(self) -> None:
        """Write the picture as SVG into a new file of this folder."""
        from actcli.pictures.exports import exported
        from actcli.pictures.sheets import Look

        stem = "".join(c if c.isalnum() or c in "_-=." else "_" for c in self.function.label)[:60]
        paths = (Path(f"{stem}{f'-{k}' if k > 1 else ''}.svg") for k in range(1, 1000))
        path = next(path for path in paths if not path.exists())
        write_text(exported(self._picture(500, told=True), ".svg", Look()), path)
        self.message = f"saved {path}"

    # ------------------------------------------------------------------------ the screen

    def lines(self, width: int, height: int, ascii: bool, color: bool) -> list[str]:
        """Return the screen, line by line, the last of them without an end."""
        below = self._below(width)
        shown = self.function.label if not self.log else f"|g| and |g'| in decades: {self.function.label}"
        size = {"width": width, "height": max(height - len(below) - 1, 3)}
        drawn = draw(self._picture(width), **size, ascii=ascii, color=color).splitlines()
        over = KEYS.splitlines() if self.help else self._search_lines() if self.search is not None else []
        drawn[1 : 1 + len(over)] = [f" {line}".ljust(width)[:width] for line in over]
        texts = (
            cut(letters(text, ascii), width, (ASCII if ascii else BRAILLE).more) for text in (shown, *below)
        )
        shown, *below = (paint(text, False) for text in texts)
        return [shown, *drawn, *below]

    def _picture(self, width: int, told: bool = False) -> Picture:
        """Return the curves, which are known if nothing but z has changed, and what touches them at z."""
        key = (self.text, self.limits, self.log, width)
        if key not in self.known:
            scene = Scene(xlim=self.limits, width=width, log=self.log)
            self.known = {key: picture([self.function], scene)}
        shown, z = self.known[key], float(self.z)
        try:
            touching = touch(self.function, z, self.limits, self.log)
        except ActcliError:  # there is no slope, but perhaps a point
            g = answer_or_nan(value(self.function), z)
            touching = Curve("z", np.array([]), np.array([]), points=((z, g),), kind="line")
        label = touching.label if told else touching.label.partition(" ")[0]
        return replace(shown, curves=(*shown.curves, replace(touching, label=label)))

    def _search_lines(self) -> list[str]:
        found = [f"{'>' if k == self.chosen else ' '} {name}" for k, name in enumerate(self.matches)]
        return [f"function: {self.search}_", *(found or ["  nothing is called so"])]

    def _below(self, width: int) -> list[str]:
        z = float(self.z)
        a, rise = _answered(value(self.function), z), _answered(slope(self.function), z)
        form = self._in_a() if rise != "none" else ""
        place, value_, rises = f"z = {shortest(z)}", f"a = g(z) = {a}", f"g'(z) = {rise}{form}"
        told = [place, value_, rises] if width < NARROW else [f"{place}   {value_}", rises]
        told = told if width < WIDE else ["   ".join(told)]
        hints = "left right z   tab function   l log   + - zoom   s save   ? keys   q leave"
        last = self.message or (f"z = {self.typed}_" if self.typed else self._parameters() or hints)
        return [*told, last]

    def _in_a(self) -> str:
        entry = self.function.entry
        if not entry or not entry.from_value or not self.function.satisfies(entry.from_value_when):
            return ""
        return f" = {entry.from_value}"

    def _parameters(self) -> str:
        values = [f"{name} = {write(node)}" for name, node in self.function.parameters.items()]
        if values:
            place = self.parameter % len(values)
            values[place] = f"[{values[place]}]"
        return "   ".join([*values, "up down changes it, ? shows the keys"]) if values else ""


def _round_step(size: float) -> Fraction:
    """Return 1, 2 or 5 times a power of ten, about so large."""
    power = Fraction(10) ** math.floor(math.log10(size))
    return next((k * power for k in (1, 2, 5) if k * power >= Fraction(size) * Fraction(3, 4)), 10 * power)


def _answered(question: Question, z: float) -> str:
    try:
        return shortest(answer(question, z))
    except NoAnswerError:
        return "none"


ACTIONS: Mapping[str, Callable[[Explorer], None]] = {
    "left": lambda e: e.move(-1),
    "right": lambda e: e.move(1),
    "shift-left": lambda e: e.move(-10),
    "shift-right": lambda e: e.move(10),
    "up": lambda e: e.change(1),
    "down": lambda e: e.change(-1),
    "p": lambda e: setattr(e, "parameter", e.parameter + 1),
    "tab": lambda e: setattr(e, "search", ""),
    "l": lambda e: setattr(e, "log", not e.log),
    "+": lambda e: e.zoom(0.5),
    "=": lambda e: e.zoom(0.5),
    "-": Explorer.minus,
    "_": lambda e: e.zoom(2.0),
    "s": Explorer.save,
    "?": lambda e: setattr(e, "help", True),
    "q": lambda e: setattr(e, "over", True),
}
