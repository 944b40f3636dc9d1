"""The map of the house holds: imports point down, and each heavy library has one door."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import actcli

HOUSE = Path(actcli.__file__).parent

# From the top down: each room may import only rooms that stand below it. README shows the same list.
FLOORS = {
    "shell": "the commands: grammar, options, output, intake, progress, one file a command or family",
    "testing": "assertions for the tests of those who write kernels",
    "checks": "someone's numbers against the truth: ulps, mistakes, verdict",
    "streams": "long inputs, chunk by chunk; columns of answers, and how they are written",
    "functions": "activations as Python functions",
    "pages": "tables, info, explain, topics of help: text for people",
    "pictures": "scenes, ranges, figures, data; plots/ in the terminal",
    "shape": "what a function is like, proven: pieces, extremes, means",
    "numerics": "answers, and the readings that give them: exact/ (Arb), balls/, plain; dtypes, kinks",
    "catalog": "the entries, by family",
    "language": "formula, calculus, points, texts: text to tree and back",
    "errors": "one root error, and the kinds that a caller can act on",
}
DOORS = {
    "typer": {"shell"},
    "plotext": {"pictures/plots"},
    "flint": {"numerics/exact"},
    "rich": {"pages/tables.py"},
    "orjson": {"streams"},
    "simdjson": {"streams"},
}
FILES = sorted(path.relative_to(HOUSE).as_posix() for path in HOUSE.rglob("*.py"))
ROOMS = list(FLOORS)


def room_of(file):
    return file.partition("/")[0].removesuffix(".py")


def tree_of(file):
    return ast.parse((HOUSE / file).read_text())


def imports_of(file):
    """Yield what a file imports, as a module and a name in it."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield from ((node.module, alias.name) for alias in node.names)


def rooms_below(file):
    """Return the rooms from which a file imports."""
    found = (f"{module}.{name}".split(".") for module, name in imports_of(file))
    return {parts[1] for parts in found if parts[0] == "actcli" and parts[1] in ROOMS}


def test_every_file_has_its_room():
    assert {room_of(file) for file in FILES} == {*ROOMS, "__init__", "__main__"}


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_down(room):
    for file in FILES:
        if room_of(file) == room:
            below = rooms_below(file) - {room}
            assert all(ROOMS.index(other) > ROOMS.index(room) for other in below), (file, below)


@pytest.mark.parametrize("library", DOORS)
def test_each_library_has_its_door(library):
    users = [file for file in FILES if any(module.split(".")[0] == library for module, _ in imports_of(file))]
    assert users
    assert all(any(file.startswith(door) for door in DOORS[library]) for file in users), users


def test_the_map_in_the_readme_is_the_house():
    README = HOUSE.parent / "README.md"
    if not README.exists():
        pytest.skip("installed without its README")
    drawn = "".join(f"{room:10} {what}\n" for room, what in FLOORS.items())
    assert f"```\n{drawn}```\n" in README.read_text()


def functions_of(file):
    return [n for n in ast.walk(tree_of(file)) if isinstance(n, ast.FunctionDef)]


def test_rooms_are_small():
    for file in FILES:
        assert len((HOUSE / file).read_text().splitlines()) <= 450, file
        for function in functions_of(file):
            start = function.body[1].lineno if function.name == "command" else function.lineno
            assert (function.end_lineno or 0) - start < 35, (file, function.name)


def test_nothing_private_is_imported():
    for file in FILES:
        taken = [name for module, name in imports_of(file) if module.startswith("actcli")]
        assert not any(name.startswith("_") and not name.startswith("__") for name in taken), file


def names_in(file):
    """Yield the public names that a file gives to things of its own."""
    for node in tree_of(file).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        named = [t.id for t in targets if isinstance(t, ast.Name)]
        named += [node.name] if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else []
        yield from (name for name in named if not name.startswith("_"))


def test_no_two_rooms_give_a_name_to_different_things():
    rooms = {}
    for file in FILES:
        for name in names_in(file):
            rooms.setdefault(name, set()).add(room_of(file))
        if not file.endswith("__init__.py") and "commands/" not in file:  # a command is called as its page
            rooms.setdefault(f"file {Path(file).stem}", set()).add(room_of(file))
    assert {name: where for name, where in rooms.items() if len(where) > 1} == {}


def test_only_the_shell_prints():
    for file in FILES:
        if room_of(file) != "shell":
            calls = [node.func for node in ast.walk(tree_of(file)) if isinstance(node, ast.Call)]
            assert not any(isinstance(f, ast.Name) and f.id == "print" for f in calls), file


def loaded_by(*arguments):
    code = (
        "import sys, json; from actcli.shell.app import run; run(sys.argv[1:]);"
        "print(json.dumps([*sys.modules]))"
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
