"""check and points: verdicts on kernels whose faults are known, and refusals of what is no such file."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from mpmath import mp, mpf

import actcli as package
from actcli.catalog import function
from actcli.checks.profile import Profile
from actcli.checks.ulps import from_keys, keys, ulp
from actcli.errors import ActcliError
from actcli.numerics.answers import array_answers, slope, value
from actcli.numerics.dtypes import DTYPES, from_bits, numbers_of, rounded_array, to_bits
from actcli.testing import assert_ulp, edges

NARROW = ("bfloat16", "float16", "float8_e4m3fn", "float8_e5m2")


def right(name, dtype, order=0):
    """Return the correctly rounded outputs at every encoding."""
    shown = function(name)
    return array_answers(slope(shown) if order else value(shown), numbers_of(dtype), dtype)


def written(path, y, dtype):
    to_bits(y, dtype).astype(f"<u{DTYPES[dtype].width // 8}").tofile(path)
    return path


@pytest.mark.parametrize("dtype", NARROW)
@pytest.mark.parametrize("name", ("gelu", "relu", "log_sigmoid", "tanh"))
@pytest.mark.parametrize("order", (0, 1))
def test_correctly_rounded_outputs_pass_at_half_an_ulp(actcli, tmp_path, dtype, name, order):
    file = written(tmp_path / "out.bin", right(name, dtype, order), dtype)
    asked = ["--order", 1] if order else []
    found = actcli("check", name, file, "--all", "--dtype", dtype, "--max-ulp", 0.5, *asked)
    assert found.status == 0 and found.lines[-1].startswith("PASS: all ")
    assert "correctly rounded 100.00 %" in found.out


def test_a_zeroed_tail_is_found(actcli, tmp_path):
    y = right("gelu", "bfloat16")
    y[numbers_of("bfloat16") < -5] = 0
    found = actcli(
        "check", "gelu", written(tmp_path / "o", y, "bfloat16"), "--all", "--dtype", "bf16", "--max-ulp", 1
    )
    assert found.status == 1 and found.lines[-1] == "FAIL: 184 of 65,536 above 1 ulp"
    assert (
        "z -8.625 0xc10a   got 0 0x0000   exact -2.76399572706e-17   rounded 0xa3ff   +254.9 ulp" in found.out
    )
    assert "normal lost to 0 178" in found.out


@pytest.mark.parametrize("suffix", ("", ".svg", ".tex", ".txt"))
def test_the_error_is_drawn_over_the_encodings(actcli, tmp_path, suffix):
    y = right("gelu", "bfloat16")
    y[numbers_of("bfloat16") < -5] = 0
    y[0x3F80] = np.nan
    file, kept = written(tmp_path / "o", y, "bfloat16"), tmp_path / f"e{suffix}"
    found = actcli("check", "gelu", file, "--all", "--dtype", "bf16", "--max-ulp", 1, "--plot",
                   *(["-o", kept] if suffix else []))  # fmt: skip
    shown = kept.read_text() if suffix else found.out
    assert found.status == 1 and found.lines[-1].startswith("FAIL: 185 of")
    powers = {".svg": (">-10<", ">26<"), ".tex": ("$10^{26}$", "$-10^{26}$")}.get(suffix, ("1e26", "-1e26"))
    for text in ("largest |error| in ulp", "no number", "1 ulp", "gelu in bfloat16", *powers):
        assert text in shown.replace("\N{MINUS SIGN}", "-").replace(r"\ensuremath{|}", "|")
    assert suffix in ("", ".txt") or "in the order of its encodings" in shown


def test_a_picture_that_cannot_be_is_refused(actcli, tmp_path):
    (tmp_path / "o.csv").write_text("z,y\ninf,1\n")
    found = actcli("check", "sigmoid", tmp_path / "o.csv", "--plot")
    assert (found.status, found.err) == (2, "actcli: --plot: there is no finite z to draw an error over\n")
    found = actcli("check", "sigmoid", tmp_path / "o.csv", "--plot", "--json")
    assert found.status == 2 and not found.out and "add -o FILE.svg" in found.err


def test_the_profile_is_the_largest_error_of_each_place():
    profile, z = Profile("bfloat16"), numbers_of("bfloat16")
    y = right("tanh", "bfloat16")
    error = np.abs(keys(y, "bfloat16") - keys(y, "bfloat16")) + (z == -8.625) * 7.0
    profile.add(z, error)
    (place,) = np.flatnonzero(profile.heights == 7)
    assert place == (keys(np.array([-8.625]), "bfloat16")[0] >> 3) + 4096
    assert set(profile.heights.tolist()) <= {-1.0, 0.0, 7.0}


def test_a_truncating_kernel_is_told_by_its_bias(actcli, tmp_path):
    z = numbers_of("bfloat16")
    exact = array_answers(value(function("sigmoid")), z)
    cut = (exact.view(np.int64) & -(1 << 45)).view(np.float64)
    y = np.where(np.abs(exact) < 2.0**-126, rounded_array(exact, "bfloat16"), cut)
    asked = ("--all", "--dtype", "bf16", "--max-ulp", 1, "--within", "-4:4", "--json")
    (found,) = json.loads(actcli("check", "sigmoid", written(tmp_path / "o", y, "bfloat16"), *asked).out)
    assert found["passed"] and found["max"] < 1 and found["bias"] < 0


def test_mistakes_have_names(tmp_path, actcli):
    z, y = numbers_of("bfloat16"), right("gelu", "bfloat16")
    y[z == 1], y[z == 2], y[z == -1], y[z == 3], y[z == np.inf] = np.nan, np.inf, 0.25, 0, np.nan
    (found,) = json.loads(
        actcli(
            "check", "gelu", written(tmp_path / "o", y, "bfloat16"), "--all", "--dtype", "bf16", "--json"
        ).out
    )
    names = ("nan for a number", "inf for a number", "wrong sign", "normal lost to 0")
    assert [found["mistakes"][name] for name in names] == [2, 1, 1, 1]
    assert found["verdict"] == "FAIL: 5 mistakes of 65,536"


def test_either_slope_passes_at_a_kink_unless_one_is_named(actcli, tmp_path):
    file = tmp_path / "k.csv"
    for y, side, status in ((0, "", 0), (0.5, "", 0), (1.5, "", 1), (0, "right", 1), (0, "left", 0)):
        file.write_text(f"z,y\n0,{y}\n")
        asked = ["--kink", side] if side else []
        assert actcli("check", "relu", file, "--order", 1, "--max-ulp", 0.5, *asked).status == status


def test_values_and_slopes_in_one_run(program):
    z = np.linspace(-3, 3, 7)
    rows = "".join(f"{a!r},{b!r},{c!r}\n" for a, b, c in zip(
        z.tolist(), package.gelu(z).tolist(), package.gelu.derivative(z).tolist(), strict=True))  # fmt: skip
    found = program("check", "gelu", "--max-ulp", 0.5, input=f"z,y,dy\n{rows}".encode())
    assert found.status == 0 and found.out.count("PASS: all 7 within 0.5 ulp") == 2
    assert "gelu' in float64: 7 points" in found.out


def test_errors_are_from_the_exact_value(actcli, tmp_path):
    z, y = 0.7, np.nextafter(package.tanh(0.7), 1)
    (tmp_path / "o.csv").write_text(f"z,y\n{z!r},{float(y)!r}\n")
    (found,) = json.loads(actcli("check", "tanh", tmp_path / "o.csv", "--json").out)
    with mp.workdps(50):
        error = (mpf(float(y)) - mp.tanh(mpf(z))) / mpf(2) ** -53
    assert found["max"] == pytest.approx(float(abs(error)), abs=2**-14) and found["max"] != 1


def test_subnormal_results_of_float64_are_measured_exactly(actcli, tmp_path):
    (tmp_path / "o.csv").write_text("z,y\n-38.5,-5e-324\n-740,1.15e-321\n")
    (found,) = json.loads(actcli("check", "gelu", tmp_path / "o.csv", "--json", "--within", "-39:0").out)
    with mp.workdps(50):
        exact = mpf("-38.5") * mp.erfc(mpf("38.5") / mp.sqrt(2)) / 2
        error = (-mpf(5e-324) - exact) / mpf(2) ** -1074
    assert found["max"] == pytest.approx(float(error), rel=1e-9)


def test_upstream_and_the_slope_from_the_value(actcli, tmp_path):
    z, u = np.array([0.3, -1.2, 2.0], np.float32), np.array([1.7, -0.3, 1e3], np.float32)
    exact = package.activation("silu").derivative(z.astype(float)) * u
    rows = "".join(
        f"{a},{b},{c}\n"
        for a, b, c in zip(*(x.astype(np.float32).tolist() for x in (z, u, exact)), strict=True)
    )
    (tmp_path / "o.csv").write_text(f"z,u,dy\n{rows}")
    asked = ("--dtype", "float32", "--max-ulp", 0.5)
    assert actcli("check", "silu", tmp_path / "o.csv", "--upstream", "u", *asked).status == 0
    assert actcli("check", "silu", tmp_path / "o.csv", *asked).status == 1
    (tmp_path / "a.csv").write_text("z,y\n0.5,0.25\n")
    assert actcli("check", "sigmoid", tmp_path / "a.csv", "--from-a", "--max-ulp", 0.5).status == 0


def test_an_absolute_error_excuses_and_is_told(actcli, tmp_path):
    y = right("gelu", "bfloat16")
    y[numbers_of("bfloat16") < -5] = 0
    file = written(tmp_path / "o", y, "bfloat16")
    found = actcli("check", "gelu", file, "--all", "--dtype", "bf16", "--max-ulp", 1, "--atol", 1e-5)
    assert found.status == 0 and "passed by --atol alone: 184, the largest 254.9 ulp" in found.out


def test_numpy_files_of_bits_and_of_numbers(actcli, tmp_path):
    z, y = numbers_of("bfloat16"), right("tanh", "bfloat16")
    bits = np.column_stack([to_bits(z, "bfloat16"), to_bits(y, "bfloat16")]).astype(np.uint16)
    np.save(tmp_path / "o.npy", bits)
    np.savez(tmp_path / "o.npz", z=z.astype(np.float32), y=y.astype(np.float32))
    for name in ("o.npy", "o.npz"):
        assert actcli("check", "tanh", tmp_path / name, "--dtype", "bf16", "--max-ulp", 0.5).status == 0


@pytest.mark.parametrize(
    ("content", "asked", "said"),
    (
        (b"z,y\n1,0.3001\n", ["--dtype", "bf16"], "line 2: y = 0.3001 is no number of bfloat16"),
        (b"z,y\n1,x\n", [], "line 2, column 'y': 'x' is not a number"),
        (b"a,b\n1,2\n", [], "columns z and y (or dy) are needed"),
        (b"123", ["--raw", "--dtype", "bf16"], "the file ends amid a pair z, y of 4 bytes: is it bfloat16?"),
        (b"1234", ["--all", "--dtype", "bf16"], "for each encoding of bfloat16: 131,072"),
        (b"z,y\n", [], "there is no point to check"),
        (b"z,y\n1\n", [], "line 2"),
    ),
)  # fmt: skip
def test_what_is_no_such_file_is_refused(program, tmp_path, content, asked, said):
    (tmp_path / "o").write_bytes(content)
    found = program("check", "relu", tmp_path / "o", *asked)
    assert found.status == 2 and said in found.err and len(found.err.splitlines()) == 1


# ---------------------------------------------------------------------------- points


def test_every_encoding_and_an_even_choice(program, actcli, tmp_path):
    assert actcli("points", "--dtype", "bf16", "--all", "--raw", "-o", tmp_path / "z.bin").status == 0
    assert (tmp_path / "z.bin").read_bytes() == np.arange(65536, dtype="<u2").tobytes()
    assert actcli("points", "--dtype", "float32", "--num", 3, "-8:8").lines == ["-8", "0", "8"]
    assert actcli("points", "gelu").status == 2


def test_hard_points_of_gelu_are_those_that_bisection_found(actcli):
    found = dict(
        line.split(",", 1)[::-1] for line in actcli("points", "gelu", "--dtype", "float32", "--hard").lines
    )
    text = actcli("points", "gelu", "--dtype", "float32", "--hard").out
    assert "-13.146247,g becomes subnormal" in text and "5.3475156,g(z) becomes z" in text
    assert "-14.356069,g becomes 0" in text and "-0.75179154,an extreme" in text
    assert "zero" not in found or found["zero"] == "0"


def test_kinks_are_hard_points(actcli):
    assert "-1,a kink" in actcli("points", "hard_tanh", "--dtype", "bf16", "--hard").lines


@pytest.mark.parametrize("dtype", DTYPES)
def test_keys_are_in_the_order_of_the_numbers(dtype):
    width = DTYPES[dtype].width
    bits = np.unique(np.random.default_rng(1).integers(0, 1 << min(width, 62), 4000))
    z = from_bits(bits, dtype)
    z = z[np.isfinite(z)]
    places = keys(z, dtype)
    assert (np.diff(z[np.argsort(places, kind="stable")]) >= 0).all()
    assert (from_keys(places, dtype) == z).all()


def test_an_ulp_is_that_of_the_format():
    assert ulp(np.array([1.0, 0.0, 2.0**-130, 255.0]), DTYPES["bfloat16"]).tolist() == [
        2**-7,
        2**-133,
        2**-133,
        1,
    ]
    assert ulp(np.array([1.0, 0.0]), DTYPES["float64"]).tolist() == [2**-52, 2**-1074]


# ---------------------------------------------------------------------------- from Python


def test_a_kernel_from_python():
    found = package.check(np.tanh, "tanh", "float16")
    assert found.passed and found.points == found.as_dict()["points"] == 65536 and 0 < found.largest <= 0.51
    assert not package.check(
        lambda z: np.where(z < -5, 0, package.gelu(z)), "gelu", "float16", max_ulp=1
    ).passed


def test_a_search_says_that_it_is_a_lower_bound():
    found = package.check(lambda z: z / (1 + np.abs(z)), "softsign", "float32", max_ulp=2)
    assert found.lower_bound and "lower bound" in str(found) and found.passed and found.largest > 0.9


@pytest.mark.parametrize(
    "kernel", (lambda z: z[:3], lambda z: 1 / 0, lambda z: "no", lambda z: z * 1j, lambda z: z.astype(str))
)
def test_a_kernel_that_fails_is_told_in_one_sentence(kernel):
    with pytest.raises(ActcliError):
        package.check(kernel, "relu", "float16")


def test_assert_ulp_shows_the_worst_inputs():
    with pytest.raises(AssertionError, match=r"worst:\n    z "):
        assert_ulp(lambda z: np.tanh(z) * np.float16(1.01), "tanh", dtype="float16", max_ulp=1)
    assert_ulp(np.tanh, "tanh", dtype="float16", max_ulp=1)
    assert any("kink" in point.id for point in edges("relu", "float16"))


# ---------------------------------------------------------------------------- budgets

BUDGET = """# ours
[[kernel]]
function = "gelu"  # exact
file = "gelu.bin"
dtype = "bf16"
all = true
max_ulp = 1   # was 2

