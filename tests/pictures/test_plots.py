"""Pictures of curves: what holds for every picture, and a few pictures to look at."""

import math
import os
import re
import subprocess
import sys
import textwrap
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from drawing import check
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actcli.pictures.plots import Curve, Picture, draw, sample_points, sparkline
from actcli.pictures.plots.ink import COLOURS, FAINT, letters
from actcli.pictures.plots.strokes import hatch, share, trace
from actcli.pictures.plots.ticks import default_limits, sane, ticks

pytestmark = pytest.mark.filterwarnings("error")
GOLDEN = Path(__file__).parent / "golden"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def curve(label, g, lo, hi, breaks=(), points=(), width=80):
    """Sample g between lo and hi."""
    z = sample_points(lo, hi, width, breaks)
    with np.errstate(all="ignore"):
        return Curve(label, z, np.asarray([g(x) for x in z], float), breaks, points)


def sigmoid(z):
    """Return the sigmoid of one number."""
    return 1 / (1 + math.exp(-z))


def slope(z):
    """Return the derivative of the sigmoid."""
    return sigmoid(z) * sigmoid(-z)


def relu(z):
    """Return the ReLU of one number."""
    return max(z, 0.0)


SIGMOID = Picture((curve("sigmoid(z)", sigmoid, -6, 6), curve("sigmoid'(z)", slope, -6, 6)), (-6, 6), None)
RELU = Picture(
    (
        curve("relu(z)", relu, -3, 3, (0.0,)),
        curve("relu'(z)", lambda z: float(z >= 0), -3, 3, (0.0,)),
    ),
    (-3, 3), None, marks=(0.0,), shaded=((-3.0, 0.0),),
)  # fmt: skip
TANGENT = Picture(
    (
        curve("tanh(z)", math.tanh, -4, 4),
        Curve("0.762 + 0.42(z - 1)", np.array([-4.0, 4.0]),
              math.tanh(1) + (1 - math.tanh(1) ** 2) * (np.array([-4.0, 4.0]) - 1),
              (), ((1.0, math.tanh(1)),)),
    ),
    (-4, 4), (-1.5, 1.5), title="tanh and its tangent at 1",
)  # fmt: skip
FOUR = Picture(
    (
        curve("sigmoid(z)", sigmoid, -5, 5),
        curve("tanh(z)", math.tanh, -5, 5),
        curve("relu(z)", relu, -5, 5),
        curve("leaky_relu:slope=0.2(z)", lambda z: z if z > 0 else 0.2 * z, -5, 5),
    ),
    (-5, 5), (-1.5, 2),
)  # fmt: skip
PICTURES = {
    "sigmoid-80x24": (SIGMOID, {}),
    "relu-jump-60x16": (RELU, {"width": 60, "height": 16}),
    "tangent-70x18": (TANGENT, {"width": 70, "height": 18}),
    "four-100x26": (FOUR, {"width": 100, "height": 26}),
    "ascii-80x20": (FOUR, {"width": 80, "height": 20, "ascii": True}),
    "sigmoid-40x12": (SIGMOID, {"width": 40, "height": 12}),
    "relu-colour-40x12": (RELU, {"width": 40, "height": 12, "color": True}),
}


@pytest.mark.parametrize("name", list(PICTURES))
def test_golden(name):
    """The picture is the one in the file; GOLDEN=write makes the file."""
    picture, size = PICTURES[name]
    text, file = draw(picture, **size), GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


# -- laws ----------------------------------------------------------------------------------

HUGE = sys.float_info.max
EXTREMES = [0.0, -0.0, 5e-324, -5e-324, 1e-300, 1.0, -1.0, 1e6, 1e300, -1e300, 1e308,
            HUGE, -HUGE, math.inf, -math.inf, math.nan]  # fmt: skip
numbers = st.one_of(st.sampled_from(EXTREMES), st.floats(), st.floats(-10, 10))
pairs = st.tuples(numbers, numbers)
words = st.text(max_size=30) | st.sampled_from(["漢字" * 8, "e\u0301" * 9, "\x1b[31m", "a\nb"])


