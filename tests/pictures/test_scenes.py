"""Functions as pictures: what is drawn, over which z, with what laid over it."""

import os
import random
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from drawing import check
from formulas import any_formula
from hypothesis import given, settings
from hypothesis import strategies as st

from actcli.catalog import CATALOG, function
from actcli.numerics.answers import answers, plain_answers, slope, value
from actcli.numerics.kinks import breaks
from actcli.pictures.data import Measured
from actcli.pictures.plots import draw
from actcli.pictures.plots.ink import BRAILLE
from actcli.pictures.plots.page import plan
from actcli.pictures.plots.picture import panels
from actcli.pictures.ranges import telling_range
from actcli.pictures.scenes import Scene, picture, small_sparkline

GOLDEN = Path(__file__).parent / "golden"
ENTRIES = [entry.bind() for entry in CATALOG]
STRAIGHT = [(w, h) for w in (20, 33, 57, 80, 132) for h in (6, 9, 16, 24)]
SIZES = [(20, 5), (20, 10), (40, 15), (80, 24), (120, 40), (200, 60)]
MEASURED = Measured(
    ("z", "kernel", "d_kernel"),
    (np.arange(-4.0, 5), np.arange(-4, 5) / 8 + 0.5, np.full(9, 0.125)),
)


def functions(*texts):
    return [function(text) for text in texts]


def drawn(texts, width=80, height=24, ascii=False, **scene):
    shown = picture(functions(*texts.split()), Scene(width=width, **scene))
    return draw(shown, width=width, height=height, ascii=ascii)


# ---------------------------------------------------------------------------- to look at

PICTURES = {
    "sigmoid-20x5": (("sigmoid", 20, 5), {}),
    "relu-20x10": (("relu", 20, 10), {}),
    "stack-40x15": (("leaky_relu:slope=0.2", 40, 15), {"apart": True}),
    "tangents-80x24": (("tanh", 80, 24), {"tangents": (0.0, 2.0), "saturated": 0.01}),
    "stack-80x30": (("sigmoid", 80, 30), {"apart": True, "saturated": 0.01, "tangents": (0.0,)}),
    "slopes-200x60": (("sigmoid tanh relu leaky_relu", 200, 60), {"values": False}),
    "data-80x24": (("sigmoid", 80, 24), {"data": MEASURED}),
    "stack-ascii-60x20": (("relu", 60, 20, True), {"apart": True, "saturated": 0.5}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_golden(name):
    """The picture is the one in the file; GOLDEN=write makes the file."""
    what, scene = PICTURES[name]
    text, file = drawn(*what, **scene), GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


# ---------------------------------------------------------------------------- every function, every size


@pytest.mark.parametrize("part", [0, *(pytest.param(k, marks=pytest.mark.long) for k in range(1, 5))])
@pytest.mark.parametrize("shown", ENTRIES, ids=lambda shown: shown.label)
def test_every_activation_can_be_drawn(shown, part):
    for width, height in SIZES[(ENTRIES.index(shown) + part) % 5 :: 5]:
        for apart in (False, True):
            scene = Scene(width=width, apart=apart, tangents=(0.625,), saturated=0.01)
            check(draw(picture([shown], scene), width=width, height=height), width, height)
    assert len(small_sparkline(shown, 11, ascii=False)) == 11


@pytest.mark.parametrize("seed", range(10))
def test_any_formula_can_be_drawn(seed):
    chance = random.Random(seed)
    for width, height in (chance.choice(SIZES) for _ in range(10)):
        shown = function(any_formula(chance))
        scene = Scene(width=width, apart=chance.random() < 0.5, saturated=0.1)
        check(draw(picture([shown], scene), width=width, height=height), width, height)


def test_a_kink_at_infinity_can_be_drawn():
    check(drawn("exp(1e9*max(z,1))"), 80, 24)


@pytest.mark.parametrize("apart", [False, True])
def test_axes_are_straight(apart):
    """Ticks stand on dots, a whole number of cells apart, two at least; nothing that is shown is left out."""
    for k, function_ in enumerate(ENTRIES):
        shown = picture([function_], Scene(apart=apart, xlim=(-3.3, 4.7) if k % 2 else None))
        for width, height in STRAIGHT[(k + 5 * apart) % 10 :: 10]:
            page = plan(shown, BRAILLE, width, height)
            for strip, limits in zip(page.strips, panels(shown, len(page.strips) > 1), strict=True):
                where = f"{function_.label} at {width}x{height}"
                assert_straight(strip.ticks, 4, strip.rows, strip.panel.view.y, where)
                assert_straight(page.x, 2, page.cols, strip.panel.view.x, where)
                for seen, asked in ((strip.panel.view.x, limits.view.x), (strip.panel.view.y, limits.view.y)):
                    dust = 1e-9 * (asked[1] - asked[0])
                    assert seen[0] <= asked[0] + dust and asked[1] <= seen[1] + dust, where


def assert_straight(chosen, dots, cells, limits, where):
    """Assert that ticks stand on dots of an axis, at even distances, where their labels say."""
    places = [tick.place * (dots * cells - 1) for tick in chosen]
    assert len(places) >= 2 or cells < 10, where
    assert np.allclose(places, np.round(places), atol=1e-6), where
    assert len({round(b - a) for a, b in pairwise(places)} | {0}) <= 2, where
    assert all(round(b - a) % dots == 0 for a, b in pairwise(places)), where
    values = [limits[0] + tick.place * (limits[1] - limits[0]) for tick in chosen]
    named = [float(tick.label) for tick in chosen]
    assert np.allclose(values, named, atol=1e-9 * (limits[1] - limits[0]), rtol=0), where


def test_a_limit_is_never_inside_what_is_drawn(actcli):
    """Limits are numbers of floating point: they are not rounded into the data."""
    for command in ("relu 1e9:1000000010", "z^2 1e150:1.0000001e150", "1e13+z 0:3"):
        found = actcli("plot", *command.split(), "--no-deriv")
        canvas = [line for line in found.out.splitlines() if line.endswith("│")]
        assert sum(bool(re.search("[⠁-⣿]", line)) for line in canvas) >= 8, found.out


# ---------------------------------------------------------------------------- over which z


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("sigmoid", (-8, 8)),
        ("tanh", (-4, 4)),
        ("relu", (-3, 3)),
        ("relu6", (-5, 9)),
        ("sigmoid(100*z)", (-0.08, 0.08)),
        ("sigmoid(z-100)", (92, 108)),
        ("2*z + 1", (-3, 3)),
        ("3", (-3, 3)),
        ("sin(z)", (-12.5, 12.5)),
        ("1/z", (-3, 3)),
        ("z^z", (-3, 3)),
        ("exp(exp(z))", (-3, 1.5)),
        ("where(z > 0, log(z), z)", (-3, 3)),
    ],
)
def test_the_range_shows_what_a_function_does(text, limits):
    assert telling_range(functions(text)) == limits


