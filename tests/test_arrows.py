"""The map of the house holds: imports point down, and each heavy library has one door."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import actcli

HOUSE = Path(actcli.__file__).parent

# Each room may import only rooms of the rows above its own.
FLOORS = [
    {"errors"},
    {"formats", "formula", "points", "tables", "plots"},
    {"calculus", "measured", "exports"},
    {"words", "entries"},
    {"catalog", "handbook", "breaks"},
    {"exact", "balls"},
    {"answers"},
    {"functions", "sheets", "ranges", "remarks", "explain"},
    {"streams"},
    {"pictures"},
    {"cli"},
    {"__init__", "__main__"},
]
DOORS = {
    "typer": {"cli"},
    "plotext": {"plots"},
    "flint": {"exact"},
    "rich": {"tables", "exports"},
    "orjson": {"streams"},
    "simdjson": {"streams"},
}
ROOMS = sorted({path.relative_to(HOUSE).parts[0].removesuffix(".py") for path in HOUSE.rglob("*.py")})


def files_of(room):
    return sorted((HOUSE / room).rglob("*.py")) if (HOUSE / room).is_dir() else [HOUSE / f"{room}.py"]


def imports_of(room):
    for path in files_of(room):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: relative import"
                names = (f"{node.module}.{alias.name}" for alias in node.names)
                yield from names if node.module == "actcli" else [node.module]


def floor_of(room):
    return next(i for i, floor in enumerate(FLOORS) if room in floor)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_down(room):
    below = {name.split(".")[1] for name in imports_of(room) if name.startswith("actcli.")}
    below -= {room, "__version__"}
    assert all(floor_of(other) < floor_of(room) for other in below), (room, below)


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_its_door(library):
    users = {room for room in ROOMS if any(name.split(".")[0] == library for name in imports_of(room))}
    assert users <= DOORS[library]


def test_only_cli_prints():
    for room in set(ROOMS) - {"cli"}:
        for path in files_of(room):
            calls = [n.func for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
            assert not any(isinstance(f, ast.Name) and f.id == "print" for f in calls), path


def loaded_by(*arguments):
    code = (
        "import sys, json; from actcli.cli import run; run(sys.argv[1:]); print(json.dumps([*sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["eval", "--help"]])
def test_help_loads_nothing_heavy(arguments):
    assert not loaded_by(*arguments) & {"numpy", "plotext", "flint", "rich"}


def test_eval_draws_nothing():
    assert not loaded_by("eval", "sigmoid", "0") & {"rich", "plotext"}


def test_importing_the_library_loads_no_command_line():
    code = "import sys, actcli; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not any(f"'{name}'" in done.stdout for name in ("typer", "rich", "plotext", "numpy"))
