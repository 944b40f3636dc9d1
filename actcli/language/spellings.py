"""Formulas as they stand on a page or in a program, in the letters and signs of the language.

Only what has one meaning is respelled: signs and superscripts of Unicode, simple LaTeX, `c ? a : b`
and `a if c else b`, the `g(z) =` before a formula. What has several is left for the parser to refuse.
"""

import re
from collections.abc import Iterator, Mapping

from actcli.errors import ActcliError
from actcli.language.words import DEEPEST_NESTING

_SIGNS = {
    **dict.fromkeys("\u2212\u2013\ufe63", "-"), **dict.fromkeys("\xd7\xb7\u22c5\u2219\u2217\u2062", "*"),
    **dict.fromkeys("\xf7\u2215\u2044", "/"), **dict.fromkeys("\u2264\u2a7d\u2266", "<="),
    **dict.fromkeys("\u2265\u2a7e\u2267", ">="), **dict.fromkeys("\u2032\u2019", "'"), "\u2260": "!=",
    "\u221e": "inf", "\u212f": "e", "\u2223": "|", "\u2061": "", "\u03c0": "pi", "\u03a6": "Phi",
    "\u03c6": "phi", "\u03d5": "phi", "\u221a": "sqrt", "\u221b": "cbrt", "\u230a": "floor(",
    "\u2308": "ceil(", **dict.fromkeys("\u230b\u2309", ")"),
}  # fmt: skip
# What may stand before a word, and whose the word then is; "" leaves that to the module before it.
MODULES: Mapping[str, str] = {
    "torch": "pytorch", "F": "pytorch", "jax": "jax", "jnp": "jax", "lax": "jax", "flax": "flax",
    "linen": "flax", "nnx": "flax", "mx": "mlx", "mlx": "mlx", "tf": "tensorflow", "tensorflow": "tensorflow",
    "keras": "keras", "K": "keras", "activations": "keras", "layers": "layers", "ops": "ops", "tfa": "tfa",
    "tinygrad": "tinygrad", "ggml": "ggml",
    **dict.fromkeys(("nn", "functional", "special", "numpy", "np", "math", "scipy", "cupy", "Math"), ""),
}  # fmt: skip
_UPPER = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᶻˣᵉ", "0123456789+-()zxe", strict=True))
_LOWER = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_NAMED = re.compile(
    r"\s*(?:(?:[a-zA-Z]\w*\s*\(\s*[zx]\s*\)|[gyf])\s*=(?!=)|lambda\s+[zx]\s*:|[zx]\s*(?:->|=>|\u21a6))\s*"
)


def respelled(text: str) -> str:
    """Return a formula in the language's own letters, as far as it has one meaning there."""
    if "\\" in text or "^{" in text or text.lstrip().startswith("$"):
        text = _from_latex(text)
    text = _chosen(text[named.end() :] if (named := _NAMED.match(text)) else text)
    return text if text.isascii() and "|" not in text else _from_unicode(text)


def _from_unicode(text: str) -> str:
    import unicodedata

    text = re.sub("[\U0001d400-\U0001d7ff]", lambda m: unicodedata.normalize("NFKC", m[0]), text)
    shares = r"(?<![\w.])[\xbc-\xbe\u2150-\u215e]"
    text = re.sub(rf"({shares})(?=[^\W\d]|\()", r"\1*", text)
    text = re.sub(shares, lambda m: f"({unicodedata.normalize('NFKD', m[0])})", text)
    text = re.sub(r"(?<=[a-z])[₀-₉]+", lambda m: m[0].translate(_LOWER), text)
    text = re.sub(f"[{''.join(_UPPER)}]+", lambda m: f"^({_multiplied(m[0])})", text)
    text = re.sub(r"([\u221a\u221b])\s*(\d+\.?\d*|[zx\u03c0](?!\w))", r"\1(\2)", text)
    for sign, written in _SIGNS.items():
        blank = " " * written[-1:].isalpha()
        text = re.sub(rf"{sign}(?=\w)", written + blank, text).replace(sign, written)
    return re.sub(r"\|([^|]+)\|", r"abs(\1)", text)  # bars within bars leave an operator without a side


def _multiplied(exponent: str) -> str:
    """Return the text of a superscript, its numbers and letters joined by *."""
    return re.sub(r"(?<=[\dzx])(?=[zxe(])", "*", "".join(_UPPER[c] for c in exponent))


