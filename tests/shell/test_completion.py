"""Completion in the shell: what is offered at a TAB, and that real shells show it."""

import os
import re
import select
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from actcli import catalog
from actcli.shell import options
from actcli.shell.app import run

SCRIPTS = Path(sys.executable).parent
# the child is another program at once, whatever threads the tests' runner has
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.fixture
def offered(monkeypatch, capfd):
    """Ask what completes a line, as the shells' scripts do."""

    def ask(line, shell="fish"):
        monkeypatch.setenv("_ACTCLI_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("_ACTCLI_BREAKS", " \t\n:=" if shell == "bash" else "")
        monkeypatch.setenv("_ACTCLI_LINE", line)
        capfd.readouterr()
        assert run([]) == 0
        return [entry.partition("\t")[0] for entry in capfd.readouterr().out.splitlines() if entry]

    return ask


@pytest.mark.parametrize("command", ["eval", "deriv", "table", "plot", "info", "explain", "plot sigmoid"])
def test_function_names(offered, command):
    named = [entry.name for entry in catalog.CATALOG if entry.name.startswith("soft")]
    found = offered(f"actcli {command} soft")
    assert [name for name in found if name in named] == named
    assert ("softmax" in found) == (command != "points")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("actcli de", ["deriv"]),
        ("/some/where/actcli de", ["deriv"]),
        ("actcli eval Leaky", ["LeakyReLU"]),
        ("actcli eval leaky-r", ["leaky-relu"]),
        ("actcli eval nn.Leaky", ["nn.LeakyReLU"]),
        ("actcli eval 'nn.Leaky", ["nn.LeakyReLU"]),
        ("actcli eval erfc", ["erfc"]),
        ("actcli eval nothing_like_it", []),
        ("actcli eval sigmoid ", []),
        ("actcli eval sigmoid -1", []),
        ("actcli eval tri_state_relu:", []),
        ("actcli eval leaky_relu:s", ["leaky_relu:slope="]),
        ("actcli eval hard_sigmoid:alpha=1:", ["hard_sigmoid:alpha=1:beta="]),
        ("actcli eval sigmoid -10 --nu", ["--num"]),
        ("actcli deriv relu --kink ", [*options.KINKS]),
        ("actcli deriv relu 0 --kink=le", ["--kink=left"]),
        ("actcli deriv --kink left leaky_re", ["leaky_relu"]),
        ("actcli table -f js", ["json", "jsonl"]),
        ("actcli table --js", ["--json", "--jsonl"]),
        ("actcli list --framework jax", ["jax"]),
        ("actcli approx gelu --knots u", ["uniform"]),
        ("actcli help subg", ["subgradient"]),
        ("actcli help pi", ["pipes", "pictures"]),
        ("actcli plot gelu --data ", [":files"]),
        ("actcli table -o x", [":files"]),
        ("actcli check gelu ", [":files"]),
        ("actcli eval gelu ./", [":files"]),
        ("actcli deriv gelu da", [":files"]),
        ("actcli plot ./da", [":files"]),
        ("actcli eval sigmoid 0x", []),
        ("actcli approx gelu --coefficients b", ["bfloat16"]),
        ("actcli nothing ", []),
    ],
)
def test_a_line_is_completed(offered, line, words):
    assert sorted(offered(line)) == sorted(words)


def test_bash_is_given_what_it_replaces(offered):
    assert offered("actcli eval leaky_relu:s", "bash") == ["slope="]
    assert offered("actcli deriv relu --kink=le", "bash") == ["left"]


def test_a_word_is_told_what_it_is(monkeypatch, program):
    env = {**os.environ, "_ACTCLI_COMPLETE": "complete_zsh", "_ACTCLI_LINE": "actcli eval leaky_relu:"}
    assert program(env=env).out.startswith(r"leaky_relu\:slope=:slope for z < 0; 0.01")


# ---------------------------------------------------------------------------- real shells

STARTS = {
    "bash": "bash --norc --noprofile -i",
    "zsh": "zsh -f -i",
    "fish": "fish --no-config -i",
}
SETUPS = {
    "bash": 'bind "set enable-bracketed-paste off"; {load}',
    "zsh": "fpath+=$PWD; autoload -Uz compinit; compinit -u -D",
    "fish": "{load}",
}
LOADS = {
    "bash": 'eval "$(_ACTCLI_COMPLETE=source_bash actcli)"',
    "zsh": "",  # from a file called _actcli, as --install-completion leaves it
    "fish": "env _ACTCLI_COMPLETE=source_fish actcli | source",
}
# What is typed before a TAB, and what is then seen; the first is a program that is not in the PATH.
SEEN = [
    ("./there/actcli deriv leaky", "leaky_relu"),
    ("actcli eval hard_si", "hard_sigmoid"),
    ("actcli eval hard_s", r"{clip\(alpha\*z \+ beta, 0, 1\)}.*hard_s"),
    ("actcli eval elu:", "elu:alpha="),
    ("actcli deriv relu --kink ri", "right"),
    ("actcli ", r"deriv.*{slope of g at z.*g' step by step}"),
    ("actcli plot gelu --data meas", "measured.csv"),
]


@pytest.fixture
def at_a_tab(tmp_path, monkeypatch):
    """Start a real shell; type lines and a TAB there, and return what is then on its terminal."""
    pty = pytest.importorskip("pty")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").symlink_to(SCRIPTS)
    (tmp_path / "measured.csv").touch()
    started = []

    def start(shell):
        if shutil.which(shell) is None or not (SCRIPTS / "actcli").exists():
            pytest.skip(f"{shell} or the actcli script is not installed")
        child, terminal = pty.fork()
        if child == 0:
            os.execvp(shell, STARTS[shell].split())
        started.append((child, terminal))
        return terminal

    yield start
    for child, terminal in started:
        os.kill(child, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(child, 0)


def _shown(terminal, typed, awaited, most=20.0):
    """Type something, and return what the terminal shows until a pattern is there."""
    os.write(terminal, typed.encode())
    received, end = b"", time.monotonic() + most
    while time.monotonic() < end and not re.search(awaited, _plain(received)):
        if select.select([terminal], [], [], 0.5)[0]:
            received += os.read(terminal, 65536)
    return _plain(received)


def _plain(received):
    """Return what a terminal received without the commands in it, blanks made one."""
    text = re.sub(r"\x1b[\[\]][0-9;?]*[a-zA-Z]", "", received.decode(errors="replace"))
    return re.sub(r"[\s\x08]+", " ", text)


@pytest.mark.parametrize("shell", STARTS)
def test_a_tab_in_a_real_shell(at_a_tab, program, shell, monkeypatch, tmp_path):
    script = program(env={**os.environ, "_ACTCLI_COMPLETE": f"source_{shell}"}).out
    (tmp_path / "_actcli").write_text(script)
    monkeypatch.setenv("PATH", f"{SCRIPTS}:{os.environ['PATH']}")
    terminal = at_a_tab(shell)
    _shown(terminal, f"{SETUPS[shell].format(load=LOADS[shell])}; echo set''up\n", "setup")
    for line, seen in SEEN:
        awaited = re.sub(r"\{.*\}", "", seen) if shell == "bash" else re.sub("[{}]", "", seen)
        shown = _shown(terminal, f"{line}\t" + "\t" * (shell == "bash"), awaited, 5.0)
        assert re.search(awaited, shown), (line, shown)
        _shown(terminal, "\x15echo cle''ared\n", "cleared")
