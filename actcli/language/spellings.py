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
    "\u2308": "ceil(", **dict.fromkeys("\u230b\u2309", ")"), "\u0398": "H",
    "\u03b1": "alpha", "\u03b2": "beta", "\u03b3": "gamma", "\u03b4": "delta", "\u03b8": "theta",
    "\u03ba": "kappa", "\u03bb": "lambda", "\u03bc": "mu", "\u03bd": "nu", "\u03c1": "rho", "\u03c4": "tau",
    "\u03c9": "omega",
}  # fmt: skip
# What may stand before a word, and whose the word then is; "" leaves that to the module before it.
MODULES: Mapping[str, str] = {
    **dict.fromkeys(("torch", "pytorch", "F"), "pytorch"), **dict.fromkeys(("jax", "jnp", "lax"), "jax"),
    **dict.fromkeys(("flax", "linen", "nnx"), "flax"), **dict.fromkeys(("tf", "tensorflow"), "tensorflow"),
    **dict.fromkeys(("mx", "mlx"), "mlx"), **dict.fromkeys(("keras", "K", "activations"), "keras"),
    **{name: name for name in ("layers", "ops", "tfa", "tinygrad", "ggml")},
    **dict.fromkeys(("nn", "functional", "special", "core", "math", "Math"), ""),
    **dict.fromkeys(("numpy", "np", "scipy", "cupy"), ""),
}  # fmt: skip
_UPPER = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᶻˣᵉ", "0123456789+-()zxe", strict=True))
_LOWER = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_NAMED = re.compile(
    r"\s*+(?:(?:\\?[a-zA-Z]\w*\s*\(\s*[zx]\s*\)|[gyf])\s*:?=(?!=)|lambda\s+[zx]\s*:|def\s+\w+\(\s*[zx]\s*\)\s*:"
    r"(?:\s*return\b)?|@\(\s*[zx]\s*\)|(?:\(\s*+)?[zx]\s*+(?:\)\s*+)?(?:->|=>|\u21a6))\s*"
)
_GIVEN = re.compile(r"(.*?)((?:\s*:\s*\w+\s*=[^:\\]*)*)", re.DOTALL)  # a formula, and values behind it
_IN_PROGRAMS = (
    (r"(?<![\d.])\.(?=[*/^])|\bstd::", ""),  # Octave, C++
    (
        r"(?<![\w.])(?:\w++\.)*+gelu\(([^,()]*),\s*approximate\s*=\s*(?:True|(['\"])tanh\2)\s*\)",
        r"gelu_tanh(\1)",
    ),
    (r"(?<![\w.])(?:\w++\.)*+gelu\(([^,()]*),\s*approximate\s*=\s*(?:False|(['\"])none\2)\s*\)", r"gelu(\1)"),
)


def respelled(text: str) -> str:
    """Return a formula in the language's own letters, as far as it has one meaning there."""
    text = _NAMED.sub("", text, 1) if _NAMED.match(text) else text
    if "\\" in text or "^{" in text or text.lstrip().startswith("$"):
        text = _from_latex(given[1]) + given[2] if (given := _GIVEN.fullmatch(text)) else text
    text = _chosen(_NAMED.sub("", text, 1) if _NAMED.match(text) else text)
    for found, written in _IN_PROGRAMS:
        text = re.sub(found, written, text)
    return text if text.isascii() and "|" not in text else _from_unicode(text)


