"""A picture kept as a file: the same characters in every kind, each in its place."""

import html
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from actcli.catalog import function
from actcli.errors import ActcliError
from actcli.pictures.exports import KINDS, exported, suffix_of
from actcli.pictures.plots import draw
from actcli.pictures.scenes import Scene, picture

SHOWN = picture([function("relu")], Scene(apart=True, saturated=0.1, tangents=(1.0,)))
PLAIN, COLOURED = (draw(SHOWN, color=color) for color in (False, True))
SVG = "{http://www.w3.org/2000/svg}"


def grid(places):
    """Return the text that characters at (column, line) make."""
    lines = {}
    for x, y, character in places:
        lines.setdefault(round(y / 24.4), {})[round(x / 12.2)] = character
    rows = [lines.get(k, {}) for k in range(1, max(lines) + 1)]
    return "".join("".join(row.get(c, " ") for c in range(80)).rstrip() + "\n" for row in rows)


def characters(root):
    """Yield where an SVG puts each character."""
    for piece in root.iter(f"{SVG}text"):
        places = [float(x) for x in piece.get("x").split()]
        assert len(places) == len(piece.text)
        yield from ((x, float(piece.get("y")), c) for x, c in zip(places, piece.text, strict=True))


@pytest.mark.parametrize("shown", [PLAIN, COLOURED])
def test_an_svg_shows_the_same_characters_in_the_same_places(shown):
    root = ElementTree.fromstring(exported(shown, ".svg"))
    assert grid((x, y + 4.4, c) for x, y, c in characters(root)).replace("\xa0", " ") == PLAIN


def test_an_svg_is_as_large_as_its_picture():
    root = ElementTree.fromstring(exported(PLAIN, ".svg"))
    *_, width, height = map(float, root.get("viewBox").split())
    assert 80 * 12.2 <= width <= 80 * 12.2 + 30 and 24 * 24.4 <= height <= 24 * 24.4 + 60


def test_an_svg_has_the_colours_and_loads_nothing():
    text = exported(COLOURED, ".svg")
    assert "#0087ff" in text and "#0087ff" not in exported(PLAIN, ".svg")
    assert not re.search("https?://(?!www.w3.org)|@font-face|@import", text)


@pytest.mark.parametrize("shown", [PLAIN, COLOURED])
def test_html_shows_the_same_characters(shown):
    text = exported(shown, ".html")
    inside = text[text.index("<pre>") + 5 : text.index("</pre>")]
    shown_text = html.unescape(re.sub("<[^>]*>", "", inside))
    assert [line.rstrip() for line in shown_text.rstrip().split("\n")] == PLAIN.rstrip().split("\n")
    assert "http" not in text


def test_text_is_the_picture():
    assert exported(PLAIN, ".txt") == PLAIN


@pytest.mark.parametrize("kind", KINDS)
def test_the_suffix_chooses(kind):
    assert suffix_of(Path(f"a.b{kind.upper()}")) == kind


@pytest.mark.parametrize("name", ["a", "a.png", "svg", ".svg"])
def test_another_suffix_is_refused_with_those_there_are(name):
    with pytest.raises(ActcliError, match=r"\.svg, \.html, \.txt"):
        suffix_of(Path(name))
