"""Figures: curves, ticks and marks in their places in every kind of file, whoever renders it."""

import io
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from functions import every_entry

from actcli.catalog import CATALOG, function
from actcli.catalog.families import family
from actcli.errors import ActcliError
from actcli.numerics.answers import array_answers, slope, value
from actcli.pictures.data import Measured
from actcli.pictures.exports import KINDS, exported, looked, size_in_px, suffix_of
from actcli.pictures.figures import figure
from actcli.pictures.printers import svg, tex
from actcli.pictures.scenes import Scene, bars, picture
from actcli.pictures.sheets import CURVE_WIDTH, FIGURE_SIZE, INKS, Look, polylines, text_width
from actcli.streams.programs import javascript

SVG = "{http://www.w3.org/2000/svg}"
PLAIN = Look(paper="#ffffff")


def scene(**asked):
    return Scene(width=500, **asked)


def drawn(*names, look=PLAIN, **asked):
    return figure(picture([function(name) for name in names], scene(**asked)), look)


def paths(root):
    """Yield the colour, the width and the points of each path."""
    for path in root.iter(f"{SVG}path"):
        places = re.findall(r"-?[\d.]+", path.get("d"))
        points = np.array(places[: len(places) // 2 * 2], float).reshape(-1, 2)
        yield path.get("stroke"), float(path.get("stroke-width")), points


@every_entry
def test_every_entry_is_drawn_in_every_form(entry):
    if entry.bind().reads_vectors:
        pytest.skip("a function of vectors has no curve of its own")
    shown = picture([entry.bind()], Scene(width=120))
    made = figure(shown, PLAIN)
    root = ElementTree.fromstring(svg(made))
    frame = made.frames[0]
    ours = [points for color, width, points in paths(root) if width == CURVE_WIDTH and color == INKS[0]]
    ours = [points for points in ours if len(points) > 2 or points[0, 1] >= frame.top]  # the legend is above
    assert ours
    for points in ours:
        (left, right), (top, bottom) = ((points[:, k].min(), points[:, k].max()) for k in (0, 1))
        assert left >= frame.left - 0.01 and right <= frame.left + frame.width + 0.01
        assert top >= frame.top - 0.01 and bottom <= frame.top + frame.height + 0.01
    text = tex(made, shown)
    assert text.count("{") == text.count("}") and "nan" not in text and "inf," not in text
    assert b"</html>" in exported(shown, ".html", PLAIN)


def test_a_curve_runs_through_its_values():
    made = drawn("gelu", slopes=False)
    frame = made.frames[0]
    (line,) = polylines(frame.panel.curves[0], frame)
    data = frame.in_data(line)
    z = np.linspace(*frame.panel.view.x, 999)
    exact = np.interp(z, frame.panel.curves[0].z, frame.panel.curves[0].y)
    off = np.abs(np.interp(z, data[:, 0], data[:, 1]) - exact)
    assert off.max() < 0.1 / frame.height * np.ptp(frame.panel.view.y) and len(line) < 150


def test_jumps_gaps_and_lone_values_are_apart():
    made = drawn("floor", slopes=False, xlim=(-2.5, 2.5))
    lines = polylines(made.frames[0].panel.curves[0], made.frames[0])
    assert len({line[0, 1] for line in lines}) == 6 and all(np.ptp(line[:, 1]) == 0 for line in lines)
    made = drawn("heaviside", slopes=False)
    lines = polylines(made.frames[0].panel.curves[0], made.frames[0])
    assert sorted(len(np.unique(line, axis=0)) for line in lines) == [1, 2, 2]
    for log in (False, True):  # a value on a jump is one of its sides: no dot
        made = drawn("relu6", values=False, log=log)
        assert len(polylines(made.frames[0].panel.curves[0], made.frames[0])) == (1 if log else 3)
    made = drawn("where(z > 1, 5, log(z))", slopes=False, xlim=(-2, 2))
    lines = polylines(made.frames[0].panel.curves[0], made.frames[0])
    assert min(line[:, 0].min() for line in lines) >= made.frames[0].at(0.5, 0)[0] - 1


def test_ticks_are_even_and_where_their_numbers_are():
    made = drawn("sigmoid")
    root = ElementTree.fromstring(svg(made))
    labels = {t.text.replace("\u2212", "-"): float(t.get("x")) for t in root.iter(f"{SVG}text")}
    frame = made.frames[0]
    for z in ("-4", "0", "4"):
        share = (float(z) - frame.panel.view.x[0]) / np.ptp(frame.panel.view.x)
        assert labels[z] == pytest.approx(frame.left + share * frame.width, abs=0.02)


SHOWN = (("gelu",), ("relu", "gelu", "silu", "mish"), ("sigmoid",), ("cos(3z)",), ("tanh",))


@pytest.mark.parametrize("names", SHOWN)
def test_a_legend_covers_no_curve(names):
    made = drawn(*names)
    root = ElementTree.fromstring(svg(made))
    texts = [t for t in root.iter(f"{SVG}text") if t.get("text-anchor") == "start"]
    assert texts
    for t in texts:
        x, y = float(t.get("x")), float(t.get("y"))
        for frame in made.frames:
            for line in (line for curve in frame.panel.curves for line in polylines(curve, frame)):
                across, up = line[:, 0] - x, line[:, 1] - y
                assert not ((across > -25) & (across < 40) & (up > -10) & (up < 2)).any()


def test_hostile_text_is_text():
    shown = picture([function("gelu")], scene())
    shown = replace(shown, title="<script>&\x1b[2J", ylabel="</svg>")
    root = ElementTree.fromstring(svg(figure(shown, PLAIN)))
    assert "<script>&\ufffd[2J" in [t.text for t in root.iter(f"{SVG}text")]
    page = exported(shown, ".html", PLAIN).decode()
    assert page.count("<script>") == 1 and "\x1b" not in page
    assert r"\textasciicircum{}2\_\&" in tex(figure(shown, PLAIN), replace(shown, title="x^2_&"))


def test_nothing_is_loaded_from_elsewhere():
    for kind in (".svg", ".html"):
        text = exported(picture([function("gelu")], scene()), kind, PLAIN).decode()
        assert not re.search("https?://(?!www.w3.org)|@font-face|@import|src=", text)


def page(*functions, tmp_path, after, **asked):
    """Return the document that Chromium has after a page ran, and then something more."""
    file = tmp_path / "a.html"
    shown = picture([f for name in functions for f in family(name)], scene(**asked))
    text = exported(shown, ".html", PLAIN, javascript).decode()
    assert len(text) < 45_000
    file.write_text(text.replace("</script></body>", f"{POINTER}{after}</script></body>"))
    document = run_chromium("--virtual-time-budget=500", "--dump-dom", file)
    root = ElementTree.fromstring(re.search("<svg.*</svg>", document, re.S)[0])
    return root, re.search('<pre id="at">(.*?)</pre>', document, re.S)[1]


def run_chromium(*arguments):
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("Chromium is not installed")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


POINTER = """
function point(z) {
  const [left, top, width, height] = frames[0];
  const spot = new DOMPoint(left + (z - low) / (high - low) * width, top + height / 2);
  const {x, y} = spot.matrixTransform(figure.getScreenCTM());
  figure.dispatchEvent(new PointerEvent("pointermove", {clientX: x, clientY: y}));
}
function slide(k, value) {
  const slider = document.querySelectorAll("input")[k];
  slider.value = value;
  slider.dispatchEvent(new Event("input"));
}
"""


def test_a_page_shows_values_and_its_sliders_move_curves(tmp_path):
    root, told = page("elu:alpha=0.5,1", "gelu", tmp_path=tmp_path, after="slide(0, 1.4); point(-1)",
                      xlim=(-4, 4), slopes=True, tangents=(1.0,))  # fmt: skip
    values = dict(line.split(" = ") for line in told.splitlines())
    assert values["z"] == "-1" and values["gelu"] == "-0.158655" and values["gelu'"] == "-0.0833155"
    assert (
        values["elu:alpha=1.4"] == f"{-1.4 * (1 - np.exp(-1)):.6f}" and values["elu:alpha=1"] == "-0.632121"
    )
    texts = [t.text for t in root.iter(f"{SVG}text")]
    assert "elu:alpha=1.4" in texts and not any("tangent" in text or "kink" in text for text in texts)
    (line,) = (p for p in root.iter(f"{SVG}path") if p.get("class") == "c0")
    points = np.array(re.findall(r"-?[\d.]+", line.get("d")), float).reshape(-1, 2)
    made = figure(picture(family("elu:alpha=1.4"), scene(xlim=(-4, 4), slopes=False)), PLAIN)
    left, right = points[0], points[-1]
    assert right[0] - left[0] == pytest.approx(made.frames[0].width, rel=0.1)
    assert left[1] - right[1] > 100 and "clip-path" in line.attrib


def test_a_slider_takes_away_what_is_no_longer_true_and_leaves_the_names(tmp_path):
    """Of names on several lines, too; a logarithm falls through the floor at a zero."""
    root, _ = page(
        "mish", "softplus:beta=2", tmp_path=tmp_path, after="slide(0, 5)", slopes=False, tangents=(1.0,)
    )
    texts = [t.text for t in root.iter(f"{SVG}text") if t.get("text-anchor") == "start"]
    assert texts == ["mish", "softplus:beta=5"]
    root, _ = page("elu:alpha=1", tmp_path=tmp_path, after="slide(0, 2)", log=True, slopes=False)
    lines = [p.get("d") for p in root.iter(f"{SVG}path") if p.get("class") in ("c0", "c1")]
    deepest = [max(float(y) for y in re.findall(r" (-?[\d.]+)", line)) for line in lines]
    assert len(lines) == 2 and min(deepest) > FIGURE_SIZE[1]


def test_a_page_computes_every_entry_as_python_does(tmp_path):
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    z = np.linspace(-7, 7, 57)
    asked = [entry.bind() for entry in CATALOG if not entry.bind().reads_vectors]
    told = []
    for f in asked:
        shown = picture([f], Scene(width=8, xlim=(-7, 7), slopes=False))
        text = exported(shown, ".html", PLAIN, javascript).decode()
        told.append(re.search(r"const functions = \[(.*)\], curves", text)[1] or "0")
    library = re.search(r"function erf\(.*?(?=function value)", text, re.S)[0]
    script = (
        f"{library}; const z = {z.tolist()}; for (const f of [{', '.join(told)}]) "
        "console.log(JSON.stringify(f ? [z.map(x => f.g(x, f.p)), z.map(x => f.d(x, f.p))] : 0))"
    )
    (tmp_path / "a.js").write_text(script)
    done = subprocess.run(["node", tmp_path / "a.js"], capture_output=True, text=True, check=True)
    for f, line in zip(asked, done.stdout.splitlines(), strict=True):
        found = json.loads(line)
        assert found, f"{f.label} is not computed"
        for computed, question in zip(found, (value(f), slope(f)), strict=True):
            truth = array_answers(question, z)
            known = np.isfinite(truth)
            assert np.allclose(np.array(computed, float)[known], truth[known], rtol=1e-8, atol=0), f.label


def test_what_a_page_would_compute_wrongly_it_shows_by_samples():
    shown = picture([function("sqrt((exp(z) + 1e15)^2) - 1e15")], scene(xlim=(-2, 2), slopes=False))
    text = exported(shown, ".html", PLAIN, javascript).decode()
    (curve,) = json.loads(re.search("curves = (.*?), frames", text)[1])
    assert "const functions = []" in text and "of" not in curve
    assert curve["y"] == pytest.approx(np.exp(curve["z"]), rel=1e-12)


TEX = (
    ("relu", {"apart": True, "saturated": 0.01}), ("gelu", {"log": True}), ("tan(z)", {}),
    ("relu", {"xlim": (1e9, 1e9 + 10)}), ("sigmoid", {"xlim": (-1e300, 1e300)}),
    ("exp(z^2)", {"xlim": (-20, 20), "tangents": (1.0,)}),
)  # fmt: skip


def test_tex_compiles_whatever_is_drawn(tmp_path):
    if not shutil.which("pdflatex"):
        pytest.skip("pdfLaTeX is not installed")
    data = Measured(("z", r"σ_漢$\x{}<|"), (np.arange(-1.0, 2), np.array([1.0, np.nan, np.inf])))
    shown = [picture([function(name)], scene(**asked, data=data)) for name, asked in TEX]
    texts = [tex(figure(p, PLAIN), replace(p, grid=True, title="50% #1 é λ & ~^ \\input{a}")) for p in shown]
    texts.append(tex(figure(bars([("softmax", (0.2, 0.8))]), PLAIN), bars([("softmax", (0.2, 0.8))])))
    pictures = [text[text.index(r"\begin{tikz") : text.index(r"\end{document}")] for text in texts]
    whole = texts[0][: texts[0].index(r"\begin{tikz")] + "".join(pictures) + r"\end{document}"
    (tmp_path / "a.tex").write_text(whole)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=100)
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0 and "Warning" not in log, log[-2000:]
    assert f"({len(texts)} pages" in log
    assert "legend pos=outer" in texts[1] and "legend pos=north west" in tex(
        drawn("sigmoid"), picture([function("sigmoid")], scene())
    )


# ---------------------------------------------------------------------------- sizes and kinds


ASKED = (
    ("12x8cm", FIGURE_SIZE), ("120mmx80mm", FIGURE_SIZE), ("640x420", (640, 420)), ("4x3in", (384, 288)),
    ("144x72pt", (192, 96)), ("12 x 8 cm", FIGURE_SIZE), ("12×8cm", FIGURE_SIZE),
)  # fmt: skip


@pytest.mark.parametrize(("text", "size"), ASKED)
def test_sizes(text, size):
    assert size_in_px(text) == pytest.approx(size, abs=0.2)


@pytest.mark.parametrize("text", ["", "12", "1x1cm", "axb", "-3x4cm", "9e9x3cm", "99999x99999", "nanx3cm"])
def test_sizes_that_are_none(text):
    with pytest.raises(ActcliError, match="write WxH"):
        size_in_px(text)


@pytest.mark.parametrize("name", ["a", "a.gif", "svg", ".svg"])
def test_other_suffixes_are_refused(name):
    from pathlib import Path

    with pytest.raises(ActcliError, match=re.escape(", ".join(KINDS))):
        suffix_of(Path(name))


def test_at_the_shell(actcli, tmp_path):
    for kind in (".svg", ".tex", ".html", ".txt"):
        file = tmp_path / f"a{kind}"
        done = actcli("plot", "gelu", "--title", "GELU", "-o", file)
        assert done.status == 0 and not done.out and "GELU" in file.read_text()
    actcli("plot", "gelu", "-o", tmp_path / "b.svg", "--size", "85x60mm", "--dark", "--grid")
    assert 'width="321.26" height="226.77"' in (tmp_path / "b.svg").read_text()
    assert "are for figures" in actcli("plot", "gelu", "--dark").err
    assert actcli("plot", "gelu", "-o", tmp_path / "c.svg", "--size", "3").status == 2
    for color in ('a"b', "blurple", "#12", "#12345", "red}"):
        assert "write #f4f4f4" in actcli("plot", "gelu", "-o", tmp_path / "c.svg", "--background", color).err
    assert actcli("plot", "gelu", "-o", tmp_path / "c.svg", "--background", "#F4f4f480").status == 0
    assert "too many" in actcli("plot", "gelu", "-o", tmp_path / "c.png", "--size", "150x150cm").err


def test_without_the_extra_it_is_told_what_to_install(program, tmp_path):
    code = (
        "import sys; sys.modules['resvg_py'] = sys.modules['cairosvg'] = None;"
        "from actcli.shell.app import run; sys.exit(run(sys.argv[1:]))"
    )
    for kind in ("png", "pdf"):
        done = subprocess.run([sys.executable, "-c", code, "plot", "gelu", "-o", tmp_path / f"a.{kind}"],
                              capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 2 and "pip install 'actcli[figures]'" in done.stderr


# ---------------------------------------------------------------------------- renderers


def rendered(renderer, text, width, folder):
    """Return the pixels that a renderer makes of an SVG, as darkness by line and column."""
    image = pytest.importorskip("PIL.Image")
    if renderer == "resvg":
        data = bytes(pytest.importorskip("resvg_py").svg_to_bytes(svg_string=text, width=width))
    elif renderer == "cairosvg":
        try:
            import cairosvg
        except (ImportError, OSError):
            pytest.skip("CairoSVG is not installed")
        data = cairosvg.svg2png(bytestring=text.encode(), output_width=width)
    elif renderer == "chromium":
        (folder / "a.svg").write_text(text)
        run_chromium(f"--screenshot={folder}/a.png", "--force-device-scale-factor=2",
                     f"--window-size={width // 2},{width // 2}", folder / "a.svg")  # fmt: skip
        data = (folder / "a.png").read_bytes()
    else:
        if not shutil.which("rsvg-convert"):
            pytest.skip("librsvg is not installed")
        command = ["rsvg-convert", "-w", str(width)]
        data = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout
    return np.asarray(image.open(io.BytesIO(data)).convert("RGB"), float)


@pytest.mark.parametrize("renderer", ["resvg", "cairosvg", "librsvg", "chromium"])
def test_curve_frame_and_ticks_are_where_they_should_be(renderer, tmp_path):
    made = drawn("sigmoid", slopes=False)
    pixels = rendered(renderer, svg(made), round(2 * FIGURE_SIZE[0]), tmp_path)
    blue = np.array([0x00, 0x72, 0xB2])
    near = np.abs(pixels - blue).sum(axis=2) < 60
    frame = made.frames[0]
    for z in (-6, -2, 1, 3):
        share = (z - frame.panel.view.x[0]) / np.ptp(frame.panel.view.x)
        y = 1 / (1 + np.exp(-z))
        up = (y - frame.panel.view.y[0]) / np.ptp(frame.panel.view.y)
        column, row = (2 * place for place in frame.at(share, up))
        found = np.flatnonzero(near[:, round(column)])
        assert len(found) and np.abs(found - row).min() < 2.5
    column = round(2 * frame.left)
    dark = pixels[:, column - 1 : column + 2].sum(axis=2).min(axis=1) < 450
    assert dark.sum() > 1.8 * frame.height
    (low, high), ticks = frame.panel.view.x, range(-8, 9, 2)
    row = round(2 * (frame.top + frame.height - 3))  # where large ticks are, and no small ones
    found = np.flatnonzero(
        pixels[row, column + 4 : round(2 * (frame.left + frame.width)) - 4].max(axis=1) < 120
    )
    places = [2 * frame.width * (z - low) / (high - low) - 4 for z in ticks if low < z < high]
    assert places and all(np.abs(found - place).min() < 2 for place in places)
    assert all(np.abs(place - np.array(places)).min() < 2 for place in found)


def test_looks():
    assert looked(dark=True).paper == "#16181d"
    assert looked(background="pink", margin=False) == Look(FIGURE_SIZE, paper="pink", margin=0.0)
    shades = {"#000": True, "#102030": True, "#1028": True, "#F4f4f480": False, "#fff": False, "navy": True}
    assert {color: looked(background=color).dark for color in shades} == shades


LONG = "a long name of many words " * 5
ON_SHEET = (
    ("relu --tangent 0", ()), ("sigmoid --stack", ()), ("gelu --log", ()), ("1e9*z --size 300x200", ()),
    ("relu 1e9:1000000010", ()), ("gelu", ("--title", LONG, "--ylabel", LONG, "--xlabel", LONG)),
    (f"{'x' * 90}=gelu tan(z)", ()), ("sigmoid --size 40x30mm", ("--title", "标题" * 30)),
)  # fmt: skip


@pytest.mark.parametrize(("words", "more"), ON_SHEET)
def test_texts_lie_on_the_sheet(actcli, tmp_path, words, more):
    """Also long ones, of any letters; the margin is as wide as the labels that are drawn."""
    path = tmp_path / "f.svg"
    assert actcli("plot", *words.split(), *more, "-o", path).status == 0
    root = ElementTree.fromstring(path.read_text())
    width, height = float(root.get("width")), float(root.get("height"))
    for text in root.iter(f"{SVG}text"):
        place, sheet = (float(text.get("x")), width) if not text.get("transform") else (
            height - float(text.get("y")), height)  # fmt: skip
        wide = text_width(text.text, float(text.get("font-size")))
        share = {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor")]
        assert place - share * wide >= -0.01 and place + (1 - share) * wide <= sheet + 0.01, text.text


def test_a_small_figure_has_small_letters_and_says_that_it_has_no_legend(actcli, tmp_path):
    told = {
        size: actcli("plot", "tanh", "-o", tmp_path / "f.svg", "--size", size).err
        for size in ("16x16mm", "40x30mm")
    }
    assert "no room for a legend" in told["16x16mm"] and not told["40x30mm"]
    assert 'font-size="7"' in (tmp_path / "f.svg").read_text()


def test_a_sheet_that_its_labels_fill_is_refused(actcli, tmp_path):
    for words in (("relu", "1e9:1000000010", "--stack"), ("tanh", "--title", LONG, "--ylabel", LONG)):
        done = actcli("plot", *words, "-o", tmp_path / "f.svg", "--size", "16x16mm")
        assert done.status == 2 and "choose a larger --size" in done.err and not (tmp_path / "f.svg").exists()


def test_marks_in_a_legend_are_set_apart_from_data(actcli, tmp_path):
    (tmp_path / "d.csv").write_text("z,y\n" + "".join(f"{k},{k}\n" for k in range(9)))
    actcli("plot", tmp_path / "d.csv", "-o", tmp_path / "f.svg")
    root = ElementTree.fromstring((tmp_path / "f.svg").read_text())
    boxes = [
        p for p in root.iter(f"{SVG}path") if p.get("stroke") == PLAIN.faint and p.get("d").count("L") == 4
    ]
    assert len(boxes) == 1
