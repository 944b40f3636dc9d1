"""How long a command takes from the shell, against the least that a program like it could take.

    python tests/benchmarks/start.py

Prints median CPU seconds (user and system, whole process) and ratios, the commands taken in turn in
one run: commands as a person types them, and one TAB. The peer is a ten-line Typer program with the same
settings; the start is of bare Python.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PEER = """\
import typer
app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
@app.command()
def eval(function: str, points: list[str]):
    {body}
    print(0.5)
@app.command()
def other(): pass
app()
"""
BASH_TAB = ["_ACTCLI_COMPLETE=complete_bash", "_ACTCLI_LINE=actcli eval sig"]
ZSH_TAB = ["_ACTCLI_COMPLETE=complete_zsh", "_ACTCLI_LINE=actcli eval sig"]
ROUNDS = 15


def cpu_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def medians(commands: dict[str, list[str]]) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(ROUNDS + 2):
        for name, command in commands.items():
            seconds = cpu_seconds(command)
            if turn > 1:  # the first turns warm the caches
                times[name].append(seconds)
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> None:
    python = sys.executable
    actcli = str(Path(python).with_name("actcli"))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        with_numpy, bare = Path(folder, "numpy_peer.py"), Path(folder, "peer.py")
        with_numpy.write_text(PEER.format(body="import numpy"))
        bare.write_text(PEER.format(body="pass"))
        found = medians(
            {
                "python -c pass": [python, "-c", "pass"],
                "peer eval, with NumPy": [python, str(with_numpy), "eval", "sigmoid", "0"],
                "actcli eval sigmoid 0": [actcli, "eval", "sigmoid", "0"],
                "peer --help": [python, str(bare), "--help"],
                "actcli --help": [actcli, "--help"],
                "actcli --version": [actcli, "--version"],
                "actcli table": [actcli, "table"],
                "actcli plot sigmoid": [actcli, "plot", "sigmoid"],
                "actcli eval sig<TAB>, bash": ["env", *BASH_TAB, actcli],
                "actcli eval sig<TAB>, zsh": ["env", *ZSH_TAB, actcli],
            }
        )
    for name, seconds in found.items():
        print(
            f"{name:27} {seconds * 1000:7.0f} ms  {seconds / found['python -c pass']:6.1f} x python -c pass"
        )
    print(f"eval / peer with NumPy   {found['actcli eval sigmoid 0'] / found['peer eval, with NumPy']:.2f}")
    print(f"--help / peer --help     {found['actcli --help'] / found['peer --help']:.2f}")


if __name__ == "__main__":
    main()