@pytest.mark.parametrize("shown", ENTRIES, ids=lambda shown: shown.label)
def test_the_range_holds_the_kinks_next_to_zero(shown):
    low, high = telling_range([shown])
    assert -1e3 < low < high < 1e3
    near = sorted(breaks(shown, (-100, 100)), key=abs)[:1]
    assert all(low < z < high for z in near)


def test_kinks_that_come_again_are_all_marked():
    assert picture(functions("stair"), Scene(xlim=(-3.5, 3.5))).marks == tuple(range(-3, 4))


@settings(max_examples=30)
@given(st.integers(-3, 3), st.sampled_from(["sigmoid", "tanh", "gelu", "softsign", "relu6"]))
def test_the_range_goes_with_the_scale(power, name):
    low, high = telling_range(functions(name))
    squeezed = telling_range(functions(f"{name}(z*{2.0**power})"))
    assert squeezed == pytest.approx((low / 2**power, high / 2**power), rel=0.35)


def test_several_functions_share_a_range_that_shows_them_all():
    low, high = telling_range(functions("sigmoid", "relu6", "tanh"))
    assert (low, high) == (-8, 9)


def test_a_tangent_is_in_sight_unless_a_range_was_asked_for():
    assert picture(functions("tanh"), Scene(tangents=(9.0,))).xlim == (-4, 9)
    assert picture(functions("tanh"), Scene(tangents=(9.0,), xlim=(-1, 1))).xlim == (-1, 1)


# ---------------------------------------------------------------------------- what is drawn


def labels(curves):
    return [curve.label for curve in curves]


