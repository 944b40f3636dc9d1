"""Columns to text: one convention for numbers, one golden text a format."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.language.texts import on_screen, shortest
from actcli.pages.tables import Remarks, aligned, screen

HEADER = ["z", "g(z, a)"]
ROWS = [[-1.0, 0.1], [0.0, math.nan], [1e-7, -math.inf]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "-0"),
        (0.5, "0.5"),
        (1e-4, "0.0001"),
        (1e-5, "1e-5"),
        (-4.5397868702434395e-05, "-4.5397868702434395e-5"),
        (1e-6, "1e-6"),
        (1.5e-300, "1.5e-300"),
        (1e15, "1000000000000000"),
        (1e16, "1e16"),
        (1.7976931348623157e308, "1.7976931348623157e308"),
        (5e-324, "5e-324"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
    ],
)
def test_numbers_have_one_form(value, text):
    assert shortest(value) == text


@given(st.floats(allow_nan=False))
def test_the_shortest_text_reads_back(value):
    text = shortest(value)
    assert float(text) == value
    assert math.copysign(1, float(text)) == math.copysign(1, value)
    assert len(text.lstrip("-").replace(".", "").split("e")[0].strip("0")) <= 17


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (-0.9999999958776927, "-1.00000"),
        (-1.0, "-1"),
        (4.5397868702434395e-05, "4.53979e-5"),
        (123456789.0, "1.23457e8"),
        (3e-15, "3e-15"),
        (math.nan, "nan"),
    ],
)
def test_on_screen_rounding_is_visible(value, text):
    assert on_screen(value) == text


@given(st.lists(st.lists(st.floats(), min_size=5, max_size=5), max_size=4), st.integers(16, 120))
def test_a_screen_table_fits_and_cuts_nothing(rows, width):
    header = ["z", "sigmoid", "d_sigmoid", "relu", "d_relu"]
    text = screen(header, rows, width=width, color=False)
    assert all(len(line) <= width for line in text.splitlines())
    assert "\u2026" not in text
    folded = re.sub(r"[^-\w.]", "", text)
    for cell in {on_screen(cell) for row in rows for cell in row}:
        assert cell in text if width >= 38 else set(cell) <= set(folded)


@given(st.lists(st.floats(), min_size=1))
def test_decimal_points_are_aligned(numbers):
    cells = [on_screen(number) for number in numbers]
    lines = aligned(cells)
    assert [line.strip() for line in lines] == cells
    assert len(set(map(len, lines))) == 1
    assert len({line.index(".") for line in lines if "." in line}) <= 1
    whole = {len(line.rstrip()) for line in lines if re.fullmatch(r" *-?[0-9]+ *", line)}
    assert len(whole) <= 1


class Odd(Remarks):
    """Remarks to see them all."""

    def titles(self, header):
        return [name.upper() for name in header]

    def sets_off(self, row):
        return row[0] == 0

    def stars(self, row, column):
        return column == 1 and row[0] == 0

    def dims(self, row, column):
        return column == 1 and row[1] == 0.125

    def notes(self, rows):
        return [f"* of {len(rows)} rows"]


def test_remarks_are_shown():
    rows = [[-1.0, 0.125], [0.0, 0.5], [1.0, 1.0], [2.0, 2.0]]
    text = screen(["z", "g"], rows, width=80, color=False, ascii=True, remarks=Odd())
    assert text.split("\n") == [
        "+------------+",
        "|  Z |     G |",
        "|----+-------|",
        "| -1 | 0.125 |",
        "|----+-------|",
        "|  0 | 0.5*  |",
        "|----+-------|",
        "|  1 | 1     |",
        "|  2 | 2     |",
        "+------------+",
        "* of 4 rows",
        "",
    ]
    coloured = screen(["z", "g"], rows, width=80, color=True, remarks=Odd())
    assert "\x1b[2m0.125" in coloured and "\x1b[2m0.5" not in coloured


def test_a_column_of_texts_is_folded_not_put_below():
    rows = [["gelu", "a b " * 20, "[0, 1]"]] * 2
    text = screen(["name", "formula", "range"], rows, width=64, color=False)
    assert text.count("name") == 1 and all(len(line) <= 64 for line in text.splitlines())


def test_markup_in_a_label_is_shown_as_it_is():
    assert "g[z] [/x] :x:" in screen(["z", "g[z] [/x] :x:"], [], width=80, color=False)


def test_an_ascii_table_is_ascii():
    assert screen(HEADER, ROWS, width=80, color=False, ascii=True).isascii()


def test_colour_is_decoration_only():
    plain = screen(HEADER, ROWS, width=80, color=False)
    coloured = screen(HEADER, ROWS, width=80, color=True)
    assert "\x1b[" in coloured and "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_long_table_comes_in_parts_and_keeps_the_rows_before_a_fault(actcli, monkeypatch):
    monkeypatch.setattr("actcli.streams.writers.MOST_DRAWN", 2)
    drawn = actcli("table", "relu", "1:5:1", "--table").out
    assert drawn.count("╭") == 3 and drawn.count("\n│ ") == 8
    ended = actcli("table", "heaviside", "-1", "0", "1", "--table", "--on-error", "stop")
    assert ended.status == 2 and "│ -1 │" in ended.out and "│  1 │" not in ended.out


def test_a_long_table_of_a_pipe_comes_in_parts(tmp_path, actcli, monkeypatch):
    monkeypatch.setattr("actcli.streams.writers.MOST_DRAWN", 2)
    (tmp_path / "z.txt").write_text("1\n\n2\n3\nx\n5\n")
    ended = actcli("eval", "relu", tmp_path / "z.txt", "--table")
    assert ended.status == 2 and ended.out.count("╭") == 2 and ended.out.count("\n│ ") == 5
    empty = actcli("eval", "relu", tmp_path / "z.txt", "--table", "--on-error", "empty")
    assert empty.out.count("╭") == 3 and "│   │" in empty.out


@pytest.mark.parametrize("color", [False, True])
def test_what_fits_is_drawn_as_a_table_with_texts_is(color):
    rows = [(float(z), z / 7) for z in range(-3, 3)]
    drawn = screen(["z", "g"], rows, width=80, color=color)
    with_text = screen(["z", "g", "t"], [(*row, "t") for row in rows], width=80, color=color)
    for plain, other in zip(drawn.splitlines(), with_text.splitlines(), strict=True):
        assert plain[:14] == other[:14]
