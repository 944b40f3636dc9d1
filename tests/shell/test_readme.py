"""The README's examples print what it says; `python tests/shell/test_readme.py` writes it anew."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
EXAMPLES = re.compile(r"(?<=```console\n)(.*?)(?=```)", re.S)


def printed(command):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("FORCE_COLOR", None)
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, env=environment, timeout=60
    )
    return done.stdout + done.stderr


def rewritten(text):
    """Return the README with every console block's output made anew."""

    def run(block):
        commands = [line[2:] for line in block[0].splitlines() if line.startswith("$ ")]
        return "".join(f"$ {command}\n{printed(command)}" for command in commands)

    return EXAMPLES.sub(run, text)


def test_every_example_prints_what_the_readme_says():
    text = README.read_text()
    assert len(EXAMPLES.findall(text)) > 5
    assert rewritten(text) == text


def test_the_python_examples_too():
    examples = "\n".join(re.findall(r"```pycon\n(.*?)```", README.read_text(), re.S))
    test = doctest.DocTestParser().get_doctest(examples, {}, "README", None, 0)
    assert len(test.examples) > 3
    assert not doctest.DocTestRunner().run(test).failed


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text()))