def _chosen(text: str) -> str:
    """Return `c ? a : b` and `a if c else b` as where(c, a, b)."""
    if "?" in text and (match := re.fullmatch(r"([^?]+)\?([^?:]+):(.+)", text)):
        return f"where({match[1].strip()}, {match[2].strip()}, {_chosen(match[3].strip())})"
    if match := re.fullmatch(r"\s*if (.+?) then (.+?) else (.*)", text):
        return f"where({match[1].strip()}, {match[2].strip()}, {_chosen(match[3].strip())})"
    if " else " in text and (match := re.fullmatch(r"(.+?) if (.+?) else (.*)", text)):
        return f"where({match[2].strip()}, {match[1].strip()}, {_chosen(match[3].strip())})"
    return text


# ---------------------------------------------------------------------------- LaTeX

_LATEX = {
    **dict.fromkeys(("cdot", "times", "ast"), "*"), **dict.fromkeys(("le", "leq", "leqslant"), "<="),
    **dict.fromkeys(("ge", "geq", "geqslant"), ">="), **dict.fromkeys(("ne", "neq"), "!="), "div": "/",
    "lvert": "|", "rvert": "|", "lfloor": "floor(", "lceil": "ceil(", "rfloor": ")", "rceil": ")",
    "sigma": "sigmoid", "varphi": "phi", "infty": "inf", "lt": "<", "gt": ">",
}  # fmt: skip
_NUMBERS = (
    "pi infty alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi rho tau omega"
)
_BRACES = (  # the innermost first, as long as there are some
    (r"\\(?:operatorname|mathrm|text|mathit|mathbf)\s*\{\s*([A-Za-z]+)\s*\}", r" \\\1 "),
    (r"\^\s*\{([^{}]*)\}", r"^(\1)"),
    (r"\\sqrt\s*\[\s*3\s*\]\s*\{([^{}]*)\}", r"\\cbrt(\1)"),
    (r"\\sqrt\s*\{([^{}]*)\}", r"\\sqrt(\1)"),
    (r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"((\1)/(\2))"),
    (r"\\[dt]?frac\s*(\d)\s*(\d)", r"(\1/\2)"),
    (r"(?<![\w}\]])\{([^{}]*)\}", r"(\1)"),
)
_BLANKS = re.compile(r"\\(?:left|right|[bB]igg?[lrm]?|q?quad|displaystyle)(?![A-Za-z])|\\[,;:! ()\[\]]|[$~]")
_APPLIED = re.compile(r"\\([A-Za-z]{2,})\s+(\d+|[a-zA-Z]|\\[a-z]+)(?=\s*(?:[-+,)<>=}]|$))")
_PIECE = re.compile(r"\s*(\\[A-Za-z]+|[A-Za-z]+|\d+\.?\d*|\.\d+|\S)")


def _from_latex(text: str) -> str:
    """Return what LaTeX says; what stands side by side there is multiplied."""
    if r"\begin" in text:
        raise ActcliError(r"cases are written with where, as in where(z >= 0, z, 0), not with \begin")
    text = _BLANKS.sub(" ", re.sub(r"\\([{}])", lambda m: "()"[m[1] == "}"], " ".join(text.split())))
    for found, written in _BRACES * min(text.count("{") + 1, DEEPEST_NESTING):
        text = re.sub(found, written, text)
    text = text.replace("[", "(").replace("]", ")")
    return "".join(_side_by_side(list(_pieces(_APPLIED.sub(r"\\\1(\2)", text)))))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of LaTeX: number, word (a function), sign, each with its text in the language."""
    for match in _PIECE.finditer(text):
        piece, called = match[1], text[match.end() :].lstrip()[:1] == "("
        plain = piece.lstrip("\\") or piece
        if not plain.isalpha():
            yield "number" if plain[0].isdigit() or plain[0] == "." else plain, plain
        elif piece[0] == "\\" or len(plain) == 1 or called:
            written = _LATEX.get(plain, plain)
            is_number = len(plain) == 1 or plain in _NUMBERS.split()
            yield "number" if is_number else "word" if written.isalpha() else written[-1:], written
        else:
            yield from (("number", letter) for letter in plain)


def _side_by_side(pieces: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the texts with a * between factors that have none; not after a /, where it would be a guess."""
    divided, last = [False], ("", "")
    for kind, text in pieces:
        starts = kind in ("number", "word")
        if last[0] in ("number", ")") and (starts or text[-1:] == "("):
            yield " " if divided[-1] or (text[0].isdigit() and last[1][-1:].isdigit()) else "*"
        yield " " + text if starts and last[0] == "word" else text
        last = kind, text
        if text[-1:] == "(":
            divided.append(False)
        elif kind == ")":
            divided = divided[:-1] or [False]
        elif kind in "+-,<>=*/":
            divided[-1] = kind == "/"