@st.composite
def curves(draw_from):
    """Any numbers at all as a curve, in increasing z or not."""
    count = draw_from(st.integers(0, 30))
    z = draw_from(st.lists(numbers, min_size=count, max_size=count))
    y = draw_from(st.lists(numbers, min_size=count, max_size=count))
    breaks = tuple(draw_from(st.lists(numbers, max_size=3)))
    points = tuple(draw_from(st.lists(pairs, max_size=3)))
    ordered = sorted(z) if draw_from(st.booleans()) else z
    return Curve(draw_from(words), np.array(ordered), np.array(y), breaks, points)


pictures = st.builds(
    Picture,
    st.lists(curves(), max_size=7).map(tuple),
    pairs,
    st.none() | pairs,
    words,
    st.lists(numbers, max_size=3).map(tuple),
    st.lists(pairs, max_size=3).map(tuple),
    words,
    st.just(()) | st.lists(curves(), max_size=3).map(tuple),
    xlabel=words,
    ylabel=words,
    grid=st.booleans(),
)
sizes = st.sampled_from([1, 2, 3, 4, 5, 8, 13, 20, 40, 80]) | st.integers(1, 100)


@settings(max_examples=120, suppress_health_check=list(HealthCheck))
@given(pictures, sizes, sizes, st.booleans())
def test_any_picture(picture, width, height, ascii):
    """No numbers, names or sizes break a picture; colour changes nothing but the colours."""
    text = draw(picture, width=width, height=height, ascii=ascii)
    check(text, width, height)
    assert text.isascii() or not ascii
    coloured = draw(picture, width=width, height=height, ascii=ascii, color=True)
    assert ANSI.sub("", coloured) == text


@pytest.mark.parametrize("width", [1, 2, 3, 5, 7, 10, 20, 40, 80, 133, 400])
@pytest.mark.parametrize("height", [1, 2, 3, 4, 6, 8, 24, 100])
def test_sizes(width, height):
    """Every size gives a picture of that size, and the curve reaches from end to end of it."""
    text = draw(SIGMOID, width=width, height=height)
    check(text, width, height)
    assert any("\u2800" < c < "\u2900" for c in text)


