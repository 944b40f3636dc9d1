"""A figure as SVG, for TeX; as PNG or PDF by libraries of the extra actcli[figures]."""

from string import Template
from xml.sax.saxutils import escape

from actcli.errors import ActcliError
from actcli.language.limits import Array
from actcli.pictures.figures import CURVE_WIDTH, DASHES, INKS, Figure, Lettering, Line, polylines
from actcli.pictures.plots.picture import Curve, Picture, View
from actcli.pictures.plots.ticks import ticks

FONTS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
PNG_ZOOM = 300 / 96  # dots of a PNG for a px: 300 an inch
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
    if line.width == CURVE_WIDTH:
        stroke += ' stroke-linecap="round"'
    called = f' class="{line.name}"' if line.name else ""
    fill = line.color if line.filled else "none"
    return f'<path{called} d="{_path(line.points)}" fill="{fill}" {stroke}/>\n'


def _path(points: Array) -> str:
    places = [f"{_number(x)} {_number(y)}" for x, y in points.tolist()]
    return f"M{'L'.join(places)}" + ("h0" if len(places) == 1 else "")


def _text(text: Lettering) -> str:
    x, y = _number(text.x), _number(text.y)
    turned = f' transform="rotate(-90 {x} {y})"' if text.turned else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{_number(text.size)}" fill="{text.color}"'
        f' text-anchor="{text.anchor}"{turned}>{escape(printable(text.text))}</text>\n'
    )


def printable(text: str) -> str:
    """Return a text without what is no character to print."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def png(figure: Figure) -> bytes:
    """Return a figure as PNG of 300 dots an inch."""
    try:
        import resvg_py
    except ImportError:
        raise ActcliError(f".png needs resvg-py: {EXTRA}") from None
    width = round(figure.size[0] * PNG_ZOOM)
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

_TEX = Template(r"""% compiles as it is; within a document take the tikzpicture
\documentclass[tikz]{standalone}
\usepackage{pgfplots}
\pgfplotsset{compat=1.16}
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
    options = [f"width={frame.width / 96:.3f}in", f"height={frame.height / 96:.3f}in", "scale only axis"]
    options += [f"xmin={view.x[0]!r}, xmax={view.x[1]!r}, ymin={view.y[0]!r}, ymax={view.y[1]!r}"]
    options += [f"at={{(0, {-(frame.top - figure.frames[0].top) / 96:.3f}in)}}", "tick align=inside"]
    options += [
        _decades(view) if view.log else "minor tick num=4",
        "legend pos=north west",
        "legend style={draw=none, fill=none}",
    ]
    options += ["grid=major"] if picture.grid else []
    options += [f"xlabel={{{_escaped(picture.xlabel)}}}"] if last else ["xticklabels={}"]
    if picture.xnames and last:
        places, names = (",".join(map(str, column)) for column in zip(*picture.xnames, strict=True))
        options += [f"xtick={{{places}}}", f"xticklabels={{{names}}}"]
    options += [f"ylabel={{{_escaped(picture.ylabel)}}}"] if picture.ylabel and not place else []
    options += [f"title={{{_escaped(picture.title)}}}"] if picture.title and not place else []
    plots = "".join(_addplot(k, curve, figure, place) for k, curve in enumerate(frame.panel.curves))
    return f"\\begin{{axis}}[{', '.join(options)}]\n{plots}\\end{{axis}}\n"


def _decades(view: View) -> str:
    """Return the ticks of an axis of logarithms."""
    places = [view.y[0] + tick.place * (view.y[1] - view.y[0]) for tick in ticks(view.y, 5, log=True)]
    powers = [str(round(place)) for place in places]
    names = ",".join(f"$10^{{{power}}}$" for power in powers)
    return f"minor x tick num=4, ytick={{{','.join(powers)}}}, yticklabels={{{names}}}"


def _addplot(k: int, curve: Curve, figure: Figure, place: int) -> str:
    frame, dashes = figure.frames[place], DASHES[k % len(DASHES)]
    dashed = f", dash pattern={' '.join(_dash(i, x) for i, x in enumerate(dashes))}" if dashes else ""
    color = f"actcli{k % len(INKS)}"
    lines = [frame.in_data(line) for line in polylines(curve, frame)]
    found = "".join(
        f"\\addplot[{color}, thick, no marks{dashed}{'' if i == 0 else ', forget plot'}] coordinates {{"
        + " ".join(f"({x:.7g},{y:.7g})" for x, y in line.tolist()) + "};\n"
        for i, line in enumerate(lines)
    )  # fmt: skip
    if curve.points:
        places = " ".join(f"({x!r},{y!r})" for x, y in curve.points)
        forget = ", forget plot" if lines else ""
        found += f"\\addplot[{color}, only marks, mark size=1.5pt{forget}] coordinates {{{places}}};\n"
    return found + (f"\\addlegendentry{{{_escaped(curve.label)}}}\n" if found else "")


def _dash(i: int, length: float) -> str:
    return f"{'off' if i % 2 else 'on'} {length:g}pt"


def _escaped(text: str) -> str:
    """Return a text as TeX sets it."""
    marks = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
    return "".join(marks.get(c, f"\\{c}" if c in "#$%&_{}" else c) for c in printable(text))
