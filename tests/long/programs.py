"""Every entry's code, by NumPy and by C, against the truth over 100,000 float32: at most 0.51 ulp.

    python tests/long/programs.py [ENTRY...]

Exits 1 at any error above that, any mistake, or a warning of the compiler.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from actcli.catalog import CATALOG
from actcli.checks.judge import check
from actcli.checks.truth import truth
from actcli.functions import activation
from actcli.numerics.answers import slope
from actcli.shell.app import run
from actcli.shell.commands.code import even_inputs

FLAGS = ["-O1", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-fsanitize=undefined"]
LOOP = """
#include <stdio.h>
int main(void) {{
    float z, y[2];
    while (fread(&z, 4, 1, stdin) == 1) {{ y[0] = {0}(z); y[1] = {1}(z); fwrite(y, 4, 2, stdout); }}
    return 0;
}}
"""


def by_c(source: str, z: np.ndarray, folder: Path) -> np.ndarray:
    """Return what compiled code answers: g and g' in two columns."""
    (folder / "t.c").write_text(source + LOOP.format(*re.findall(r"float (\w+)\(float z\)", source)))
    subprocess.run(["gcc", *FLAGS, "t.c", "-o", "t", "-lm"], cwd=folder, check=True)
    ran = subprocess.run([folder / "t"], input=z.astype("<f4").tobytes(), capture_output=True, check=True)
    return np.frombuffer(ran.stdout, "<f4").reshape(-1, 2)


def main() -> int:
    """Measure all, tell each, and return 1 where one is too far off."""
    z, worst = even_inputs(100_000), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for entry in sys.argv[1:] or [entry.name for entry in CATALOG]:
            for form in ("c", "numpy"):
                run(["code", entry, "-f", form, "-o", str(folder / form)])
            made: dict[str, object] = {}
            exec((folder / "numpy").read_text(), made)
            called = next(key for key in made if key.endswith("_slope") and key != "_slope")
            kernels = made[called.removesuffix("_slope")], made[called]
            compiled = by_c((folder / "c").read_text(), z, folder)
            for order in (0, 1):
                question = slope(activation(entry)._function)
                some = np.isnan(z) | ~np.isnan(truth(question, z, "float32").high) if order else z == z
                for kernel in (kernels[order], compiled[some, order]):
                    found = check(kernel, entry, "float32", order, z=z[some], kink="right")
                    bad = found.largest > 0.51 or not found.passed
                    worst |= bad
                    print(
                        entry,
                        order,
                        f"{found.largest:.4f}",
                        *found.mistakes.items(),
                        "TOO FAR" if bad else "",
                    )
    return int(worst)


if __name__ == "__main__":
    sys.exit(main())
