"""Kernels that a compiler made: exact ones pass, what -ffast-math breaks is named, ulps are mpmath's."""

import json
import shutil
import subprocess

import pytest
from mpmath import mp, mpf

SOURCE = """
#include <math.h>
#include <stdio.h>
float f(float z) { return %s; }
int main(void) {
    float pair[2];
    while (fread(pair, sizeof(float), 1, stdin)) {
        pair[1] = f(pair[0]);
        fwrite(pair, sizeof(float), 2, stdout);
    }
    return 0;
}
"""
MISH = "z*tanhf(logf(1 + expf(z)))"
pytestmark = pytest.mark.skipif(not shutil.which("gcc"), reason="gcc is not installed")


@pytest.fixture
def judged(tmp_path, program):
    def run(name, formula, *options, flags=("-O2",), points="--hard"):
        (tmp_path / "k.c").write_text(SOURCE % formula)
        subprocess.run(["gcc", *flags, "k.c", "-o", "k", "-lm"], cwd=tmp_path, check=True)
        asked = ["--num", "20001", "-100:100"] if points == "--num" else [points]
        asked = [name, *asked] if points == "--hard" else asked
        given = program("points", "--dtype", "float32", *asked, "--raw", "-o", tmp_path / "in.bin")
        assert given.status == 0, given.err
        z = (tmp_path / "in.bin").read_bytes()
        done = subprocess.run([tmp_path / "k"], input=z, capture_output=True, check=True)
        (tmp_path / "out.bin").write_bytes(done.stdout)
        found = program(
            "check", name, tmp_path / "out.bin", "--raw", "--dtype", "float32", "--json", *options
        )
        return found.status, *json.loads(found.out)

    return run


@pytest.mark.parametrize("points", ("--hard", "--num"))
@pytest.mark.parametrize(
    ("name", "formula", "most"),
    [
        ("sigmoid", "1/(1 + exp(-(double)z))", 0.501),
        ("relu", "z > 0 ? z : z != z ? z : 0", 0.5),
        ("softplus", "fmax(z, 0.0) + log1p(exp(-fabs((double)z)))", 0.501),
    ],
)
def test_kernels_that_are_right_pass(judged, name, formula, most, points):
    status, found = judged(name, formula, "--max-ulp", most, points=points)
    assert status == 0 and found["passed"], found["verdict"]


def test_a_cancelling_gelu_fails_in_the_tail(judged):
    status, found = judged("gelu", "0.5f*z*(1 + erff(z*0.70710678f))", "--max-ulp", 4, points="--num")
    assert status == 1 and found["mistakes"]["normal lost to 0"] and found["worst"][0]["z"] < -4


def test_an_overflow_is_named(judged):
    status, found = judged("softplus", "logf(1 + expf(z))", points="--num")
    assert status == 1 and found["mistakes"]["inf for a number"] > 5 and not found["mistakes"]["wrong sign"]


def test_what_fast_math_breaks_is_named(judged):
    flags = ("-O3", "-ffast-math")
    status, found = judged("mish", "z*((1 + expf(z))*(1 + expf(z)) - 1)/((1 + expf(z))*(1 + expf(z)) + 1)",
                           flags=flags, points="--num")  # fmt: skip
    assert status == 1 and found["mistakes"]["nan for a number"] > 50


def test_the_error_is_mpmaths(judged):
    _, found = judged("tanh", "z/(1 + fabsf(z))", "--worst", 3, points="--num")
    for worst in found["worst"]:
        with mp.workdps(40):
            exact = mp.tanh(mpf(worst["z"]))
            ulp = mpf(2) ** (mp.floor(mp.log(abs(exact), 2)) - 23)
            assert worst["error"] == pytest.approx(float((mpf(worst["got"]) - exact) / ulp), rel=1e-9)


def test_many_points_come_in_parts_and_in_order(actcli, monkeypatch):
    from actcli.shell.commands import points

    whole = actcli("points", "--num", "1001", "--dtype", "bfloat16", "-3:3").out
    monkeypatch.setattr(points, "PART", 7)
    assert actcli("points", "--num", "1001", "--dtype", "bfloat16", "-3:3").out == whole
    assert len(actcli("points", "--all", "--dtype", "float8_e5m2", "--bits").lines) == 256
