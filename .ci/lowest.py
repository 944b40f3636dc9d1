"""Print pip constraints that hold every dependency in pyproject.toml to the lowest version it allows.

Needs Python 3.11 or newer and nothing else.
"""

import re
import tomllib
from pathlib import Path

project = tomllib.loads(Path(__file__).parents[1].joinpath("pyproject.toml").read_text())["project"]
for requirement in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
    name, version = re.fullmatch(r"([\w-]+)(?:\[\w+\])?>=([\d.]+).*", requirement).groups()
    print(f"{name}=={version}")
