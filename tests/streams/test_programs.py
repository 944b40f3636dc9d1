"""Functions as source text: the identities hold, and what a check finds is what the head says."""

import math
import re
import shutil
import subprocess

import numpy as np
import pytest

from actcli.catalog import CATALOG
from actcli.checks.judge import check
from actcli.language.stable import ASYMPTOTIC, PRODUCTS, RULES
from actcli.shell.commands.code import even_inputs

Z = np.concatenate(
    [np.linspace(-20, 20, 1001), np.geomspace(1e-30, 3e38, 300), -np.geomspace(1e-30, 3e38, 300)]
).astype(np.float32)
SOME = [entry.name for entry in CATALOG[::12]] + ["log_ndtr", "xatlu", "tanhshrink", "keras_relu", "telu"]
PRODUCT = {f"{a}*({b})^{sign}": better for (a, b, sign), better in PRODUCTS.items()}
IDENTITIES = RULES | {text: better for text, better in PRODUCT.items() if "where" not in better}
SERIES = ASYMPTOTIC | {text: better for text, better in PRODUCT.items() if "where" in better}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Measure over fewer inputs, as a test does it again."""
    monkeypatch.setattr("actcli.shell.commands.code.INPUTS", 1000)


def put_in(text, z):
    return re.sub(r"\b[uwc]\b", lambda m: {"u": z, "w": f"(-{z})", "c": "0.7"}[m[0]], text)


@pytest.mark.parametrize("plain", IDENTITIES)
def test_a_rule_is_an_identity(actcli, plain):
    for z in ("(-0.83)", "0.31", "0.9"):
        if "log(" in plain and z.startswith("(") and "exp" not in plain and "-" not in plain:
            continue
        first, second = (
            actcli("eval", f"0*z + {put_in(f'({text})', z)}", 1, "--digits", 30)
            for text in (plain, IDENTITIES[plain])
        )
        assert first.out == second.out != "", z


@pytest.mark.parametrize("plain", SERIES)
def test_a_tail_is_near(actcli, plain):
    for z in (-20.001, -33, -100, -1e4):
        first, second = (
            float(actcli("eval", put_in(text, "z"), z, "--digits", 17).out) for text in (plain, SERIES[plain])
        )
        assert abs(first / second - 1) < 2.0**-33


@pytest.mark.parametrize(
    ("formula", "word"),
    {
        "log(1 + exp(2z))": "log1p",
        "z*exp(z)/(1 + exp(z))": "abs",
        "z/(1 + e^(-1.702z))": "abs",
        "exp(z^2) - 1": "expm1",
        "-1 + exp(z)": "expm1",
        "0.5*z*(1 + erf(z/sqrt(2)))": "erfc",
        "(exp(z) - exp(-z))/(exp(z) + exp(-z))": "tanh",
        "(1 - exp(-2z))/(1 + exp(-2z))": "tanh",
        "1 - tanh(z)^2": "abs",
        "log(1/(1 + exp(-z)))": "log1p",
        "z*tanh(log(1 + exp(z)))": "log1p",
        "1 - cos(z)": "sin",
        "log(Phi(z))": "erfc",
        "log(cosh(z))": "log1p",
    }.items(),
)
def test_typed_formulas_keep_their_digits(actcli, formula, word):
    text = actcli("code", formula).out
    assert f"np.{word}(" in text or f"_{word}(" in text
    assert max(float(size) for size in re.findall(r"float32 is (\S+) ulp", text)) <= 0.51
    assert "; " not in text.partition("import")[0]


@pytest.mark.parametrize("name", SOME)
def test_numpy_is_as_near_as_its_head_says(actcli, name):
    text, made = actcli("code", name).out, {}
    exec(text, made)
    told = re.findall(r"^# g'?: the largest error over \S+ float32 is (\S+) ulp", text, re.M)
    called = name if name in made else f"act_{name}"
    for order, size in enumerate(told):
        kernel = made[called if not order else f"{called}_slope"]
        found = check(kernel, name, "float32", order, z=even_inputs(1000), kink="right")
        assert f"{math.ceil(found.largest * 1e4) / 1e4:.4f}" == size
        assert check(kernel, name, "float32", order, z=Z, kink="right").largest <= 0.51
        assert found.passed
    assert len(told) == 2


@pytest.mark.skipif(not shutil.which("gcc"), reason="no gcc")
def test_c_is_near(actcli, tmp_path):
    texts = {name: actcli("code", name, "-f", "c").out for name in SOME}
    texts["fast"] = actcli("code", "z*sin(z)", "-f", "c", "--fast").out
    called = [re.findall(r"float (\w+)\(float z\)", text) for text in texts.values()]
    calls = "".join(f'printf("%a %a\\n", (double){g}(z), (double){slope}(z));' for g, slope in called)
    main = f'int main(void) {{ float z; while (scanf("%f", &z) == 1) {{ {calls} }} return 0; }}'
    (tmp_path / "t.c").write_text("\n".join(["#include <stdio.h>", *texts.values(), main]))
    flags = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-fsanitize=undefined"]
    subprocess.run(["gcc", *flags, "t.c", "-o", "t", "-lm"], cwd=tmp_path, check=True)
    given = "\n".join(f"{z:.9g}" for z in Z)
    ran = subprocess.run(["./t"], cwd=tmp_path, input=given, capture_output=True, text=True, check=True)
    y = np.array([float.fromhex(cell) for cell in ran.stdout.split()]).reshape(len(Z), len(texts), 2)
    for i, name in enumerate(SOME):
        for order in (0, 1):
            found = check(y[:, i, order], name, "float32", order, z=Z, kink="right")
            assert found.passed, name
            assert found.largest <= 0.51, name


@pytest.mark.parametrize("form", ["torch", "jax"])
def test_frameworks_take_the_explicit_slope(actcli, form):
    package = pytest.importorskip(form)
    text, made = actcli("code", "keras_relu:threshold=1", "-f", form, "--fast").out, {}
    exec(text, made)
    name = next(key.removesuffix("_slope") for key in made if key.endswith("_slope") and key != "_slope")
    if form == "torch":
        z = package.tensor([-1.0, 1.0, 2.0], requires_grad=True)
        made[name](z).sum().backward()
        assert z.grad.tolist() == [0, 1, 1]
    else:
        assert [float(package.grad(made[name])(z)) for z in (-1.0, 1.0, 2.0)] == [0, 1, 1]


def test_other_texts(actcli):
    shown = actcli("code", "elu:alpha=0.5", "-f", "latex").out
    assert r"\frac{e^{z} - 1}{2}" in shown
    assert "class _Function(torch.autograd.Function)" in actcli("code", "silu", "-f", "torch").out
    assert "@jax.custom_jvp" in actcli("code", "silu", "-f", "jax").out
    assert "double" not in actcli("code", "silu", "-f", "c", "--fast").out
    refused = actcli("code", "gelu", "-f", "rust")
    assert (refused.status, refused.out) == (2, "")
    assert "write one of torch, jax, numpy, c, latex" in refused.err
    assert actcli("code", "softmax").status == 2
