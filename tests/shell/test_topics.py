"""The topics of the help: every example prints what it says.

`python tests/shell/test_topics.py` makes the examples anew.
"""

import doctest
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as a script, too

import pytest
from examples import INDENTED, indented_anew

import actcli as package
from actcli.language.words import CONSTANTS, SHORTHANDS, WORDS
from actcli.pages.topics import TOPICS

FOLDER = Path(package.__file__).parent / "pages" / "topics"


def test_every_topic_has_its_text():
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(TOPICS)


@pytest.mark.parametrize("name", TOPICS)
def test_every_example_prints_what_the_topic_says(name):
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert INDENTED.findall(text) or name == "python"
    assert indented_anew(text) == text


def test_the_python_examples_too():
    text = (FOLDER / "python.txt").read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, "python", None, 0)
    assert len(test.examples) > 5
    assert not doctest.DocTestRunner().run(test).failed


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_fits_a_terminal(actcli, name):
    shown = actcli("help", name)
    assert shown.status == 0
    prose = [line for line in shown.lines if not line.startswith("    ")]
    assert max(map(len, prose)) <= 80


def test_every_word_is_told(actcli):
    text = actcli("help", "formulas").out
    for word in (*WORDS, *SHORTHANDS, *CONSTANTS):
        assert f"  {word}" in text
    assert "derivative 1/(2*sqrt(z))" in text and "for z >= 0" in text


def test_contents_name_every_topic_and_command(actcli):
    text = actcli("help").out
    commands = ("eval", "deriv", "table", "plot", "list", "info", "explain", "help")
    assert all(f"  {name} " in text for name in (*TOPICS, *commands))


@pytest.mark.parametrize("name", ["eval", "plot", "help"])
def test_a_command_has_its_page(actcli, name):
    assert actcli("help", name).out.strip() == actcli(name, "--help").out.strip()


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("kink", "no single slope"),
        ("ULPs", "the distance from one float64 to the next"),
        ("lipschitz", "the largest slope"),
        ("vanishing gradient", "slopes\nbelow 1"),
        ("vjp", "backward pass"),
        ("dtype", "bfloat16"),
        ("Phi", "derivative phi(z)"),
        ("phi", "derivative -z*phi(z)"),
        ("log10", "log(z)/log(10)"),
    ],
)
def test_a_word_has_its_meaning(actcli, word, told):
    shown = actcli("help", *word.split())
    assert told in shown.out and len(shown.lines) < 20


def test_a_command_and_a_topic_of_one_name_are_both_told(actcli):
    assert "Options:" in actcli("help", "points").out and "LO:HI:STEP" in actcli("help", "points").out


def test_an_unknown_topic_is_told(actcli):
    done = actcli("help", "satration")
    assert done.status == 2 and "did you mean saturation?" in done.err
    assert "'actcli info relu'" in actcli("help", "ReLU").err
    assert "'actcli help' shows" in actcli("help", "quux").err


if __name__ == "__main__":
    for path in FOLDER.glob("*.txt"):
        path.write_text(indented_anew(path.read_text(encoding="utf-8")), encoding="utf-8")