def _from_unicode(text: str) -> str:
    import unicodedata

    wide = "[\U0001d400-\U0001d7ff\uff01-\uff0f\uff1a-\uff5e]"
    text = re.sub(wide, lambda m: unicodedata.normalize("NFKC", m[0]), text)
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
    "sigma": "sigmoid", "Theta": "H", "logtwo": "log2", "logten": "log10", "varphi": "phi",
    "infty": "inf", "lt": "<", "gt": ">",
}  # fmt: skip
_NUMBERS = (
    "pi infty alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi rho tau omega"
)
_BARE = (  # what TeX takes without braces
    (r"\\log\s*_\s*\{?\s*2\s*\}?", r"\\logtwo "),
    (r"\\log\s*_\s*\{?\s*10\s*\}?", r"\\logten "),
    (r"(\\[dt]?frac)\s*([A-Za-z\d])", r"\1{\2}"),
    (r"(\\[dt]?frac\s*\{[^{}]*\})\s*([A-Za-z\d])", r"\1{\2}"),
    (r"\\sqrt\s*(\d)(?!\d)", r"\\sqrt{\1}"),
)
_BRACES = (  # the innermost first, as long as there are some
    (
        r"\\(?:operatorname\*?|text[a-z]*|boldsymbol|vec|math(?:rm|it|bf|sf))\s*\{\s*([A-Za-z]+)\s*\}",
        r" \\\1 ",
    ),
    (r"\^\s*\{([^{}]*)\}", r"^(\1)"),
    (r"\\sqrt\s*\[\s*3\s*\]\s*\{([^{}]*)\}", r"\\cbrt(\1)"),
    (r"\\sqrt\s*\{([^{}]*)\}", r"\\sqrt(\1)"),
    (r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"((\1)/(\2))"),
    (r"\\sqrt\s*\[\s*(\d+)\s*\]\s*\{([^{}]*)\}", r"(\2)^(1/\1)"),
    (r"(?<![\w}\]])\{([^{}]*)\}", r"(\1)"),
    (r"\\(exp|ln|log|[a-z]{3,4}h?)\s*\{([^{}]*)\}", r"\\\1(\2)"),
)
_BLANKS = re.compile(r"\\(?:left|right|[bB]igg?[lrm]?|q?quad|displaystyle)(?![A-Za-z])|\\[,;:! ()\[\]]|[$~]")
_APPLIED = re.compile(r"\\([A-Za-z]{2,})\s+(\d+|[a-zA-Z]|\\[a-z]+)(?=\s*(?:[-+,)<>=}]|$))")
_PIECE = re.compile(r"\s*(\\[A-Za-z]+|[A-Za-z]+|\d+\.?\d*|\.\d+|\S)")


def _from_latex(text: str) -> str:
    """Return what LaTeX says; what stands side by side there is multiplied."""
    if re.search(r"\\math(?:bb|ds|bf\{1)|\\begin(?!\s*\{cases)", text):
        raise ActcliError("an indicator is written where(z > 0, 1, 0), cases where(z > 0, z, 0)")
    text = _CASES.sub(_in_one_line, text)
    text = _BLANKS.sub(" ", re.sub(r"\\([{}])", lambda m: "()"[m[1] == "}"], " ".join(text.split())))
    for found, written in (*_BARE, *_BRACES * min(text.count("{") + 1, DEEPEST_NESTING)):
        text = re.sub(found, written, text)
    text = text.replace("[", "(").replace("]", ")")
    return "".join(_side_by_side(list(_pieces(_APPLIED.sub(r"\\\1(\2)", text)))))


_CASES = re.compile(r"\\begin\s*\{cases\}(.*?)\\end\s*\{cases\}", re.DOTALL)
_SAID = r"\\(?:text[a-z]*|mathrm|mbox)\s*\{[^{}]*\}|\bif\b|\\q?quad|[,.]\s*$"
_OPPOSITE = (r"\le", ">"), ("<=", ">"), ("≤", ">"), (r"\ge", "<"), (">=", "<"), ("≥", "<")


def _in_one_line(cases: re.Match[str]) -> str:
    """Return the rows of cases, value & condition, as one where in another; the last is all the rest."""
    rows = [row.split("&") for row in re.split(r"\\\\(?:\[[^\]]*\])?", cases[1]) if row.strip()]
    told = [re.sub("(?<![<>=!])=(?!=)", "==", re.sub(_SAID, " ", row[-1]).strip()) for row in rows]
    pair = tuple(
        re.sub(r"\\([lg])e(?:q|qslant)?(?![a-z])", r"\\\1e", " ".join(each.split())) for each in told
    )
    is_rest = not told or not re.search("[<>=≤≥]|\\\\[gln]e", told[-1])
    if any(len(row) != 2 for row in rows) or not (is_rest or _are_opposite(pair)):
        raise ActcliError(r"cases are read as value & condition, the last with \text{otherwise}")
    *values, whole = (row[0].rstrip(" ,;") for row in rows)
    for value, condition in zip(values[::-1], told[-2::-1], strict=True):
        whole = rf"\where({condition}, {value}, {whole})"
    return whole


def _are_opposite(pair: tuple[str, ...]) -> bool:
    """Tell whether the second of two conditions holds just where the first does not."""
    return any(
        pair in ((a, b), (b, a))
        for a in pair
        for sign, other in _OPPOSITE
        for b in [a.replace(sign, other)]
        if b != a
    )


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
            yield "number" if is_number else "word" if written.isalnum() else written[-1:], written
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