def test_extremes_do_not_abort():
    """The values that abort plotext leave a process of its own alive."""
    program = """
        import itertools, math, numpy as np
        from actcli.pictures.plots import *
        odd = [math.nan, math.inf, -math.inf, 1e308, -1e308, 1e300, 5e-324, 1e5, 0.0]
        z = np.linspace(-1, 1, 2 * len(odd))
        for k, (a, b) in enumerate(itertools.permutations(odd, 2)):
            for limits in [(-1, 1), (0, 1e308), (0, 5e-324), (a, b)]:
                y = np.array((odd[k % 9:] + odd[:k % 9]) * 2)
                curve = Curve("g", np.where(z == 0, a, z), y, (b,), ((a, b),))
                ylim = [None, (-1, 1), (a, b)][(k + k // 9 + (limits == (-1, 1))) % 3]
                draw(Picture((curve, curve), limits, ylim), width=30, height=8)
        print("alive")
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "alive\n", done.stderr[-800:]


@pytest.mark.parametrize("wild", ["noise", "sine", "gaps"])
def test_wild_curves(wild):
    """Two hundred thousand samples that jump about are still a picture."""
    z = np.linspace(-5, 5, 200_000)
    noise = np.random.default_rng(0).normal(size=z.size)
    y = {"noise": noise, "sine": np.sin(1e4 * z), "gaps": np.where(noise > 0, noise, np.nan)}
    check(draw(Picture((Curve(wild, z, y[wild]),), (-5, 5)), width=200, height=60), 200, 60)


# -- what a picture shows ------------------------------------------------------------------


def body(text):
    """Return the canvas of a picture."""
    return [re.split("[│┤]", line)[1] for line in text.split("\n") if line.endswith("│")]


def inked(text):
    """Return where the canvas has braille, as (line, column)."""
    return {
        (row, col)
        for row, line in enumerate(body(text))
        for col, char in enumerate(line)
        if "\u2800" < char < "\u2900"
    }


def one(y, z=None, **more):
    """Draw one curve at 42 by 12 and return the picture."""
    z = np.linspace(0, 1, len(y)) if z is None else z
    settings = {"xlim": (0, 1), "ylim": (0, 1)} | more
    return draw(Picture((Curve("g", np.asarray(z), np.asarray(y, float)),), **settings),
                width=42, height=12)  # fmt: skip


def test_curve_fills_the_canvas_from_corner_to_corner():
    """A rising line starts in the lower left cell and ends in the upper right one."""
    dots = inked(one([0, 1]))
    rows, cols = {r for r, _ in dots}, max(c for _, c in dots)
    assert (min(rows), cols) in dots and (max(rows), 0) in dots
    assert max(rows) == 7 and len(rows) == 7 and cols == len(body(one([0, 1]))[0]) - 1


def test_line_is_connected():
    """Steep parts are joined: no line between the ends is left empty."""
    assert {row for row, _ in inked(one([0, 0, 1, 1], [0, 0.5, 0.5, 1]))} == set(range(1, 8))


def test_far_points_keep_their_direction():
    """A straight line with its ends far outside crosses the canvas where it should."""
    assert inked(one([-1e9, 1e9 + 1], [-1e9, 1e9 + 1])) == inked(one([-1, 2], [-1, 2]))
    assert inked(one([-1e300, 1e300], [0.0, 1.0])) == {(row, 17) for row in range(8)}


def test_break_is_a_gap():
    """Samples on either side of a break are not joined, nor with one on it."""
    curve_ = Curve("g", np.array([0, 0.49, 0.5, 0.51, 1]), np.array([0, 0, 0.5, 1, 1.0]), (0.5,))
    text = draw(Picture((curve_,), (0, 1), (0, 1)), width=42, height=13)
    assert {row for row, _ in inked(text)} == {0, 4, 8}


@pytest.mark.parametrize("hole", [np.nan, np.inf])
def test_gap(hole):
    """Nothing is drawn where there is no number, and no line is drawn across."""
    y = np.full(100, 0.5)
    y[40:60] = hole
    level = {col for row, col in inked(one(y)) if row == 4 or row == 3}
    assert level and not level & set(range(17, 21))


def test_what_is_steep_is_joined():
    """From far below to far above within a cell is a line, unless a break says that it is a pole."""
    assert inked(one([-9, 9], [0.5, 0.501])) and inked(one([-9, 9], [0.0, 1.0]))


def test_infinity_leaves_by_the_edge():
    """A curve that runs to infinity is drawn up to the frame."""
    assert {row for row, _ in inked(one([0.5, np.inf], [0.5, 0.6]))} == {0, 1, 2, 3, 4}


def test_zero_axes_are_light_and_only_inside():
    """Zero lines are drawn when zero is inside, and not along the frame."""
    assert "┼" in one([0.5, 1], xlim=(-1, 1), ylim=(-1, 1))
    assert not re.search("[┈┊┼]", one([0, 1]))


def test_kinks_and_saturation_are_marked():
    """The z axis shows the kink and the saturated part, and the legend says what they are."""
    text = draw(RELU, width=60, height=16)
    axis = next(line for line in text.split("\n") if "└" in line)
    assert re.fullmatch(r" *└[━┯]+▲[─┬]+┘", axis)
    assert "▲ kink" in text and "━━ saturated" in text
    assert "kink" not in draw(SIGMOID) and "saturated" not in draw(SIGMOID)


def test_curves_differ_without_colour():
    """Each of eight curves has a swatch of its own, in braille as in ASCII."""
    level = [Curve(f"<{k}>", np.array([0.0, 1]), np.array([k, k]) / 9.0) for k in range(8)]
    for ascii in (False, True):
        text = draw(Picture(tuple(level), (0, 1)), height=40, ascii=ascii)
        swatches = re.findall(r"(?:^|   ) *(\S.{2,3}) <", text, re.M)
        assert len(set(swatches)) == 8
        canvas = [line[:-1].strip() for line in text.split("\n") if line[-1:] in ("│", "|")]
        assert len({re.sub("[0-9. ]", "", line)[1:9] for line in canvas}) > 5


def test_first_curve_lies_on_top():
    """Where curves meet, the first one's colour is seen."""
    line = np.array([0.5, 0.5])
    both = Picture(tuple(Curve(n, np.array([0.0, 1]), line) for n in "ab"), (0, 1), (0, 1))
    canvas = draw(both, color=True, ascii=True).split("└")[0].rsplit("\n", 2)[0]
    assert f"38;5;{COLOURS[0]}m" in canvas and f"38;5;{COLOURS[1]}m**" not in canvas


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0, -1.0])
def test_curves_that_run_together_are_seen_in_turn(count, slope):
    """Together they have no other dots than one alone, and each has its share of them."""
    z = np.linspace(-1.0, 1, 200)
    same = tuple(Curve(f"<{k}>", z, slope * z) for k in range(count))
    alone = inked(draw(Picture(same[:1], (-1, 1), (-1, 1)), width=62, height=20))
    text = draw(Picture(same, (-1, 1), (-1, 1)), width=62, height=20, color=True)
    canvas = text[: text.index("└")]
    seen = [len(re.findall(rf"38;5;{colour}m", canvas)) for colour in COLOURS[:count]]
    assert min(seen) >= 2 and max(seen) <= 3 * min(seen) + 10
    assert inked(ANSI.sub("", text)) <= alone


