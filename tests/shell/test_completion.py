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
from actcli.shell.options import complete_function

SCRIPTS = Path(sys.executable).parent
# the child is another program at once, whatever threads the tests' runner has
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.fixture
def offered(program):
    """Ask what completes a line, as the shells' scripts do."""

    def ask(shell, line):
        words = line.split(" ")
        env = {
            **os.environ,
            "_ACTCLI_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        }
        done = program(env=env)
        assert done.status == 0
        return done.out.strip()

    return ask


@pytest.mark.parametrize("command", ["eval", "deriv", "table", "plot", "info", "plot sigmoid"])
def test_function_names(offered, command):
    assert offered("bash", f"actcli {command} soft").split("\n") == [
        entry.name for entry in catalog.CATALOG if entry.name.startswith("soft")
    ]


def test_formulas_describe_them(offered):
    assert offered("fish", "actcli eval sigm") == "sigmoid\t1/(1 + exp(-z))"
    assert offered("zsh", "actcli eval sigm") == """_arguments '*: :(("sigmoid":"1/(1 + exp(-z))"))'"""


def test_commands_and_options(offered):
    assert offered("bash", "actcli de") == "deriv"
    assert "--format" in offered("bash", "actcli table --fo")
    assert offered("bash", "actcli eval sigmoid -10 --num").split() == ["--num"]


def test_a_name_in_any_spelling():
    assert [name for name, _ in complete_function("Leaky-R")] == ["leaky_relu"]
    assert complete_function("nothing like it") == []


def test_no_description_breaks_the_script_of_zsh():
    for name, formula in complete_function(""):
        assert re.fullmatch(r"\w+", name)
        assert not set("\"'`$:[]\n\t") & set(formula), formula


# ---------------------------------------------------------------------------- real shells

STARTS = {
    "bash": "bash --norc --noprofile -i",
    "zsh": "zsh -f -i",
    "fish": "fish --no-config -i",
}
SETUPS = {
    "bash": 'bind "set show-all-if-ambiguous on" "set enable-bracketed-paste off"; {load}',
    "zsh": "autoload -Uz compinit; compinit -u -D; {load}",
    "fish": "{load}",
}
LOADS = {
    "bash": 'eval "$(_ACTCLI_COMPLETE=source_bash actcli)"',
    "zsh": 'eval "$(_ACTCLI_COMPLETE=source_zsh actcli)"',
    "fish": "env _ACTCLI_COMPLETE=source_fish actcli | source",
}


@pytest.fixture
def at_a_tab(tmp_path, monkeypatch):
    """Type a line and a TAB in a real shell, and return what is then on its terminal."""
    pty = pytest.importorskip("pty")
    monkeypatch.setenv("PATH", f"{SCRIPTS}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")

    def typed(shell, line, awaited):
        if shutil.which(shell) is None or not (SCRIPTS / "actcli").exists():
            pytest.skip(f"{shell} or the actcli script is not installed")
        child, terminal = pty.fork()
        if child == 0:
            os.execvp(shell, STARTS[shell].split())
        setup = SETUPS[shell].format(load=LOADS[shell])
        try:
            _shown(terminal, f"{setup}; echo set''up\n", "setup")
            return _shown(terminal, f"{line}\t", awaited)
        finally:
            os.kill(child, signal.SIGKILL)
            os.close(terminal)
            os.waitpid(child, 0)

    return typed


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
def test_a_tab_in_a_real_shell_offers_the_names(at_a_tab, shell):
    described = r"clip\(alpha\*z \+ beta, 0, 1\)" if shell != "bash" else ""  # bash shows the names alone
    awaited = rf"hard_sigmoid.*{described}.*hard_swish"
    assert re.search(awaited, at_a_tab(shell, "actcli eval hard_s", awaited))


@pytest.mark.parametrize("shell", STARTS)
def test_a_tab_in_a_real_shell_completes_the_only_name(at_a_tab, shell):
    assert "leaky_relu" in at_a_tab(shell, "actcli deriv leaky", "leaky_relu")
