"""What a picture is made of: characters, colours, and lines of them that become strings."""

import unicodedata
from dataclasses import dataclass
from itertools import groupby

Glyph = tuple[str, int | None]  # a character and its colour, one of the terminal's 256
Line = list[Glyph]

# Each has at least 3:1 against black and against white; for every kind of colour-blindness no two are alike.
# Nine strokes and marks to eight colours: none has a factor in common.
COLOURS = (33, 202, 29, 93, 139, 160, 126, 104)
FAINT = 244
JOINER, AS_EMOJI = "\u200d", "\ufe0f"  # between emoji that are one, and after a sign that is to be one
HANGING = 5  # columns of a swatch and a blank


@dataclass(frozen=True)
class Stroke:
    """How a curve is told from the others without colour: a plotext marker and a dash pattern."""

    marker: str
    dashes: str = "1"


@dataclass(frozen=True)
class Ink:
    """The characters a picture is made of."""

    dots: tuple[int, int]  # how many a cell can show, across and up
    strokes: tuple[Stroke, ...]
    corners: str
    bars: str  # horizontal, vertical
    heavy: str
    xtick: str  # on a thin and on a heavy line
    ytick: str
    axes: str  # y = 0, z = 0, origin
    kink: str
    points: str  # on a curve, and for curves of points alone
    joint: str  # the ends of the line between two panels
    more: str


BRAILLE = Ink(
    dots=(2, 4),
    strokes=tuple(
        Stroke("braille", d)
        for d in ("1", "10", "11111000", "11100100", "1000", "11111110", "1100", "11110101", "10000000")
    ),
    corners="┌┐└┘", bars="─│", heavy="━", xtick="┬┯", ytick="┤", axes="┈┊┼",
    kink="▲", points="●○■□◆◇▼▽★", joint="├┤", more="…",
)  # fmt: skip
ASCII = Ink(
    dots=(1, 1),
    strokes=tuple(Stroke(marker) for marker in "*ox#%@vns"),
    corners="++++", bars="-|", heavy="=", xtick="++", ytick="+", axes=".:+",
    kink="^", points="O8$&QXWZG", joint="++", more="~",
)  # fmt: skip


def swatch(stroke: Stroke) -> str:
    """Return four characters of a level line in this stroke."""
    if stroke.marker != "braille":
        return stroke.marker * 4
    on = [mark == "1" for mark in (stroke.dashes * 8)[:8]]
    return "".join(chr(0x2800 + 2 * on[k] + 16 * on[k + 1]) for k in range(0, 8, 2)).replace("\u2800", " ")


def letters(text: str, ascii: bool = False) -> Line:
    """Return the text as cells: a wide character fills two, an accent and a joined emoji the one before."""
    if ascii:
        text = text.encode("ascii", "replace").decode()
    line: Line = []
    for char in text:
        at = -2 if line[-1:] == [("", None)] else -1
        before = line[at][0] if line else ""
        if before and (_joins(char) or before.endswith(JOINER)):
            line[at] = (before + char, None)
            line += [("", None)] if char == AS_EMOJI and at == -1 and before > "\u203b" else []
            continue
        char = char if char.isprintable() else "?"
        line.append((char, None))
        if unicodedata.east_asian_width(char) in "WF":
            line.append(("", None))
    return line


def _joins(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Mn", "Me") or char == JOINER or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


def cut(line: Line, width: int, more: str) -> Line:
    """Shorten the line to the width, ending in `more`."""
    if len(line) <= width:
        return line
    kept = line[: width - 1]
    if kept and line[width - 1][0] == "":  # half of a wide character
        kept[-1] = (" ", None)
    return [*kept, (more, None)]


def paint(line: Line, color: bool) -> str:
    """Join the cells without trailing blanks, with an escape code around each coloured run."""
    runs = [
        ("".join(glyph for glyph, _ in run), colour)
        for colour, run in groupby(line, key=lambda cell: cell[1] if cell[0] != " " else None)
    ]
    if runs and runs[-1][1] is None:
        runs[-1] = (runs[-1][0].rstrip(), None)
    return "".join(
        f"\x1b[38;5;{colour}m{text}\x1b[39m" if color and colour is not None else text
        for text, colour in runs
    )


def wrapped(items: list[Line], width: int, most: int, more: str) -> list[Line]:
    """Set the items in lines, three blanks apart; what goes beyond `most` lines becomes `more`."""
    lines: list[Line] = []
    for item in items:
        if lines and len(lines[-1]) + 3 + len(item) <= width:
            lines[-1] = [*lines[-1], *letters("   "), *item]
        else:
            lines += [cut(line, width, more) for line in folded(item[: width * (most + 1)], width)]
    if len(lines) > most:
        lines[most - 1] = cut([*lines[most - 1], *letters(" " + more)], width, more)
    return lines[:most]


def folded(item: Line, width: int) -> list[Line]:
    """Break an item, between words where that goes, the rest below its name."""
    lines: list[Line] = []
    while len(item) > width >= 2 * HANGING:
        blanks = [k for k, cell in enumerate(item[: width + 1]) if cell == (" ", None) and k > HANGING]
        whole = width - (item[width][0] == "")  # not half of a wide character
        end, start = (blanks[-1], blanks[-1] + 1) if blanks else (whole, whole)
        lines.append(item[:end])
        item = [*letters(" " * HANGING), *item[start:]]
    return [*lines, item]


def indented(lines: list[Line], margin: int, width: int) -> list[Line]:
    """Align the lines with the frame if they have room for that."""
    room = width - max(map(len, lines), default=0)
    return [letters(" " * min(margin, room)) + line for line in lines]


def centred(line: Line, margin: int, width: int, more: str) -> Line:
    """Centre the line over `width` columns that begin after the margin."""
    line = cut(line, margin + width, more)
    indent = margin + min((width - len(line)) // 2, width - len(line))
    return letters(" " * max(indent, 0)) + line
