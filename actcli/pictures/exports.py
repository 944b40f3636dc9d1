"""A picture to a file of its own kind: text, SVG or HTML, through rich's export.

A viewer's fonts are not ours: often the dots of braille come from another, wider one. So each
character is put in its own place, and letters are so high that the frame's lines meet.
"""

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from actcli.errors import ActcliError
from actcli.pictures import KINDS

FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"

# rich fills in what stands in braces. A letter of 22 units is as high as a line of 24.4 in any of the
# fonts above; rich's own template has 20, and gaps in the frame unless it may load a font from the web.
_SVG = f"""<svg viewBox="0 0 {{width}} {{height}}" xmlns="http://www.w3.org/2000/svg">
<style>
.{{unique_id}}-matrix {{{{ font: 22px {FONTS}; }}}}
{{styles}}
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
<g class="{{unique_id}}-matrix" transform="translate({{terminal_x}}, 9)">
{{matrix}}
</g>
</svg>
"""
_HTML = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<title>actcli</title>
<style>
pre {{{{ font: 16px/18px {FONTS}; }}}}
b {{{{ display: inline-block; width: 1ch; height: 18px; overflow: hidden; }}}}
b {{{{ vertical-align: top; font-weight: normal; }}}}
{{stylesheet}}
body {{{{ color: {{foreground}}; background-color: {{background}}; }}}}
</style>
</head>
<body>
<pre>{{code}}</pre>
</body>
</html>
"""
ABOVE = 40 - 9  # what rich leaves above a picture for a window's title, and we do not


def suffix_of(path: Path) -> str:
    """Return the suffix that chooses the kind of file; ActcliError where it names none."""
    suffix = path.suffix.lower()
    if suffix not in KINDS:
        raise ActcliError(f"{str(path)!r}: a picture is kept as {', '.join(KINDS)}; end the name in one")
    return suffix


def exported(picture: str, suffix: str) -> str:
    """Return a picture, with or without colour codes, as the text of a file of that kind."""
    return _WRITERS[suffix](picture)


def _console(picture: str) -> Any:
    """Return a console of rich's that has recorded the picture."""
    from rich.console import Console
    from rich.text import Text

    lines = Text.from_ansi(picture)
    width = max((line.cell_len for line in lines.split()), default=1)
    console = Console(
        record=True, file=io.StringIO(), width=width, color_system="truecolor",
        force_terminal=True, legacy_windows=False,
    )  # fmt: skip
    console.print(lines, no_wrap=True, crop=False, highlight=False)
    return console


def _svg(picture: str) -> str:
    from rich.terminal_theme import DEFAULT_TERMINAL_THEME

    text = _console(picture).export_svg(
        title="", theme=DEFAULT_TERMINAL_THEME, code_format=_SVG, unique_id="actcli"
    )
    return _PIECE.sub(_each_in_its_place, _VIEW.sub(_without_title, text))


_VIEW = re.compile(r'(?<=viewBox="0 0 )(\S+) (\S+)(?=")')
_PIECE = re.compile(
    r'<text class="(?P<kind>[^"]*)" x="(?P<left>[^"]*)" y="(?P<up>[^"]*)" textLength="(?P<length>[^"]*)"'
    r' clip-path="[^"]*">(?P<text>[^<]*)</text>'
)


def _without_title(view: re.Match[str]) -> str:
    return f"{view[1]} {float(view[2]) - ABOVE:g}"


def _each_in_its_place(piece: re.Match[str]) -> str:
    """Give every character of a piece of text a place of its own, instead of the piece a length."""
    characters = re.findall(r"&[^;]*;|.", piece["text"])
    step = float(piece["length"]) / max(len(characters), 1)
    places = " ".join(f"{float(piece['left']) + k * step:g}" for k in range(len(characters)))
    if not characters:  # rich writes the ends of lines, too
        return ""
    return f'<text class="{piece["kind"]}" x="{places}" y="{piece["up"]}">{piece["text"]}</text>\n'


def _html(picture: str) -> str:
    from rich.terminal_theme import DEFAULT_TERMINAL_THEME

    text: str = _console(picture).export_html(theme=DEFAULT_TERMINAL_THEME, code_format=_HTML)
    return _WIDE.sub(r"<b>\g<0></b>", text)


_WIDE = re.compile("[\u2500-\u28ff]")

_WRITERS: Mapping[str, Callable[[str], str]] = dict(zip(KINDS, (_svg, _html, str), strict=True))