def test_g_and_its_slope_are_called_by_their_names():
    shown = picture(functions("Sigmoid", "leaky_relu:slope=0.2", "z^2", "z*sigmoid(z)"), Scene())
    assert labels(shown.curves) == [
        *("Sigmoid", "leaky_relu:slope=0.2", "z^2", "z*sigmoid(z)"),
        *("Sigmoid'", "leaky_relu':slope=0.2", "(z^2)'", "(z*sigmoid(z))'"),
    ]


def test_kept_apart_slopes_have_their_own_scale():
    shown = picture(functions("sigmoid"), Scene(apart=True))
    assert labels(shown.curves) == ["sigmoid"] and labels(shown.lower) == ["sigmoid'"]
    text = drawn("sigmoid", height=30, apart=True)
    assert "├" in text and "0.2┤" in text and text.index("1.00┤") < text.index("0.2┤")


def test_kept_apart_where_there_is_no_room_is_together(actcli):
    assert "├" not in drawn("sigmoid", height=10, apart=True)
    notes = [actcli("plot", "sigmoid", "--stack", "--height", height).err for height in (4, 10, 11)]
    assert "no frame" in notes[0] and "needs 11 lines" in notes[1] and not notes[2]


@settings(max_examples=40)
@given(st.floats(-5, 5), st.sampled_from(["sigmoid", "tanh", "gelu", "z^3"]))
def test_a_tangent_touches_with_the_slope_it_says(z, text):
    shown = functions(text)[0]
    touching = picture([shown], Scene(tangents=(z,))).curves[-1]
    g, rise = (answers(ask(shown), [z])[0] for ask in (value, slope))
    assert touching.points == ((z, g),)
    assert np.allclose(touching.y, g + rise * (touching.z - z))
    assert f"at z = {z:g}: g = {g:.6g}, slope {rise:.6g}" in touching.label


@pytest.mark.parametrize("text", ["sigmoid", "relu", "hard_tanh", "sin(z)"])
def test_saturation_is_where_the_slope_is_small(text):
    shown = functions(text)
    flat = picture(shown, Scene(xlim=(-8, 8), saturated=0.05)).shaded
    z = np.linspace(-8, 8, 1001)
    small = np.abs(plain_answers(slope(shown[0]), z)) < 0.05
    inside = np.any([(z >= a) & (z <= b) for a, b in flat], axis=0)
    assert not np.any(inside & ~small)
    assert np.mean(small & ~inside) < 0.01  # at the rims, less than the distance of two samples


def test_a_gap_is_where_a_function_or_its_slope_has_no_value():
    """A formula for the slope may have values where g has none; infinities and poles are no gaps."""
    chance = random.Random(3)
    some = ["log(z)", "log1p(z)", "atanh(z)", "acosh(z)", "log(z)^2", "1/z", "sqrt(z)", "tan(z)", "z^0.5"]
    for text in some + [any_formula(chance) for _ in range(20)]:
        shown = picture(functions(text), Scene(xlim=(-2.0, 2.0)))
        for curve, ask in zip(shown.curves, (value, slope), strict=True):
            at = sorted(chance.sample(range(len(curve.z)), 12))
            true = answers(ask(function(text)), curve.z[at].tolist())
            assert np.isnan(curve.y[at]).tolist() == np.isnan(true).tolist(), (text, curve.z[at])


def test_no_line_through_a_pole(actcli):
    """Left and right of a pole lie on different curves; far ends are cut, of g and of g' alike."""
    for text, poles in (("tan(z)", 4), ("1/z", 1), ("1/(z-1)", 1), ("1/(z-0.3)^3", 1), ("sin(9*z)", 0)):
        shown = picture(functions(text), Scene(slopes=False, xlim=(-5.0, 5.0)))
        limits = panels(shown, apart=False)[0].view.y
        (curve,), (low, high) = shown.curves, limits
        gaps = len(curve.breaks) + int(np.isnan(curve.y).sum())
        assert gaps == poles and -40 < low <= -1 and 1 <= high < 40, (text, curve.breaks, limits)
        assert poles == 0 or -low == high, limits
    for text in ("where(z > 0, 1/z, z)", "where(z < 0, -1/z^2, 1)", "where(z > 0, log(z), z)"):
        assert 0.0 in picture(functions(text), Scene(slopes=False)).curves[0].breaks, text  # of one side
    cut = (
        "1/z",
        "tan(z)",
        "1/z^2",
        "log(z)^2",
        "1/(z^2-1)",
        "atanh(z)",
        "z/(z-1)^3",
        "1/(z-0.3)^2",
        "exp(1/z)",
    )
    for text in cut:
        view = panels(picture(functions(text), Scene(xlim=(-2.0, 2.0))), apart=False)[0].view
        assert view.y[1] - view.y[0] < 900, (text, view)


