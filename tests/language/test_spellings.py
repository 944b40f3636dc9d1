"""What stands on a page or in a program: respelled where it has one meaning, told where it has several."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.catalog import CATALOG, defined, function
from actcli.catalog.frameworks import THEIRS
from actcli.errors import ActcliError
from actcli.language.formula import parse
from actcli.language.spellings import MODULES, respelled
from actcli.language.words import SHORTHANDS, SPELLED, TOLD, WORDS
from actcli.numerics.answers import answer, value

SAME = [
    ("z²", "z^2"),
    ("z⁻¹⁰", "z^-10"),
    ("e⁻ᶻ", "e^-z"),
    ("e⁻²ᶻ", "e^(-2*z)"),
    ("e^−z", "e^-z"),
    ("z·2 × z ÷ 3 − 1", "z*2*z/3 - 1"),
    ("π*z + 2π", "pi*z + 2pi"),
    ("Φ(z)*φ(z)", "Phi(z)*phi(z)"),
    ("where(z ≥ 0, z, 0) + where(z ≤ 1, z, 0) + where(z ≠ 1, z, 0)", None),
    ("√(1 + z²) + √z + √2", "sqrt(1 + z^2) + sqrt(z) + sqrt(2)"),
    ("∛z", "cbrt(z)"),
    ("|z| + |z - 1|", "abs(z) + abs(z - 1)"),
    ("⌊z⌋ + ⌈z⌉", "floor(z) + ceil(z)"),
    ("½*z", "(1/2)*z"),
    ("log₂(z) + log₁₀(z)", "log2(z) + log10(z)"),
    ("𝑧²", "z^2"),
    ("g(z) = z^2", "z^2"),
    ("f(x)=x^2", "x^2"),
    ("y = max(0, x)", "max(0, x)"),
    ("lambda x: x^2 + 1", "x^2 + 1"),
    ("z < 0 ? 0 : z", "where(z < 0, 0, z)"),
    ("z < 0 ? 0 : z > 1 ? 1 : z", "where(z < 0, 0, where(z > 1, 1, z))"),
    ("x if x > 0 else 0", "where(x > 0, x, 0)"),
    ("if(z > 0, z, 0)", "where(z > 0, z, 0)"),
    (r"\frac{1}{1+e^{-z}}", "1/(1 + e^-z)"),
    (r"\sigma(z)", "sigmoid(z)"),
    (r"\max(0, z)", "max(0, z)"),
    (r"\max\{0, z\}", "max(0, z)"),
    (r"\tanh z", "tanh(z)"),
    (r"z^{2} + x^{10}", "z^2 + z^10"),
    (r"\sqrt{\frac{2}{\pi}} \cdot \left( z + 1 \right)", "sqrt(2/pi)*(z + 1)"),
    (r"$z\,\tanh(\ln(1+e^{z}))$", "z*tanh(log(1 + e^z))"),
    (
        r"\frac{z}{2}\left[1+\operatorname{erf}\left(\frac{z}{\sqrt{2}}\right)\right]",
        "z/2*(1 + erf(z/sqrt(2)))",
    ),
    (
        r"0.5z\left(1+\tanh\left(\sqrt{\frac{2}{\pi}}\left(z+0.044715z^3\right)\right)\right)",
        "0.5*z*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z^3)))",
    ),
    (r"xe^{-x}", "x*e^-x"),
    (r"\frac{e^z-e^{-z}}{e^z+e^{-z}}", "(e^z - e^-z)/(e^z + e^-z)"),
    (r"\dfrac{z}{1+|z|}", "z/(1 + abs(z))"),
    (r"\exp\!\left(-\tfrac{z^2}{2}\right)", "exp(-(z^2/2))"),
    (r"\text{ReLU}(z) + \mathrm{e}^{-z}", "relu(z) + e^-z"),
    (r"\frac12 z", "(1/2)*z"),
    (r"\exp{-z} + \operatorname*{max}(0, z) + \textrm{SiLU}(z)", "exp(-z) + max(0, z) + silu(z)"),
    (r"\log_2 z + \log_{10}(z)", "log2(z) + log10(z)"),
    (r"\frac z2 + \frac{z}3 + \sqrt 2 z + \sqrt[4]{z}", "z/2 + z/3 + sqrt(2)*z + z^(1/4)"),
    ("β*z", "beta*z"),
    (r"f(z) = \max(0, z)", "max(0, z)"),
    (r"\begin{cases} z & z > 0 \\ 0 & z \le 0 \end{cases}", "where(z > 0, z, 0)"),
    (
        r"f(x) = \begin{cases} 1, & \text{if } x > 1, \\ x^{2}, & x = 0 \\ 0, & \text{else.} \end{cases}",
        "where(x > 1, 1, where(x == 0, x^2, 0))",
    ),
    ("f(x) := x^2", "x^2"),
    ("(z) => z^2", "z^2"),
    ("def f(z): return z^2", "z^2"),
    ("@(z) z.^2./(1 + z.*z)", "z^2/(1 + z*z)"),
    ("std::fmax(0.0, z)", "max(0, z)"),
    ("max（0，z）", "max(0, z)"),
    ("IF(z > 0, z, 0)", "where(z > 0, z, 0)"),
    ("F.gelu(z, approximate='tanh')", "gelu_tanh(z)"),
    ("jax.nn.gelu(z, approximate=False)", "gelu(z)"),
    (r"z \le 1 ? 0 : \lvert z \rvert", "where(z <= 1, 0, abs(z))"),
]


@pytest.mark.parametrize(("text", "meaning"), SAME)
def test_what_has_one_meaning_is_read(text, meaning):
    meaning = meaning or text.replace("≥", ">=").replace("≤", "<=").replace("≠", "!=")
    assert parse(text, defined) is parse(meaning, defined)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2½",
            "πz",
            "||z| - 1|",
            "1/2π z",
            "√",
            "z⁽",
            "\\",
            r"\frac{1}{",
            r"1/z(1+z)",
            r"\foo(z)",
            r"\tanh 2z",
        ),
        *(r"\begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases}", r"\mathbb{1}(z > 0)"),
        *(r"\begin{cases} z \end{cases}", r"\tanh^2 z", "σ′(z)", "z ? 1", "lambda t: t", "y == z"),
    ],
)
def test_what_has_several_is_not(text):
    with pytest.raises(ActcliError):
        parse(text, defined)


@given(st.text("zx019.+-*/^()<>=, |?:²⁻πσ√½{}\\frac$", max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        parse(text, defined)
    except ActcliError as fault:
        assert str(fault)


@given(st.text("zx019.+-*/^()<>=, abcdefg", max_size=30))
def test_the_language_itself_is_left_as_it_is(text):
    plain = re.sub(r"\.+(?=[*/^])|\(?[zx]\)?\s*->", "", text.replace("=", ""))
    assert respelled(plain) == plain


OF_NUMPY = {
    **{
        name: getattr(np, name)
        for name in ("log2", "log10", "exp2", "ceil", "trunc", "cbrt", "square", "arctan")
    },
    **{name: getattr(np, name) for name in ("arcsinh", "fabs", "absolute", "reciprocal", "mod", "remainder")},
    **{
        name: getattr(np, name)
        for name in ("hypot", "logaddexp", "power", "maximum", "minimum", "fmax", "fmin")
    },
    **{name: getattr(np, name) for name in ("arcsin", "arccos", "arccosh", "arctanh")},
    "ln": np.log,
    "loge": np.log,
    "pow": np.power,
    **dict.fromkeys(("sgn", "signum"), np.sign),
    "exp10": lambda z: 10.0**z,
    "logit": lambda z: np.log(z / (1 - z)),
    "softplus_inverse": lambda z: np.log(np.expm1(z)),
    "log1mexp": lambda z: np.log1p(-np.exp(-z)),
    "rsqrt": lambda z: 1 / np.sqrt(z),
    "sech": lambda z: 1 / np.cosh(z),
    "csch": lambda z: 1 / np.sinh(z),
    "coth": lambda z: 1 / np.tanh(z),
    "sec": lambda z: 1 / np.cos(z),
    "csc": lambda z: 1 / np.sin(z),
    "cot": lambda z: 1 / np.tan(z),
}


@pytest.mark.parametrize("word", SPELLED)
def test_words_of_other_languages(word):
    two = "v" in SPELLED[word]
    asked = value(function(f"{word}(z, 0.75)" if two else f"{word}(z)"))
    for z in (0.25, 0.8125, -0.625, 3.5, -3.5, 40.0):
        with np.errstate(all="ignore"):
            known = OF_NUMPY[word](z, 0.75) if two else OF_NUMPY[word](z)
        assert answer(asked, z) == pytest.approx(float(known), rel=1e-14, nan_ok=True), z


def test_no_word_is_told_twice():
    words = [*WORDS, *SHORTHANDS, *SPELLED, *TOLD]
    assert len(words) == len({*words})
    assert not {*SPELLED, *TOLD} & {entry.name for entry in CATALOG}


def test_exact_powers_stay_exact():
    assert [answer(value(function("log2")), 2.0**k) for k in (-1074, 0, 3, 1023)] == [-1074, 0, 3, 1023]
    assert answer(value(function("cbrt")), -27.0) == -3
    assert answer(value(function("exp2")), 0.5) == 2**0.5


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        *(("nn.GELU", "gelu"), ("torch.tanh", "tanh"), ("F.silu", "silu"), ("np.tanh", "tanh")),
        *(("tf.nn.relu", "relu"), ("keras.activations.elu", "elu"), ("torch.nn.functional.mish", "mish")),
        *(("jax.nn.gelu", "gelu_tanh"), ("tf.nn.gelu", "gelu"), ("keras.ops.gelu", "gelu_tanh")),
        *(("tf.nn.leaky_relu", "leaky_relu:slope=0.2"), ("nn.LeakyReLU", "leaky_relu")),
        *(("tf.keras.layers.LeakyReLU", "leaky_relu:slope=0.3"), ("F.softplus", "softplus:threshold=20")),
        *(("jax.nn.softplus", "softplus"), ("nn.LeakyReLU:negative_slope=0.2", "leaky_relu:slope=0.2")),
        *(("np.tanh(z)", "tanh"), ("z*F.sigmoid(z)", "silu"), ("F.softplus(z)", "softplus:threshold=20")),
        *(("nn.ReLU()", "relu"), ("nn.GELU()(z)", "gelu"), ("nn.ELU(alpha=2, inplace=True)", "elu:alpha=2")),
        *(
            ("nn.LeakyReLU(0.2)(z)", "leaky_relu:slope=0.2"),
            ("pytorch.nn.Softplus()", "softplus:threshold=20"),
        ),
        *(("layers.LeakyReLU(alpha=0.1)", "leaky_relu:slope=0.1"), ("jax.nn.gelu()", "gelu_tanh")),
        *(("nn.Hardtanh(-2, 2)(z)", "hard_tanh:min_val=-2:max_val=2"), ("mlx.core.sigmoid", "sigmoid")),
        *(("elu:α=2", "elu:alpha=2"), ("β*z:β=2", "2*z")),
        *(("np.where(z > 0, z, 0*np.pi)", "where(z > 0, z, 0*pi)"), ("np.log2(z)", "log2(z)")),
    ],
)
def test_the_spellings_of_frameworks(text, meaning):
    assert function(text).formula is function(meaning).formula


def test_each_framework_s_own_is_an_entry_with_parameters():
    for (owner, name), ours in THEIRS.items():
        assert owner in MODULES.values() or owner == "pytorch"
        assert name.lower() == "step" or function(name).formula is not function(ours).formula