@pytest.mark.parametrize("steep", [0.3, 1.0, 5.0])
@pytest.mark.parametrize("where", [-0.4, 0.0, 0.1])
def test_curves_that_cross_stay_whole(steep, where):
    """A crossing is no running together: nothing of either curve is left out."""
    z = np.linspace(-1.0, 1, 200)
    paths = [trace(z, k * (z - where), (), ((-1, 1), (-1, 1)), (120, 80)) for k in (steep, -steep)]
    assert all(np.array_equal(a, b) for a, b in zip(share(paths, 8000), paths, strict=True))


def test_a_line_of_labels_that_do_not_fit_is_the_curves():
    """The picture is as high as asked for, whether or not its z axis has room for a label."""
    check(draw(Picture((), (1e6, 2.0)), width=5, height=8), 5, 8)


def test_two_panels_share_their_z_axis():
    """Each panel has labels of its own; the axis between them has the ticks of the one below."""
    upper, lower = (Curve(n, np.array([0.0, 1]), np.array(y)) for n, y in (("g", [0, 1]), ("s", [70, 90])))
    text = draw(Picture((upper,), (0, 1), lower=(lower,)), width=50, height=24)
    check(text, 50, 24)
    between, below = ([i for i, c in enumerate(line) if c == "┬"] for line in text.split("\n") if "┬" in line)
    assert between == below and len(below) > 2
    assert re.search("^ *1.0┤", text, re.M) and re.search("^ *90┤", text, re.M)


def test_points_alone_have_marks_of_their_own():
    """Curves of points differ without colour, and the legend shows the marks."""
    dots = tuple(Curve(f"<{k}>", np.array([]), np.array([]), points=((k / 9, 0.5),)) for k in range(4))
    for ascii in (False, True):
        text = draw(Picture(dots, (0, 1), (0, 1)), ascii=ascii)
        marks = re.findall(r"(\S) <", text)
        assert len(set(marks)) == 4 and all(text.count(mark) >= 2 for mark in marks)


def test_legend_wraps_and_gives_way():
    """Many long names wrap within the width; what does not fit ends in dots."""
    many = tuple(Curve(f"function number {k}", np.array([0.0, 1]), np.array([0, 1.0]))
                 for k in range(30))  # fmt: skip
    text = draw(Picture(many, (0, 1)), width=50, height=20)
    check(text, 50, 20)
    assert "function number 3" in text and "…" in text and len(body(text)) >= 8


def test_what_has_no_line_stands_in_the_frame_and_small_pictures_have_two_labels():
    shown = replace(SIGMOID, title="Sigmoid")
    for height in range(5, 13):
        for width in (70, 80):
            lines = draw(shown, width=width, height=height).splitlines()
            assert all(name in "".join(lines) for name in ("sigmoid(z)", "sigmoid'(z)", "Sigmoid")), height
            assert sum("┤" in line for line in lines) > 1
    assert "…" in draw(shown, width=20, height=5).splitlines()[0]


