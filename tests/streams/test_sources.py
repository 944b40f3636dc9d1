"""Sources that approx writes: compiled without a warning, run, and compared at every input."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from actcli.functions import activation

SIX = {
    "gelu": ("Q3.12:Q3.12", 128),
    "sigmoid": ("Q3.12:Q0.15", 256),
    "tanh": ("Q3.12:Q0.15", 512),
    "mish": ("Q3.12:Q3.12", 256),
    "softplus": ("Q3.12:Q3.12", 64),
    "exp": ("Q3.6:Q6.5", 16),
}
FLAGS = [
    "-O2",
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Werror",
    "-fsanitize=undefined",
    "-fno-sanitize-recover",
]
HAS_GCC = pytest.mark.skipif(not shutil.which("gcc"), reason="no gcc")
HAS_IVERILOG = pytest.mark.skipif(not shutil.which("iverilog"), reason="no iverilog")

ALL_INPUTS = """
#include <stdio.h>
int main(void) {{
    for (int i = {low}; i <= {high}; ++i)
        printf("%d\\n", (int){name}(({kind})i));
    return 0;
}}
"""
BENCH = """
module bench;
  reg clk = 0; reg signed [{top}:0] x; wire signed [{out}:0] y; integer k;
  {name} circuit (clk, x, y);
  initial begin
    for (k = 0; k < {count}; k = k + 1) begin
      x = k - {half}; #1 clk = 1; #1 clk = 0; #1 clk = 1; #1 clk = 0; $display("%0d", y);
    end
    $finish;
  end
