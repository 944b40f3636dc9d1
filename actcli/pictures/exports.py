"""A picture to a file: which kinds there are, and who prints each."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from actcli.errors import ActcliError
from actcli.pictures import KINDS
from actcli.pictures.figures import figure
from actcli.pictures.plots.picture import Picture
from actcli.pictures.printers import pdf, png, svg, tex
from actcli.pictures.sheets import FIGURE_SIZE, Look, darkened
from actcli.pictures.web import Script, web_page

Tell = Callable[[str], None]
UNITS = {"px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72}
LEAST, MOST = 60.0, 20_000.0  # px of a side
LEAST_LETTERS, LETTERS = 7.0, 11.0  # px
COLOR_NAMES = "white|black|gray|silver|ivory|beige|red|green|blue|yellow|orange|pink|navy|transparent"
_COLOR = re.compile(rf"#(?:[0-9a-fA-F]{{3,4}}){{1,2}}|{COLOR_NAMES}")
_SIZE = re.compile(r"(\d+\.?\d*|\.\d+)x(\d+\.?\d*|\.\d+)(px|in|cm|mm|pt)?")


def suffix_of(path: Path) -> str:
    """Return the suffix that chooses the kind of file; ActcliError where it names none."""
    suffix = path.suffix.lower()
    if suffix not in KINDS:
        raise ActcliError(f"{str(path)!r}: a picture is kept as {', '.join(KINDS)}; end the name in one")
    return suffix


def size_in_px(text: str) -> tuple[float, float]:
    """Return a WxH such as 12cmx8cm or 85x60mm in px."""
    plain = text.lower().replace(" ", "").replace("\N{MULTIPLICATION SIGN}", "x")
    found = _SIZE.fullmatch(re.sub(r"(?<=\d)(px|in|cm|mm|pt)(?=x)", "", plain))
    sides = [float(found[k]) * UNITS[found[3] or "px"] for k in (1, 2)] if found else [0.0]
    if not all(LEAST <= side <= MOST for side in sides):
        raise ActcliError(
            f"--size {text}: write WxH such as 12x8cm, 85x60mm or 640x420, each side from 16 mm up"
        )
    return sides[0], sides[1]


def looked(size: str = "", background: str = "", dark: bool = False, margin: bool = True) -> Look:
    """Return how a figure is to look, from what was asked for."""
    if background and not _COLOR.fullmatch(background):
        raise ActcliError(
            f"--background {background}: write #f4f4f4, or one of {COLOR_NAMES.replace('|', ', ')}"
        )
    sides = size_in_px(size) if size else FIGURE_SIZE
    letters = min(max(min(sides) / 18, LEAST_LETTERS), LETTERS)
    look = Look(sides, letters, paper=background)
    look = look if margin else replace(look, margin=0.0)
    return darkened(look) if dark or _is_dark(background) else look


def _is_dark(color: str) -> bool:
    """Tell whether light letters are read better on a colour."""
    if not color.startswith("#"):
        return color in ("black", "navy", "blue", "green", "red")
    wide = len(color) // 4 or 1
    red, green, blue = (int((color[1 + k * wide :][:wide] * 2)[:2], 16) for k in range(3))
    return 0.3 * red + 0.6 * green + 0.1 * blue < 100


def exported(
    shown: Picture, suffix: str, look: Look, script: Script | None = None, tell: Tell = lambda text: None
) -> bytes:
    """Return a picture as the bytes of a file of that kind; `script` makes a page compute."""
    drawn = figure(shown, look)
    if not drawn.is_named and suffix != ".tex":
        tell("note: there is no room for a legend: choose a larger --size")
    writers: Mapping[str, Callable[[], str | bytes]] = {
        ".svg": lambda: svg(drawn),
        ".png": lambda: png(drawn),
        ".pdf": lambda: pdf(drawn),
        ".tex": lambda: tex(drawn, shown),
        ".html": lambda: web_page(drawn, shown, look, script),
    }
    found = writers[suffix]()
    return found.encode("utf-8", "replace") if isinstance(found, str) else found
