"""explore in a terminal of its own: keys in, screen out; the terminal is left as it was."""

import signal

import drawing
import pytest
from terminals import Terminal

from actcli.shell.explorer import Explorer


def test_keys_move_the_point_and_change_the_function(tmp_path):
    terminal = Terminal("explore", "sigmoid", cwd=tmp_path)
    lines = terminal.screen("z = 0 ")
    assert len(lines) == 24 and lines[-3:-1] == ["z = 0   a = g(z) = 0.5", "g'(z) = 0.25 = a*(1 - a)"]
    terminal.press("\x1a", "\x1c", "right", "right")  # Ctrl-Z and Ctrl-\ do nothing
    terminal.screen("g'(z) = 0.19661193324148185 = a*(1 - a)")
    terminal.press("-", "1", "0", "enter")
    terminal.screen("z = -10   a = g(z) = 4.5397868702434395e-5")
    terminal.press("tab", "e", "l", "u")
    assert " > elu" in "\n".join(terminal.screen("function: elu_"))
    terminal.press("enter")
    terminal.screen("[alpha = 1]")
    terminal.press("up")
    terminal.screen("elu:alpha=1.05")
    terminal.press("l")
    terminal.screen("|g| and |g'| in decades: elu:alpha=1.05")
    terminal.press("?")
    terminal.screen("save the figure as SVG")
    terminal.press("s")
    terminal.screen("saved elu_alpha=1.05.svg")
    assert (tmp_path / "elu_alpha=1.05.svg").read_text().startswith("<svg")
    terminal.resize(100, 30)
    assert len(terminal.screen("elu")) and terminal.process.poll() is None
    terminal.press("q")
    assert terminal.ended() == 0 and not terminal.left


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_leaves_the_terminal_as_it_was(number, status):
    terminal = Terminal("explore", "gelu")
    terminal.screen("gelu'")
    terminal.process.send_signal(number)
    assert terminal.ended() == status and not terminal.left


def test_a_small_and_a_wide_terminal():
    for columns, rows in ((40, 12), (160, 50)):
        terminal = Terminal("explore", "mish", columns=columns, rows=rows)
        lines = terminal.screen("left right z")
        assert len(lines) <= rows and max(map(len, lines)) <= columns
        terminal.press("q")
        assert terminal.ended() == 0 and not terminal.left


def test_without_a_terminal_it_says_so(program):
    done = program("explore", "sigmoid", input=b"q")
    assert (
        done.status == 2 and done.err == "actcli: explore needs a terminal; plot draws a picture anywhere\n"
    )


def test_wrong_keys_are_told_and_change_nothing():
    state = Explorer.of("gelu")
    state.press("up")
    assert state.message == "gelu has no parameter"
    for key in ("1", "e", "9", "9", "9", "9", "enter"):
        state.press(key)
    assert state.message and state.z == 0
    state.press("\x00")
    state.press("+")
    assert state.limits[1] - state.limits[0] == 5
    state.press("-")
    assert state.limits[1] - state.limits[0] == 10
    for key in ("-", "2", ".", "5", "enter"):  # now it was the sign of a number
        state.press(key)
    assert state.limits[1] - state.limits[0] == 10 and state.z == -2.5
    for key in ("tab", "x", "q", "q", "enter", "escape"):
        state.press(key)
    assert state.function.label == "gelu" and not state.over
    assert all(len(line) <= 80 for line in state.lines(80, 24, ascii=True, color=False))


def test_a_formula_is_explored_with_its_parameter():
    state = Explorer.of("z*sigmoid(b*z):b=1.702")
    state.press("down")
    assert state.function.label.endswith("b=1.6") and "0.5" in state.lines(80, 24, True, False)[-2]


def test_a_labelled_formula_is_drawn_anew_with_its_parameter():
    state = Explorer.of("mine=tanh(b*z):b=2")
    before = state.lines(80, 24, ascii=False, color=False)
    state.press("up")
    after = state.lines(80, 24, ascii=False, color=False)
    assert "[b = 2.1]" in after[-1] and before[1:-3] != after[1:-3] and after[0] == "mine"


def test_a_wide_name_fits_the_terminal():
    for width in (20, 33, 80):
        lines = Explorer.of(f"{'训练' * 20}=relu").lines(width, 12, ascii=False, color=False)
        assert all(drawing.columns(line) <= width for line in lines)


def test_where_there_is_no_slope_it_goes_on():
    for name, told in (("heaviside", "none"), ("log(z)", "inf"), ("sqrt(z-1)", "nan"), ("1/z", "-inf")):
        assert f"g'(z) = {told}" in Explorer.of(name).lines(80, 24, ascii=False, color=False), name


def test_the_picture_stands_still_while_z_moves_and_another_function_is_shown_with_z():
    state = Explorer.of("gelu")
    grounds = set()
    for _ in range(12):
        state.press("right")
        grounds.add(tuple(line[:6] for line in state.lines(80, 24, ascii=False, color=False)[1:-3]))
    assert len(grounds) == 1
    for key in ("6", "enter", "tab", *"relu", "enter"):
        state.press(key)
    assert state.limits == (-3, 6)