endmodule
"""


def formats(pair):
    return [1 + sum(map(int, part[1:].split("."))) for part in pair.split(":")]


def model(name, pair, segments, actcli):
    """Return what the printed rows answer at every input, in Python's whole numbers."""
    text = actcli("approx", name, "--segments", segments, "--fixed", pair, "--csv").out
    rows = [line.split(",") for line in text.splitlines()[1:]]
    taken, given = formats(pair)
    c = actcli("approx", name, "--segments", segments, "--fixed", pair, "-f", "c").out
    shift = int(c.partition(" >> ")[2].partition(";")[0] if "y = " not in c else c.partition("y = ")[2]
                .partition(") >> ")[2].partition(";")[0])  # fmt: skip
    size = (1 << taken) // segments
    found = []
    for k in range(1 << taken):
        base, slope = (int(cell) for cell in rows[k // size][3:5])
        y = (base + slope * (k % size) + (1 << shift >> 1)) >> shift
        found.append(min(max(y, -(1 << given - 1)), (1 << given - 1) - 1))
    return found, max(float(row[-1]) for row in rows)


def in_c(source, name, pair, folder):
    taken, _ = formats(pair)
    kind = f"int{8 if taken <= 8 else 16}_t"
    main = ALL_INPUTS.format(name=name, kind=kind, low=-(1 << taken - 1), high=(1 << taken - 1) - 1)
    (folder / "t.c").write_text(source + main)
    subprocess.run(["gcc", *FLAGS, "t.c", "-o", "t"], cwd=folder, check=True)
    ran = subprocess.run(["./t"], cwd=folder, capture_output=True, text=True, check=True)
    return list(map(int, ran.stdout.split()))


def in_verilog(source, name, pair, folder):
    taken, given = formats(pair)
    bench = BENCH.format(name=name, top=taken - 1, out=given - 1, count=1 << taken, half=1 << taken - 1)
    (folder / "t.v").write_text(source + bench)
    subprocess.run(["iverilog", "-g2012", "-Wall", "-o", "t", "t.v"], cwd=folder, check=True)
    ran = subprocess.run(["vvp", "-n", "t"], cwd=folder, capture_output=True, text=True, check=True)
    return list(map(int, ran.stdout.split()))


@HAS_GCC
@pytest.mark.parametrize("name", SIX)
def test_c_agrees_at_every_input(actcli, name, tmp_path):
    pair, segments = SIX[name]
    wanted, error = model(name, pair, segments, actcli)
    done = actcli("approx", name, "--segments", segments, "--fixed", pair, "-f", "c")
    assert f"approx {name} --segments {segments} --fixed {pair} -f c" in done.out
    assert "inputs checked" in done.out
    called = f"act_{name}" if name in ("exp", "tanh") else name
    found = in_c(done.out, called, pair, tmp_path)
    assert found == wanted
    taken, given = (int(part.partition(".")[2]) for part in pair.split(":"))
    bits_in, bits_out = formats(pair)
    z = np.arange(-(1 << bits_in - 1), 1 << bits_in - 1) / 2.0**taken
    ends = np.array([-(1 << bits_out - 1), (1 << bits_out - 1) - 1]) / 2.0**given
    true = np.clip(activation(name)(z) if name != "exp" else np.exp(z), *ends)
    seen = np.abs(np.array(found) / 2.0**given - true).max()
    assert seen <= error <= seen * 1.0001


@HAS_GCC
def test_one_changed_word_is_seen(actcli, tmp_path):
    pair, segments = SIX["gelu"]
    wanted, _ = model("gelu", pair, segments, actcli)
    source = actcli("approx", "gelu", "--segments", segments, "--fixed", pair, "-f", "c").out
    rows = source.split("\n")
    at = next(i for i, line in enumerate(rows) if line.startswith("    {")) + 70
    base, slope = rows[at].strip(" {},").split(", ")
    rows[at] = f"    {{{int(base) + 4096 * 8}, {slope}}},"
    found = in_c("\n".join(rows), "gelu", pair, tmp_path)
    assert sum(a != b for a, b in zip(found, wanted, strict=True)) == 65536 // segments


@HAS_IVERILOG
@pytest.mark.parametrize("name", SIX)
def test_verilog_agrees_at_every_input(actcli, name, tmp_path):
    pair, segments = SIX[name]
    wanted, _ = model(name, pair, segments, actcli)
    module = f"act_{name}" if name in ("exp", "tanh") else name
    done = actcli("approx", name, "--segments", segments, "--fixed", pair, "-f", "verilog")
    assert in_verilog(done.out, module, pair, tmp_path) == wanted


@HAS_IVERILOG
def test_one_changed_word_of_a_rom_is_seen(actcli, tmp_path):
    pair, segments = SIX["gelu"]
    wanted, _ = model("gelu", pair, segments, actcli)
    source = actcli("approx", "gelu", "--segments", segments, "--fixed", pair, "-f", "verilog").out
    row = next(line for line in source.split("\n") if "'d70:" in line)
    changed = re.sub(r"sd(\d+); s", lambda found: f"sd{int(found[1]) ^ 1 << 15}; s", row, count=1)
    found = in_verilog(source.replace(row, changed), "gelu", pair, tmp_path)
    assert sum(a != b for a, b in zip(found, wanted, strict=True)) == 65536 // segments


CASES = [(1, "float64", "clamp"), (1, "float32", "line"), (0, "float32", "clamp"), (3, "float64", "none")]
SLOWER = [(1, "float64", "line"), (1, "float64", "none"), (1, "float32", "clamp"), (1, "float32", "none")]
CASES += [pytest.param(*case, marks=pytest.mark.long) for case in (*SLOWER, (3, "float32", "line"))]


@HAS_GCC
@pytest.mark.parametrize(("degree", "coefficients", "tails"), CASES)
def test_c_and_python_over_floats_keep_the_bound(actcli, degree, coefficients, tails, tmp_path):
    segments = 8 if degree < 3 else 2
    wish = [
        "approx",
        "gelu",
        "-4:4",
        "--segments",
        segments,
        "--degree",
        degree,
        "--coefficients",
        coefficients,
    ]
    error = max(float(line.split(",")[-1]) for line in actcli(*wish).lines[1:])
    kind, slack = ("double", 1e-15) if coefficients == "float64" else ("float", 3e-6)
    source = actcli(*wish, "--tails", tails, "-f", "c").out
    (tmp_path / "t.c").write_text(
        source + "#include <stdio.h>\nint main(void) {\n    for (int i = -5000; i <= 5000; ++i)\n"
        f'        printf("%.17g\\n", (double)gelu(({kind})i / 1000));\n    return 0;\n}}\n'
    )
    flags = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-fsanitize=undefined"]
    subprocess.run(["gcc", *flags, "t.c", "-o", "t", "-lm"], cwd=tmp_path, check=True)
    ran = subprocess.run(["./t"], cwd=tmp_path, capture_output=True, text=True, check=True)
    y = np.array(ran.stdout.split(), dtype=float)
    z = np.arange(-5000, 5001) / 1000
    inside = np.abs(z) <= 4
    true = activation("gelu")(z)
    assert np.abs(y - true)[inside].max() <= error + slack
    assert np.isnan(y[~inside]).all() == (tails == "none")
    if tails == "clamp":
        assert y[0] == y[1000]
    spoken = {}
    exec(actcli(*wish, "--tails", tails, "-f", "python").out, spoken)
    assert np.allclose(spoken["gelu"](z), y, rtol=0, atol=slack, equal_nan=True)


def test_what_cannot_be_written(actcli):
    for arguments, told in {
        "gelu -4:4 --segments 8 -f verilog": "write --fixed IN:OUT",
        "gelu --segments 8 --fixed Q3.4:Q3.4 -f python": "there are c and verilog",
        "gelu --segments 7 --fixed Q3.4:Q3.4": "a power of two",
        "gelu --segments 8 --fixed Q5.10:Q6.25": "passes 32 bits",
        "gelu --max-error 1e-9 --fixed Q3.4:Q3.4": "below half a step",
        "gelu -4:4 --segments 8 --fixed Q3.4:Q3.4": "leave the interval out",
        "gelu --segments 8 --degree 2 --fixed Q3.4:Q3.4": "--degree 0 or 1",
        "gelu --segments 8": "needs an interval",
    }.items():
        done = actcli("approx", *arguments.split())
        assert (done.status, done.out) == (2, ""), arguments
        assert told in done.err


def test_the_error_is_drawn(actcli):
    shown = actcli("approx", "gelu", "-4:4", "--segments", 4, "--plot").out
    assert "error" in shown
    assert "0.033114" in shown
    assert actcli("approx", "gelu", "--segments", 4, "--fixed", "Q3.4:Q3.4", "--plot").status == 0
