"""Formulas as source text of NumPy, PyTorch, JAX, C and JavaScript: g and g', shared parts once."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actcli.language.formula import parse
from actcli.language.trees import ONE, ZERO, Node, Z, bound_of, names_in, postorder, substitute
from actcli.language.words import COMPARISONS
from actcli.numerics.exact import nearest
from actcli.streams.sources import comment

OWN_LINE = 60  # characters of a part that gets a line of its own
# Words that these languages lack, or have with less care, in those that they have.
SPELT = {
    "sigmoid": "where(z >= 0, 1, exp(-abs(z)))/(1 + exp(-abs(z)))",
    "softplus": "max(z, 0) + log1p(exp(-abs(z)))",
    "Phi": "erfc(-z*sqrt(1/2))/2",
    "phi": "exp(-z^2/2)/sqrt(2*pi)",
    "sign": "where(z > 0, 1, where(z < 0, -1, 0))",
}


@dataclass(frozen=True)
class Dialect:
    """How a language writes a word, a choice, and a file of a function and its slope."""

    word: str
    others: Mapping[str, str]
    choice: str
    file: str
    mark: str = "#"

    def called(self, word: str) -> str:
        """Return what a word of one argument is called."""
        return self.others.get(word, self.word.format(word))


_ARC = {word: f"arc{word[1:]}" for word in ("asin", "acos", "atan", "asinh", "acosh", "atanh")}
_PYTHON = """

def _value(x):
{value}

def _slope(x):
{slope}"""

NUMPY = Dialect("np.{}", {**{w: f"np.{a}" for w, a in _ARC.items()}, "erf": "_erf", "erfc": "_erfc"},
    "np.where({}, {}, {})", """import math

import numpy as np

_erf = np.vectorize(math.erf, otypes=[float])
_erfc = np.vectorize(math.erfc, otypes=[float])
""" + _PYTHON + """

def _rounded(formula, z):
    z = np.asarray(z)
    z = z if z.dtype.kind == "f" else z.astype(np.float64)
    with np.errstate(all="ignore"):
        return np.asarray(formula({numpy})).astype(z.dtype)


def {name}(z):
    return _rounded(_value, z)


def {name}_slope(z):
    return _rounded(_slope, z)
""")  # fmt: skip
TORCH = Dialect("torch.{}", {}, "torch.where({}, {}, {})", "import torch\n" + _PYTHON + """