@pytest.mark.parametrize(
    "text",
    [
        "exp(-(40*z)^2)",
        "1/(1+1000*z^2)",
        "exp(70*z)",
        "z^9",
        "exp(z^2)",
        "1/(1+1e12*z^2)",
        "100*z^3+1/(z-0.3)",
        "tanh(1e9*z)",
    ],
)
def test_peaks_and_growth_are_shown_whole(text):
    shown = picture(functions(text), Scene(slopes=False, xlim=(-2.0, 2.0)))
    low, high = panels(shown, apart=False)[0].view.y
    y = shown.curves[0].y[np.abs(shown.curves[0].z - 0.3) > 0.2 * ("0.3" in text)]
    assert low <= y.min() and y.max() <= high


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("relu --tangent 0", "slope 0 on the left, 1 on the right"),
        ("abs(z) --tangent 0", "slope -1 on the left, 1 on the right"),
        ("heaviside --tangent 0", "--tangent 0: heaviside has no tangent there"),
        ("log(z) --tangent -1", "--tangent -1: log(z) has no tangent there"),
        ("sigmoid --saturated -1", "--saturated -1: write a number above 0"),
        ("sigmoid --saturated 0", "--saturated 0: write a number above 0"),
    ],
)
def test_tangents_and_saturation_are_told_or_refused(actcli, words, said):
    found = actcli("plot", *words.split())
    assert said in found.out + found.err and found.status == (0 if "right" in said else 2)


def test_logarithms_are_those_of_the_true_values(actcli):
    """Nothing of a tail is lost, though 1 - tanh(z)^2 leaves no digits of it in float64."""
    for text in ("sigmoid", "1-tanh(z)^2", "gelu"):
        shown = picture(functions(text), Scene(log=True, xlim=(-30.0, 30.0)))
        parts = {curve.label.split("|")[1] if "|" in curve.label else curve.label for curve in shown.curves}
        assert len(parts) == 2
        for curve in shown.curves:
            ask = slope if "'" in curve.label else value
            at = np.flatnonzero(np.isfinite(curve.y))[::40]
            true = answers(ask(function(text)), curve.z[at].tolist())
            assert np.allclose(curve.y[at], np.log10(np.abs(true)), rtol=1e-12)
            assert (np.sign(true) == (-1 if "< 0" in curve.label else 1)).all()
    far = actcli("plot", "sigmoid", "-700:700", "--log").out
    assert {"1", "1e-100", "1e-200"} <= set(re.findall(r"^ *(\S+?)┤", far, re.M))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("relu", "relu, 0 on -3:0   "), ("relu", "relu', 0 on -3:0   "), ("gelu", "> 0, 0 at -0.751792"),
        ("(z-0.3137)^2", ", 0 at 0.3137"), ("sigmoid -2000:2000", "sigmoid, below 5e-324 on -2000:-745.133"),
        ("sin(z)", "0 at 7 places"), ("1-cos(z) -7:7", "1-cos(z), 0 at -6.28319, 0, 6.28319"),
        ("exp(-z^2) -50:50", "> 0, below 5e-324 on -50:-27.3703, 27.3703:50, 0 at 0\n"),
        ("z-sin(z) -1:3", "0 at 0"),
        ("heaviside", "heaviside', 0 on -3:0, 0:3"), ("0*z", "0 on -3:3"),
    ],
)  # fmt: skip
def test_zeros_are_told_where_they_are(actcli, words, said):
    assert said in actcli("plot", *words.split(), "--log", "--width", 160).out


@pytest.mark.parametrize("text", ["z^2", "(z-0.3137)^4", "tanh", "sin(z)", "z-1", "max(z-1,0)"])
def test_a_logarithm_falls_through_the_floor_at_a_zero(text):
    """Not to the nearest sample; how near that is does not decide where the floor is."""
    shown = picture(functions(text), Scene(log=True, slopes=False))
    view = panels(shown, apart=False)[0].view
    for curve in shown.curves:
        fallen = np.flatnonzero(curve.y == -np.inf)
        beside = np.r_[curve.y, np.nan][fallen + 1], np.r_[np.nan, curve.y][fallen]
        assert fallen.size and np.isfinite(beside).any() and view.y[0] > -8