def test_grid_and_names_of_the_axes():
    shown = replace(SIGMOID, grid=True, xlabel="depth", ylabel="value", title="Title")
    lines = draw(shown, width=60, height=16).splitlines()
    assert [line.strip() for line in lines[:2]] == ["Title", "value"] and lines[-2].strip() == "depth"
    ground = next(line for line in lines if "└" in line)
    ticks = [k for k, char in enumerate(ground) if char == "┬"]
    inked = [line for line in lines if re.match(" *[0-9.]*[│┤]", line)]
    assert len(inked) > 8 and all(line[k] in "┊┼" or line[k] > "⠀" for line in inked for k in ticks[1:-1])
    assert all("┈" in line or re.search("[\u2801-\u28ff]", line) for line in lines if "┤" in line)


def test_joined_emoji_are_as_wide_as_they_are_drawn():
    texts = ("👨\u200d👩\u200d👧\u200d👦 f", "❤\ufe0f x", "👍🏽", "🇩🇪", "训练", "e\u0301", "한국")
    assert [len(letters(text)) for text in texts] == [4, 4, 2, 2, 4, 1, 4]
    assert ["".join(glyph for glyph, _ in letters(text)) for text in texts] == list(texts)


def test_a_name_without_blanks_is_folded():
    many = Picture((Curve("a" * 50, np.array([0.0, 1]), np.array([0, 1.0])),), (0, 1))
    for ascii in (False, True):
        assert draw(many, width=30, height=16, ascii=ascii).count("a") == 50


def test_colours_are_readable_on_black_and_on_white():
    """Every colour has a contrast of 3:1 to both (WCAG's bound for graphics)."""
    for code in (*COLOURS, FAINT):
        red, green, blue = rgb(code)
        light = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        assert (light + 0.05) / 0.05 >= 3 and 1.05 / (light + 0.05) >= 3, code
    assert len(set(COLOURS)) == len(COLOURS)


# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes 2009: what lacks one of three cones sees, in linear RGB.
PROTANOPIA = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.052]]
DEUTERANOPIA = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.96888]]
TRITANOPIA = [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
XYZ = [[0.4339, 0.3762, 0.1899], [0.2126, 0.7152, 0.0722], [0.0177, 0.1095, 0.8727]]  # white is 1, 1, 1


def test_no_two_colours_are_alike_to_the_colour_blind():
    """Eight curves differ by 15 in CIELAB at least, to all eyes; 2.3 is a difference that is just seen."""
    for seen in map(np.array, (np.eye(3), PROTANOPIA, DEUTERANOPIA, TRITANOPIA)):
        found = []
        for code in COLOURS:
            x, y, z = np.cbrt(np.array(XYZ) @ np.clip(seen @ [linear(level) for level in rgb(code)], 0, 1))
            found.append(np.array([116 * y, 500 * (x - y), 200 * (y - z)]))
        assert min(np.linalg.norm(a - b) for a, b in combinations(found, 2)) > 15


def rgb(code):
    """Return the levels of one of the terminal's 256 colours."""
    if code >= 232:
        return (8 + 10 * (code - 232),) * 3
    levels = (0, 95, 135, 175, 215, 255)
    return tuple(levels[(code - 16) // 6**k % 6] for k in (2, 1, 0))


def linear(level):
    """Undo the gamma of sRGB."""
    share = level / 255
    return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4


def test_drawing_leaves_nothing_behind(monkeypatch):
    """The same picture comes out whatever was drawn before and wherever it runs."""
    before = draw(SIGMOID)
    draw(FOUR, width=30, height=9, ascii=True, color=True)
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("NO_COLOR", "1")
    assert draw(SIGMOID) == before


def test_import_is_lazy():
    """Importing the file does not load plotext, nor does a sparkline."""
    program = """if True:
        import sys
        from actcli.pictures import plots
        plots.sparkline(plots.np.arange(3.0))
        print("plotext" in sys.modules)"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          cwd=Path(__file__).parent)  # fmt: skip
    assert done.stdout == "False\n"


# -- limits and ticks ----------------------------------------------------------------------


def names(lo, hi, about):
    """Return the labels of an axis."""
    return [tick.label for tick in ticks((lo, hi), about)]


def test_labels():
    """Labels are round, short, of one kind, and never -0."""
    assert names(0, 1, 6) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
    assert names(-0.3, 0.3, 7) == ["-0.3", "-0.2", "-0.1", "0.0", "0.1", "0.2", "0.3"]
    assert names(-5, 5, 3) == ["-5", "0", "5"]
    assert names(-1e-12, 1e-12, 5) == ["-1e-12", "-5e-13", "0", "5e-13", "1e-12"]
    assert names(0, 2e43, 4) == ["0", "5e42", "1e43", "1.5e43", "2e43"]
    assert names(0, 1e5, 3) == ["0", "50000", "100000"]
    assert names(999999.999, 1000000.001, 3) == ["999999.999", "1000000.000", "1000000.001"]


@given(st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)), st.integers(3, 12))
def test_ticks_law(limits, about):
    """Ticks are where they say they are, in order, and of about the number asked for."""
    lo, hi = sane(limits)
    chosen = ticks((lo, hi), about)
    places = [tick.place for tick in chosen]
    assert 1 <= len(chosen) <= 2 * about + 1
    assert places == sorted(places) and all(0 <= place <= 1 for place in places)
    for tick in chosen:
        value = float(tick.label)
        share = (value / 4 - lo / 4) / (hi / 4 - lo / 4) if hi > 1e-300 or lo < -1e-300 else None
        assert share is None or math.isclose(share, tick.place, abs_tol=1e-5)
    assert len({tick.label for tick in chosen}) == len(chosen)
    assert not any(re.match(r"-0(\.0*)?$", tick.label) for tick in chosen)


def limits(*y):
    """Choose the limits for some y."""
    return default_limits([np.asarray(part, float) for part in y])


def test_default_limits():
    """All of a bounded curve is shown, with round limits; nothing at all still spans something."""
    assert limits([4e-5, 0.99995]) == (0, 1)
    assert limits([-0.17, 5]) == (-0.2, 5)
    assert limits([]) == limits([np.nan]) == limits([0, 0]) == (-1, 1)
    assert limits([1, 1]) == (0, 2)
    assert limits([-3, -3]) == (-6, 0)
    lo, hi = limits([1e6 - 1e-3, 1e6 + 1e-3])
    assert 1e6 - 2e-3 < lo < hi < 1e6 + 2e-3


def test_sample_points():
    """Both ends, four points a column, and every break with its two neighbours."""
    z = sample_points(-3, 3, 20, (0.0, 1.0, 7.0))
    assert z[0] == -3 and z[-1] == 3 and len(z) >= 80
    assert {0.0, 5e-324, -5e-324, 1.0, np.nextafter(1, 2), np.nextafter(1, 0)} <= set(z)
    assert (np.diff(z) > 0).all()
    assert (np.diff(z) <= 6 / 80 + 1e-12).all()
    assert np.isfinite(sample_points(-1.7e308, 1.7e308, 9, ())).all()


def test_sparkline():
    """A character for each value, lowest to highest; nan is blank and a constant is level."""
    assert sparkline(np.arange(8.0)) == "▁▂▃▄▅▆▇█"
    assert sparkline(np.array([0, np.nan, 1])) == "▁ █"
    assert len(set(sparkline(np.full(5, 3.0)))) == 1
    assert sparkline(np.array([])) == ""
    assert sparkline(np.arange(4.0), ascii=True) == '_.-"'
    assert sparkline(np.array([-1.7e308, 0, 1.7e308]))[::2] == "▁█"


def test_hatching_joins_the_least_and_the_greatest_of_each_column():
    """Where a curve is too wild to follow, strokes run from its least to its greatest y."""
    path = np.array([[x, y, 0] for x in range(40) for y in (1, 60, 20)], float)
    drawn = hatch(path, 10_000)
    for x in range(40):
        assert drawn[drawn[:, 0] == x].tolist() == [[x, 1, 1], [x, 60, 0]], "the pen is lifted to the least"