[[kernel]]
function = "tanh"
file = "tanh.csv"
"""


def kept_budget(tmp_path, text=BUDGET, error=0.0):
    written(tmp_path / "gelu.bin", right("gelu", "bfloat16"), "bfloat16")
    (tmp_path / "tanh.csv").write_text(f"z,y\n1,{float(package.tanh(1.0)) + error!r}\n")
    (tmp_path / "kernels.toml").write_text(text)
    return tmp_path / "kernels.toml"


def test_a_budget_judges_all_its_kernels(program, tmp_path):
    found = program("check", "--budget", kept_budget(tmp_path))
    assert found.status == 0 and found.lines[-1] == "PASS: all 2"
    assert found.lines[0].split() == ["PASS", "gelu", "bfloat16", "0.5", "of", "1", "ulp", "gelu.bin"]
    tight = kept_budget(tmp_path, BUDGET.replace("max_ulp = 1 ", "max_ulp = 0.4 "))
    found = program("check", "--budget", tight)
    assert found.status == 1 and found.lines[-1] == "FAIL: 1 of 2" and found.lines[0].startswith("FAIL  gelu")


def test_an_update_leaves_what_was_typed(program, tmp_path):
    file = kept_budget(tmp_path, error=2.0**-50)
    assert program("check", "--budget", file, "--update").status == 0
    lines = file.read_text().splitlines()
    assert (
        lines[0] == "# ours" and 'function = "gelu"  # exact' in lines and "max_ulp = 0.5   # was 2" in lines
    )
    assert (
        sum(line.startswith("date = 20") for line in lines) == 2 and 'worst = "1 0x3ff0000000000000"' in lines
    )
    assert program("check", "--budget", file).status == 0
    kept_budget(tmp_path, file.read_text(), error=2.0**-48)
    assert program("check", "--budget", file).status == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kernel = 3", "no kernel is in it"),
        ("[[kernel]\n", "this is no TOML"),
        (BUDGET.replace("all = true", "al = true"), "kernel 1: al is none of function, file"),
        (BUDGET.replace("max_ulp = 1", "max_ulp = true"), "kernel 1: max_ulp = True"),
        (BUDGET.replace('function = "tanh"', ""), "kernel 2: function is missing"),
        (BUDGET.replace("tanh.csv", "no.csv"), "there is no such file"),
        (BUDGET.replace('"bf16"', '"bf17"'), "bf17"),
    ],
)
def test_a_wrong_budget_is_refused(program, tmp_path, text, said):
    found = program("check", "--budget", kept_budget(tmp_path, text))
    assert found.status in (1, 2) and said in found.err and found.err.count("\n") == 1 and not found.out


def test_a_budget_stands_alone(actcli):
    assert "goes with --budget" in actcli("check", "--update").err
    assert "needs a FUNCTION" in actcli("check").err
    assert "the functions are those of" in actcli("check", "gelu", "--budget", "kernels.toml").err


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores cannot be chosen here")
def test_cores_side_by_side_find_what_one_finds(tmp_path):
    """Batches are joined in their order: counts, means, quantiles and the first of equal worst inputs."""
    z = np.random.default_rng(5).normal(0, 9, 300_000).astype(np.float32)
    np.stack([z, np.tanh(z) * np.float32(1 + 2.0**-22)], axis=1).tofile(tmp_path / "o.bin")
    command = [
        sys.executable,
        "-m",
        "actcli",
        "check",
        "tanh",
        "o.bin",
        "--raw",
        "--dtype",
        "float32",
        "--json",
    ]
    cores = sorted(os.sched_getaffinity(0))
    found = [
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=False,
                       preexec_fn=lambda some=some: os.sched_setaffinity(0, some)).stdout
        for some in (cores[:1], cores)
    ]  # fmt: skip
    assert found[0] == found[1] and json.loads(found[0])[0]["points"] == 300_000