@pytest.mark.parametrize(
    ("words", "said"), [("--tangent 0", "--tangent does not go with it"), ("--ylim 0:1", "above 0")]
)
def test_what_has_no_logarithm_is_refused(actcli, words, said):
    found = actcli("plot", "sigmoid", "--log", *words.split())
    assert found.status == 2 and said in found.err


@pytest.mark.parametrize("suffix", ["svg", "tex", "html"])
def test_figures_have_decades(actcli, tmp_path, suffix):
    actcli("plot", "sigmoid", "-20:20", "--log", "-o", tmp_path / f"s.{suffix}")
    text = (tmp_path / f"s.{suffix}").read_text()
    assert ("$10^{-4}$" if suffix == "tex" else ">−4</text>") in text
    assert "10 ** y" in text or suffix != "html"


def test_data_are_all_in_sight(actcli, tmp_path):
    """No pole is sought in data, no noise; one row does not narrow the range of a function."""
    path = tmp_path / "data.csv"
    for rows, seen in (("1,1e15\n2,1000000000000002\n3,1000000000000001", 3), ("1,1\n2,1\n3,1e6", 3)):
        path.write_text("z,a\n" + rows)
        canvas = actcli("plot", "--data", path).out
        assert len({k for k, line in enumerate(canvas.splitlines()[:-1]) if "●" in line}) >= seen - 1
    path.write_text("z,a,b\n1,nan,2\n2,inf,3\n")
    assert actcli("plot", "--data", path).err == "actcli: note: no number that can be drawn is in a\n"
    path.write_text("0.5,0.2\n")
    assert actcli("plot", "sigmoid", "--data", path).out.count("⠉") > 3


def test_of_several_functions_all_must_be_saturated():
    flat = picture(functions("sigmoid", "relu"), Scene(xlim=(-8, 8), saturated=0.01)).shaded
    assert len(flat) == 1 and flat[0][1] < -4


def test_curves_that_coincide_are_both_seen():
    """Together they leave the dots of one; each has some of them."""
    once = drawn("relu", slopes=False, xlim=(-3.0, 3.0))
    both = picture(functions("relu", "max(0,z)"), Scene(slopes=False, xlim=(-3.0, 3.0)))
    text = draw(both, color=True)
    canvas = text[: text.index("└")]
    assert "38;5;33m" in canvas and "38;5;202m" in canvas
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert {i for i, c in enumerate(once) if c == "│"} <= {i for i, c in enumerate(plain) if c == "│"}
    assert "⠂⠂⠂⠂⠒⠒⠒⠒⠂⠂⠂⠂" in plain


def test_data_are_points_when_few_and_a_line_when_many():
    few = picture(functions("sigmoid"), Scene(data=MEASURED))
    assert few.xlim == (-4, 4) and labels(few.curves)[-2:] == ["kernel", "d_kernel"]
    assert len(few.curves[-1].points) == 9 and not len(few.curves[-1].z)
    many = Measured(("z", "y"), (np.arange(99.0), np.arange(99.0)))
    line = picture([], Scene(data=many)).curves[0]
    assert len(line.z) == 99 and not line.points
    apart = picture(functions("sigmoid"), Scene(data=MEASURED, apart=True))
    assert labels(apart.lower) == ["sigmoid'", "d_kernel"]


def test_many_rows_of_data_draw_as_all_of_them_would():
    """A spike of one row and a gap are there, in a curve and in points, of few numbers."""
    z = np.linspace(-3, 3, 100_001)
    y = np.sin(9 * z)
    y[31_234], y[77_000:82_000], y[5] = 7.5, np.nan, -np.inf
    curve = picture([], Scene(data=Measured(("z", "y"), (z, y)), width=40)).curves[0]
    assert len(curve.z) < 2_000 and 7.5 in curve.y and -np.inf in curve.y
    assert np.isnan(np.interp(z[[77_010, 81_990]], curve.z, curve.y)).all()
    calm = slice(1_000, 30_000)
    assert np.abs(np.interp(z[calm], curve.z, curve.y) - y[calm]).max() < 0.05
    spots = picture([], Scene(data=Measured(("z", "y"), (z, y)), as_points=True)).curves[0].points
    assert len(spots) < 20_000 and (z[31_234], 7.5) in spots
