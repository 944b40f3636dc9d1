"""A figure as SVG, for TeX; as PNG or PDF by libraries of the extra actcli[figures]."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from string import Template
from xml.sax.saxutils import escape

import numpy as np

from actcli.errors import ActcliError
from actcli.language.limits import Array, Limits
from actcli.pictures.figures import powered
from actcli.pictures.plots.ink import JOINER
from actcli.pictures.plots.picture import Curve, Picture
from actcli.pictures.plots.ticks import Tick, named_ticks, ticks
from actcli.pictures.sheets import (
    CURVE_WIDTH,
    INKS,
    MARKS,
    Figure,
    Frame,
    Lettering,
    Line,
    is_lone,
    polylines,
    spot,
    style_of,
)

FONTS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
PNG_ZOOM = 300 / 96  # dots of a PNG for a px: 300 an inch
_CAPITAL = ("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "phi", "psi", "omega")
_SMALL = (*_CAPITAL, "alpha", "beta", "epsilon", "zeta", "eta", "kappa", "mu", "nu", "rho", "tau", "chi")
TEX_MARKS = dict(
    zip(MARKS, ("*", "o", "square*", "square", "triangle*", "triangle", "pentagon*"), strict=True)
)
MOST_DOTS = 10**8  # of a PNG
EXTRA = "pip install 'actcli[figures]'"


def svg(figure: Figure) -> str:
    """Return a figure as SVG: texts as texts, curves as paths, no outside links."""
    width, height = figure.size
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_number(width)}" height="{_number(height)}"'
        f' viewBox="0 0 {_number(width)} {_number(height)}" font-family="{FONTS}">\n'
    )
    paper = f'<rect width="100%" height="100%" fill="{escape(figure.paper)}"/>\n' if figure.paper else ""
    return head + paper + "".join(map(_part, figure.parts)) + "</svg>\n"


def _part(part: Line | Lettering) -> str:
    return _text(part) if isinstance(part, Lettering) else _line(part)


def _line(line: Line) -> str:
    stroke = f'stroke="{line.color}" stroke-width="{_number(line.width)}" stroke-linejoin="round"'
    if line.dashes:
        stroke += f' stroke-dasharray="{" ".join(map(_number, line.dashes))}"'
    if line.width == CURVE_WIDTH and not line.dashes:
        stroke += ' stroke-linecap="round"'
    fill = line.color if line.filled else "none"
    return f'<path{_called(line)} d="{_path(line.points)}" fill="{fill}" {stroke}/>\n'


def _called(part: Line | Lettering) -> str:
    return f' class="{part.name}"' if part.name else ""


def _path(points: Array) -> str:
    places = [f"{_number(x)} {_number(y)}" for x, y in points.tolist()]
    return f"M{'L'.join(places)}" + ("h0" if len(places) == 1 else "")


def _text(text: Lettering) -> str:
    x, y = _number(text.x), _number(text.y)
    turned = f' transform="rotate(-90 {x} {y})"' if text.turned else ""
    return (
        f'<text{_called(text)} x="{x}" y="{y}" font-size="{_number(text.size)}" fill="{text.color}"'
        f' text-anchor="{text.anchor}"{turned}>{escape(printable(text.text))}</text>\n'
    )


def printable(text: str) -> str:
    """Return a text without what is no character to print."""
    return "".join(c if c.isprintable() or c == JOINER else "\N{REPLACEMENT CHARACTER}" for c in text)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def png(figure: Figure) -> bytes:
    """Return a figure as PNG of 300 dots an inch."""
    try:
        import resvg_py
    except ImportError:
        raise ActcliError(f".png needs resvg-py: {EXTRA}") from None
    width, height = (round(side * PNG_ZOOM) for side in figure.size)
    if width * height > MOST_DOTS:
        raise ActcliError(f".png: {width}x{height} dots are too many: choose a smaller --size, or .svg")
    return bytes(resvg_py.svg_to_bytes(svg_string=svg(figure), width=width, sans_serif_family="DejaVu Sans"))


def pdf(figure: Figure) -> bytes:
    """Return a figure as PDF."""
    try:
        import cairosvg
    except ImportError:
        raise ActcliError(f".pdf needs CairoSVG: {EXTRA}") from None
    except OSError:
        raise ActcliError(".pdf needs the cairo library, which this system has not") from None
    found: bytes = cairosvg.svg2pdf(bytestring=svg(figure).encode())
    return found


# ---------------------------------------------------------------------------- TeX

LONGEST_LABEL = 500  # letters, as TeX has no length above 5 m
_TEX = Template(r"""% compiles as it is; within a document take the tikzpicture
\documentclass[tikz]{standalone}
\usepackage{pgfplots}
\pgfplotsset{compat=1.16}
\makeatletter\def\UTFviii@undefined@err#1{?}\makeatother % characters that pdfLaTeX's fonts have not
$colors\begin{document}
\begin{tikzpicture}
$axes\end{tikzpicture}
\end{document}
""")


def tex(figure: Figure, picture: Picture) -> str:
    """Return a pgfplots picture that compiles as it is."""
    colors = "".join(
        f"\\definecolor{{actcli{k}}}{{HTML}}{{{ink.removeprefix('#')}}}\n" for k, ink in enumerate(INKS)
    )
    axes = [_axis(k, figure, picture) for k in range(len(figure.frames))]
    return _TEX.substitute(colors=colors, axes="".join(axes))


def _axis(place: int, figure: Figure, picture: Picture) -> str:
    frame, last = figure.frames[place], place == len(figure.frames) - 1
    view = frame.panel.view
    x, across = _scale("x", view.x, named_ticks(picture.xnames, view.x) or ticks(view.x, 6), picture.xnames)
    y, up = _scale("y", view.y, ticks(view.y, 5, view.log), view.log)
    numbers = replace(frame, panel=replace(frame.panel, view=replace(view, x=x, y=y)))
    options = [f"width={frame.width / 96:.3f}in", f"height={frame.height / 96:.3f}in", "scale only axis"]
    options += [f"at={{(0, {-(frame.top - figure.frames[0].top) / 96:.3f}in)}}", "tick align=inside"]
    options += [across, up, _legend_at(figure, place), "legend cell align=left", "clip mode=individual"]
    options += ["grid=major"] * picture.grid
    options += [f"xlabel={{{_escaped(picture.xlabel)}}}"] if last else ["xticklabels={}"]
    options += [f"ylabel={{{_escaped(picture.ylabel)}}}"] if picture.ylabel and not place else []
    options += [f"title={{{_escaped(picture.title)}}}"] if picture.title and not place else []
    plots = "".join(_addplot(k, curve, frame, numbers) for k, curve in enumerate(frame.panel.curves))
    plots += _remarks(picture, frame, numbers) if last else ""
    return f"\\begin{{axis}}[{', '.join(options)}]\n{plots}\\end{{axis}}\n"


def _legend_at(figure: Figure, place: int) -> str:
    """Return where the legend of an axis stands: in its free corner, or beside it."""
    style = "legend style={draw=none, fill=none}, legend pos"
    if not figure.boxes:
        return f"{style}=outer north east"
    frame, middle = figure.frames[place], figure.boxes[place].mean(axis=0)
    up = "north" if middle[1] < frame.top + frame.height / 2 else "south"
    return f"{style}={up} {'west' if middle[0] < frame.left + frame.width / 2 else 'east'}"


def _scale(axis: str, limits: Limits, marks: Sequence[Tick], named: object) -> tuple[Limits, str]:
    """Return the limits of an axis and how it is set: from 0 to 1 where TeX has too few digits for it."""
    low, high = limits
    easy = 1e-3 < high - low < 1e4 and max(abs(low), abs(high)) < 100 * (high - low)
    low, high = limits if easy else (0.0, 1.0)
    found = f"{axis}min={low!r}, {axis}max={high!r}"
    if easy and not named:
        return (low, high), f"{found}, minor {axis} tick num=4"
    places = ",".join(f"{low + tick.place * (high - low):.7g}" for tick in marks)
    text = ",".join("${}^{{{}}}$".format(*powered(tick.label)) for tick in marks)
    names = text.replace("\N{MINUS SIGN}", "-").replace("\N{MIDDLE DOT}", r"\cdot ")
    return (low, high), f"{found}, {axis}tick={{{places}}}, {axis}ticklabels={{{names}}}"


def _places(points: Sequence[tuple[float, float]], frame: Frame, numbers: Frame) -> str:
    """Return points as coordinates of the axes."""
    return _coordinates(np.array([spot(point, frame) for point in points]), numbers) if points else ""


def _coordinates(line: Array, numbers: Frame) -> str:
    return " ".join(f"({x:.7g},{y:.7g})" for x, y in numbers.in_data(line).tolist())


def _addplot(k: int, curve: Curve, frame: Frame, numbers: Frame) -> str:
    style, color = style_of(curve, k), f"actcli{k % len(INKS)}"
    dashes = " ".join(f"{'off' if i % 2 else 'on'} {length:g}pt" for i, length in enumerate(style.dashes))
    stroke = f"line width={style.width / 2:g}pt, no marks" + (f", dash pattern={dashes}" if dashes else "")
    stroke += f", fill={color}" if curve.filled else ""
    lone = "only marks, mark=*, mark size=0.9pt"
    lines = [(lone if is_lone(line) else stroke, line) for line in polylines(curve, frame)]
    shapes = [(how, _coordinates(line, numbers)) for how, line in lines]
    mark = f"only marks, mark={TEX_MARKS[style.mark or MARKS[0]]}, mark size=1.5pt"
    shapes += [(mark, _places(frame.panel.view.points(curve), frame, numbers))]
    return _plots(color, [shape for shape in shapes if shape[1]], curve.label)


def _remarks(picture: Picture, frame: Frame, numbers: Frame) -> str:
    """Return the kinks and the saturated parts, along the axis of z."""
    low, (kinks, parts) = frame.panel.view.y[0], frame.panel.view.remarks(picture)
    ends = [_places([(z, low) for z in part], frame, numbers) for part in parts]
    at = _places([(z, low) for z in kinks], frame, numbers)
    flat = [("line width=3pt, no marks", places) for places in ends]
    marks = [("only marks, mark=triangle*", at)] if at else []
    return _plots("gray", flat, picture.shaded_as) + _plots("black", marks, "kink")


def _plots(color: str, shapes: Sequence[tuple[str, str]], label: str) -> str:
    found = "".join(
        f"\\addplot[{color}, {how}{', forget plot' if i else ''}] coordinates {{{places}}};\n"
        for i, (how, places) in enumerate(shapes)
    )
    name = label if len(label) <= LONGEST_LABEL else label[:LONGEST_LABEL] + "\u2026"
    return found + (f"\\addlegendentry{{{_escaped(name)}}}\n" if found else "")


def _escaped(text: str) -> str:
    """Return a text as TeX sets it."""
    marks = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
    marks |= {c: f"\\{c}" for c in "#$%&_{}"} | {c: rf"\ensuremath{{{c}}}" for c in "<>|"}
    return "".join(marks.get(c) or _greek(c) or c for c in printable(text))


def _greek(letter: str) -> str:
    """Return the command of a Greek letter, if it has one."""
    found = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(letter, ""))
    word = found[2].lower().replace("lamda", "lambda") if found else ""
    if not found or word not in (_SMALL if found[1] == "SMALL" else _CAPITAL):
        return ""
    return rf"\ensuremath{{\{word if found[1] == 'SMALL' else word.capitalize()}}}"