class _Function(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        ctx.save_for_backward(z)
        return _value({torch}).to(z.dtype)

    @staticmethod
    def backward(ctx, upstream):
        (z,) = ctx.saved_tensors
        return upstream * {name}_slope(z)


def {name}(z):
    return _Function.apply(z)


def {name}_slope(z):
    return _slope({torch}).to(z.dtype)
""")  # fmt: skip
_JAX = {**{w: f"jnp.{a}" for w, a in _ARC.items()}, **{w: f"jax.scipy.special.{w}" for w in ("erf", "erfc")}}
JAX = Dialect("jnp.{}", _JAX, "jnp.where({}, {}, {})", """import jax
import jax.numpy as jnp
{check}""" + _PYTHON + """

@jax.custom_jvp
def {name}(z):
    z = jnp.asarray(z)
    return _value({jax}).astype(z.dtype)


def {name}_slope(z):
    z = jnp.asarray(z)
    return _slope({jax}).astype(z.dtype)


@{name}.defjvp
def _{name}_jvp(primals, tangents):
    return {name}(*primals), {name}_slope(*primals) * tangents[0]
""")  # fmt: skip
X64 = """
if not jax.config.jax_enable_x64:
    raise RuntimeError("float64 inside: set jax_enable_x64 first, or write this file anew with --fast")
"""
C = Dialect("{}", {"abs": "fabs"}, "({} ? {} : {})", """#include <math.h>

static inline float {name}(float z)
{{
    const {kind} x = z;
{value}}}

static inline float {name}_slope(float z)
{{
    const {kind} x = z;
{slope}}}
""", "C")  # fmt: skip
JAVASCRIPT = Dialect("Math.{}", {"erf": "erf", "erfc": "erfc"}, "({} ? {} : {})", "")
DIALECTS = {"torch": TORCH, "jax": JAX, "numpy": NUMPY, "c": C}


def program(form: str, called: str, trees: Sequence[Node], head: Sequence[str], fast: bool) -> str:
    """Return the text of a file with g and g', float64 inside, or with `fast` in the type of z."""
    dialect = DIALECTS[form]
    value, slope = (_body(Writer(dialect, fast), tree, fast) for tree in trees)
    is_c = dialect is C
    top = comment(head) if is_c else "".join(f"# {line}\n" for line in head)
    text = dialect.file.format(
        name=called, value=value, slope=slope, kind="float" if fast else "double", check="" if fast else X64,
        numpy="z" if fast else "z.astype(np.float64)", torch="z" if fast else "z.double()",
        jax="z" if fast else "z.astype(jnp.float64)",
    )  # fmt: skip
    unused = "" if "_erf" in value + slope else "import math\n\n"
    for word in ("_erf", "_erfc"):
        if not is_c and f"{word}(" not in value + slope:
            text = text.replace(f"{word} = np.vectorize(math.{word[1:]}, otypes=[float])\n", "")
    return top + (text.replace(unused, "", 1) if unused else text).replace("np\n\n\n\n", "np\n\n\n")


def javascript(tree: Node) -> str:
    """Return a formula as a function of x and the object p of its parameters; the page has erf and erfc."""
    writer = Writer(JAVASCRIPT, False)
    found = writer.read(tree)
    lines = "".join(f"const {line}; " for line in writer.lines)
    return f"(x, p) => {{ {lines}return {found}; }}"


def _body(writer: "Writer", tree: Node, fast: bool) -> str:
    found = writer.read(tree)
    const = f"const {'float' if fast else 'double'} " if writer.dialect is C else ""
    end = ";" if writer.dialect is C else ""
    found = f"(float)({found})" if end and not fast else found
    lines = [f"    {const}{line}{end}\n" for line in writer.lines]
    return "".join(lines) + f"    return {found}{end}\n"


class Writer:
    """One reading of a formula as text: parts that are used again are lines before the result."""

    def __init__(self, dialect: Dialect, fast: bool) -> None:
        """`fast` writes the numbers and words of float in C."""
        self.dialect, self.lines = dialect, list[str]()
        self.suffix = "f" if fast and dialect is C else ""

    def read(self, tree: Node) -> str:
        """Return what the whole is, after the lines that it needs."""
        order = postorder(_spelt(tree))
        uses = Counter(child for n in order for child in n.children)
        text: dict[Node, str] = {}
        for n in order:
            text[n] = self._one(n, text)
            steady = n.op in COMPARISONS or n is Z or _is_steady(n)
            if not steady and n is not order[-1] and (uses[n] > 1 or len(text[n]) > OWN_LINE):
                self.lines.append(f"t{len(self.lines) + 1} = {_bare(text[n])}")
                text[n] = f"t{len(self.lines)}"
        return _bare(text[order[-1]])

    def _one(self, n: Node, text: Mapping[Node, str]) -> str:
        parts = [text[child] for child in n.children]
        if n is Z:
            return "x"
        if n.op == "name" and not _is_steady(n):
            return f"p.{n.args[0]}"
        if n.op not in COMPARISONS and _is_steady(n):
            return self._number(n)
        if n.op == "neg":
            return f"(-{parts[0]})"
        if n.op in ("+", "-", "*", "/", *COMPARISONS):
            return f"({parts[0]} {n.op} {parts[1]})"
        if n.op in ("min", "max", "where"):
            return self._chosen(n, parts)
        return self._power(n, parts) if n.op == "^" else f"{self._called(n.op)}({_bare(parts[0])})"

    def _called(self, word: str) -> str:
        return self.dialect.called(word) + self.suffix

    def _chosen(self, n: Node, parts: list[str]) -> str:
        if n.op != "where":
            a, b = parts if _is_steady(n.children[0]) else parts[::-1]  # so that nan gives nan
            parts = [f"({b} {'>' if n.op == 'min' else '<'} {a})", a, b]
        steady = [_is_steady(child) for child in n.children[-2:]]
        if self.dialect is TORCH and all(steady):  # two numbers would be of the default dtype
            parts[1] = f"torch.full_like(x, {_bare(parts[1])})"
        return self.dialect.choice.format(
            *map(_bare, parts) if self.dialect not in (C, JAVASCRIPT) else parts
        )

    def _power(self, n: Node, parts: list[str]) -> str:
        exponent = n.children[1]
        if exponent.value == 2 and parts[0].isidentifier():
            return f"({parts[0]} * {parts[0]})"
        if bound_of(exponent) == 0.5:
            return f"{self._called('sqrt')}({_bare(parts[0])})"
        word = self._called("pow") if self.dialect in (TORCH, C, JAVASCRIPT) else self._called("power")
        return f"{word}({_bare(parts[0])}, {_bare(parts[1])})"

    def _number(self, n: Node) -> str:
        bound = bound_of(n)
        value = bound if isinstance(bound, float) else nearest(n, 0.0)
        if not math.isfinite(value):
            return self._special(value)
        return f"({value!r}{self.suffix})" if value < 0 else f"{value!r}{self.suffix}"

    def _special(self, value: float) -> str:
        if self.dialect is JAVASCRIPT:
            return str(value).replace("inf", "Infinity").replace("nan", "NaN")
        if self.dialect is C:
            return {math.inf: "INFINITY", -math.inf: "(-INFINITY)"}.get(value, "NAN")
        return f"float('{value}')"


def _is_steady(n: Node) -> bool:
    return n.value is not None or not names_in(n)


def _bare(text: str) -> str:
    """Return a text without brackets around the whole of it."""
    if not text.startswith("("):
        return text
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if not depth:
            return text[1:-1] if i == len(text) - 1 else text
    return text


def _spelt(tree: Node) -> Node:
    """Return a formula in the words that the languages have; comparisons of numbers are settled."""
    done: dict[Node, Node] = {}
    for n in postorder(tree):
        made = Node(n.op, *[done[a] if isinstance(a, Node) else a for a in n.args])
        if n.op == "abs" and made.children[0].op == "neg":
            made = Node("abs", made.children[0].children[0])
        if n.op in SPELT:
            made = substitute(parse(SPELT[n.op]), {"z": made.children[0]})
        elif n.op == "where" and n.children[0] is not Z and _is_steady(n.children[0]):
            made = done[n.children[1 if nearest(Node("where", n.children[0], ONE, ZERO), 0.0) else 2]]
        done[n] = made
    return done[tree]
