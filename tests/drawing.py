"""What is true of every picture in a terminal."""

import unicodedata


def columns(text):
    """Count the terminal columns of a line."""
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me")
        else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )  # fmt: skip


def check(text, width, height):
    """Assert what is true of every picture."""
    assert text.endswith("\n")
    lines = text[:-1].split("\n")
    assert len(lines) == height
    assert max(map(columns, lines)) <= width
    assert all(line == line.rstrip() for line in lines)
    assert "\u2800" not in text
    assert "\x1b" not in text
    corners = [i for i, line in enumerate(lines) if line.lstrip()[:1] in ("┌", "└") and line[-1] in "┐┘"]
    if len(corners) == 2:
        assert len(set(map(columns, lines[corners[0] : corners[1] + 1]))) == 1
