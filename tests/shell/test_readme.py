"""The README's examples print what it says; `python tests/shell/test_readme.py` writes it anew."""

import doctest
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # as a script, too

from examples import FENCED, fenced_anew

README = Path(__file__).parents[2] / "README.md"


def test_every_example_prints_what_the_readme_says():
    text = README.read_text()
    assert len(FENCED.findall(text)) >= 5
    assert fenced_anew(text) == text


def test_the_python_examples_too():
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", README.read_text(), re.S))
    test = doctest.DocTestParser().get_doctest(examples, {}, "README", None, 0)
    assert test.examples
    assert not doctest.DocTestRunner().run(test).failed


def test_it_is_short():
    assert len(README.read_text()) <= 9_000  # an example for each thing that people bring


if __name__ == "__main__":
    README.write_text(fenced_anew(README.read_text()))
