"""The language of activations: text to a checked tree.

A formula is arithmetic in `z` with the words of words.py. Nothing of it is ever handed to Python's eval:
the text is cut into tokens, parsed by the rules here, and what is not in the language is refused
with its place.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from actcli.errors import ActcliError, FormulaError
from actcli.language.points import shown
from actcli.language.spellings import MODULES, respelled
from actcli.language.trees import Node, Z, name, names_in, number, substitute
from actcli.language.words import (
    COMPARISONS,
    CONSTANTS,
    DEEPEST_NESTING,
    LARGEST_EXPONENT,
    LONGEST_TEXT,
    MOST_DIGITS,
    SHORTHANDS,
    SPELLED,
    TOLD,
    VECTOR_WORDS,
    WORDS,
)


class Token(NamedTuple):
    """A piece of a formula's text: its kind (number, name, sign, end), itself, and where it stands."""

    kind: str
    text: str
    place: int


@dataclass(frozen=True)
class Definition:
    """A word that is written in the language itself: a formula in `z` and its parameters' defaults."""

    body: Node
    parameters: Mapping[str, Node]
    spelling: Callable[[str], str]  # a parameter's name from any of its spellings, or an ActcliError
    check: Callable[[Mapping[str, Node]], None]  # refuses values that the parameters may not have


Lookup = Callable[[str], Definition | None]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>"
    rf"(?:(?:{'|'.join(MODULES)})\.)*[^\W\d]\w*)"
    r"|(?P<sign>\*\*|>=|<=|==|!=|[-+*/^(),=<>]))"
)
_INSTEAD = {
    "'": "the name alone: deriv and plot show its slope",
    "%": "mod(u, v)",
    "[": "(",
    "]": ")",
    "{": "(",
    "}": ")",
    "|": "abs(z), and one where in another for 'or'",
    "&": "one where in another",
    ".": "the name alone, as in gelu(z)",
    ";": ",",
    "\u221a": "sqrt(z)",
}


def parse(text: str, lookup: Lookup = lambda _: None, names: Iterable[str] = ()) -> Node:
    """Return the tree of a formula; `lookup` tells what words beyond this language's own mean.

    `names` are spellings of such words, for the hints of errors. Raises FormulaError with the place
    of whatever is not in the language.
    """
    return _Parser(text, lookup, names).whole()


def first_of(names: Collection[str], text: str) -> "Token":
    """Return the piece of a formula's text where one of these names stands first."""
    return next(token for token in _Parser(text).tokens if token.kind == "name" and token.text in names)


def exact_decimal(text: str, whole: str = "", place: int = 0) -> Fraction:
    """Return the exact value of a decimal such as 1.5e-3."""
    digits, _, exponent = text.lower().partition("e")
    count = len(digits.replace(".", ""))
    if count > MOST_DIGITS:
        sentence = f"a number of {count:,} digits is too long: {MOST_DIGITS:,} at most"
        raise FormulaError(sentence, whole or text, place)
    if len(exponent) > 8 or abs(Decimal(text).adjusted()) > LARGEST_EXPONENT:
        sentence = f"the exponent of {shown(text)} is too large: {LARGEST_EXPONENT} at most"
        raise FormulaError(sentence, whole or text, place)
    return Fraction(text)


class _Parser:
    """Recursive descent over one formula; `whole` is the way in."""

    def __init__(self, text: str, lookup: Lookup = lambda _: None, names: Iterable[str] = ()) -> None:
        if len(text) > LONGEST_TEXT:
            sentence = f"a formula of {len(text):,} characters is too long: {LONGEST_TEXT:,} at most"
            raise ActcliError(sentence)
        self.text, self.lookup, self.names = respelled(text), lookup, names
        self.depth = 0
        self.tokens = list(self._tokens())
        self.at = 0

    # ------------------------------------------------------------------ tokens

    def _tokens(self) -> Iterator[Token]:
        place, end = 0, len(self.text.rstrip())
        while place < end:
            match = _TOKEN.match(self.text, place)
            if not match:
                raise self.meaningless(len(self.text) - len(self.text[place:].lstrip()))
            kind = str(match.lastgroup)
            token = Token(kind, match[kind], match.start(kind))
            name = token.text.replace(".", "_")
            if kind == "name" and not name.isidentifier():  # z\u02b0 is \w\w, but no name
                good = next(i for i in range(len(name)) if not name[: i + 1].isidentifier())
                raise self.meaningless(token.place + good)
            yield token
            place = match.end()
        yield Token("end", "", end)

    def meaningless(self, place: int) -> FormulaError:
        """Return the error for a character that is not in the language."""
        character = self.text[place]
        hint = f"; write {_INSTEAD[character]}" if character in _INSTEAD else ""
        return self.error(f"{character!r} has no meaning in a formula{hint}", place)

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += token.kind != "end"
        return token

    def accept(self, *signs: str) -> Token | None:
        return self.take() if self.next.kind == "sign" and self.next.text in signs else None

    def close(self, opened: Token) -> None:
        """Take the bracket that closes the one that was opened."""
        if self.accept(")"):
            return
        if self.next.kind == "end":
            raise self.error("this bracket is never closed: a ')' is missing", opened.place)
        raise self.leftover(self.next)

    def leftover(self, token: Token) -> FormulaError:
        """Return the error for what stands where a formula, or a part of it, should have ended."""
        told = _LEFTOVER.get(token.text, f"an operator is missing before {shown(token.text)}, such as *")
        return self.error(told, token.place)

    def error(self, sentence: str, place: int) -> FormulaError:
        return FormulaError(sentence, self.text, place)

    @contextmanager
    def deeper(self, opened: Token) -> Iterator[None]:
        """Count a level of nesting."""
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            sentence = f"brackets and signs nest too deep here: {DEEPEST_NESTING} levels at most"
            raise self.error(sentence, opened.place)
        yield
        self.depth -= 1

    # ------------------------------------------------------------------ grammar, loosest first

    def whole(self) -> Node:
        if self.next.kind == "end":
            raise self.error("the formula is empty; write one in z, such as z*sigmoid(z)", 0)
        node = self.sum()
        if self.next.kind != "end":
            raise self.leftover(self.next)
        return node

    def sum(self) -> Node:
        node = self.product()
        while sign := self.accept("+", "-"):
            node = Node(sign.text, node, self.product())
        return node

    def product(self) -> Node:
        node = self.signed()
        while sign := self.accept("*", "/"):
            if sign.text == "/":
                self.refuse_product("divisor", "1/(2*z)")
            node = Node(sign.text, node, self.signed())
        return node

    def signed(self) -> Node:
        sign = self.accept("-", "+")
        if sign is None:
            return self.implied()
        with self.deeper(sign):
            node = self.signed()
        return Node("neg", node) if sign.text == "-" else node

    def implied(self) -> Node:
        """Read `2z`, `1.702z` and `3(z + 1)`: a number that stands directly before what it multiplies."""
        if self.multiplies(self.at):
            return Node("*", self.literal(self.take()), self.power())
        return self.power()

    def multiplies(self, at: int) -> bool:
        token, after = self.tokens[at], self.tokens[min(at + 1, len(self.tokens) - 1)]
        touches = after.place == token.place + len(token.text)
        return token.kind == "number" and touches and (after.kind == "name" or after.text == "(")

    def refuse_product(self, where: str, example: str) -> None:
        """Refuse 1/2z and 2^3z, which one reader takes for (1/2)z and (2^3)z, and the next does not."""
        at = self.at
        while self.tokens[at].text in ("-", "+"):
            at += 1
        if self.multiplies(at):
            sentence = f"this can be read in two ways: write a *, or bracket the {where} as in {example}"
            raise self.error(sentence, self.tokens[at].place)

    def power(self) -> Node:
        base = self.atom()
        sign = self.accept("^", "**")
        if sign is None:
            return base
        self.refuse_product("exponent", "2^(3*z)")
        with self.deeper(sign):
            return Node("^", base, self.exponent())

    def exponent(self) -> Node:
        sign = self.accept("-", "+")
        if sign is None:
            return self.power()
        with self.deeper(sign):
            node = self.exponent()
        return Node("neg", node) if sign.text == "-" else node

    def atom(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return self.literal(token)
        if token.kind == "name":
            last = token.text.rpartition(".")[2]
            if last != token.text and (_SAME.get(last, last) in SHORTHANDS or not self.definition(token)):
                token = token._replace(text=last)
            return self.call(token) if self.next.text == "(" else self.named(token)
        if token.text == "(":
            with self.deeper(token):
                node = self.sum()
            self.close(token)
            return node
        found = "the formula ends" if token.kind == "end" else f"{token.text!r} stands"
        raise self.error(f"{found} where a number, z or a word should stand", token.place)

    def literal(self, token: Token) -> Node:
        return number(exact_decimal(token.text, self.text, token.place))

    def named(self, token: Token) -> Node:
        if token.text in ("z", "x"):
            return Z
        if token.text in TOLD and len(token.text) > 1:
            raise self.error(self._misused(token.text, None, []), token.place)
        known = any(token.text in words for words in (WORDS, SHORTHANDS, SPELLED))
        if known or (not (len(token.text) == 1 and token.text.isascii()) and self.definition(token)):
            raise self.error(f"{shown(token.text)} needs an argument: {self._with_z(token)}", token.place)
        return name(token.text)

    def _with_z(self, word: Token) -> str:
        """Return a word with its argument, and with the power that stands behind it."""
        text, after = f"{word.text[:40]}(z)", [t.text for t in self.tokens[self.at + 1 : self.at + 3]]
        exponent = next((each for each in after if each != "("), "")
        if self.next.text not in ("^", "**"):
            return text
        inverse = f"a{text}" if f"a{word.text}" in WORDS else f"'actcli solve {word.text[:40]} A'"
        return f"1/{text}, or {inverse} for the inverse" if exponent == "-" else f"{text}^{exponent}"

    # ------------------------------------------------------------------ words

    def call(self, word: Token) -> Node:
        opened = self.take()
        if self.accept(")"):
            raise self.error(f"{shown(word.text)} needs an argument: {word.text[:40]}(z)", word.place)
        given: list[Node] = []
        keywords: dict[Token, Node] = {}
        with self.deeper(word):
            self.argument(word, given, keywords)
            while self.accept(","):
                self.argument(word, given, keywords)
        self.close(opened)
        return self.applied(word, given, keywords)

    def argument(self, word: Token, given: list[Node], keywords: dict[Token, Node]) -> None:
        key = self.next
        if _SAME.get(word.text, word.text) == "where" and not given:
            given.append(self.condition())
        elif key.kind == "name" and self.tokens[self.at + 1].text == "=":
            self.at += 2
            keywords[key] = self.sum()
        elif keywords:
            raise self.error("an argument without a name stands after one with a name", key.place)
        else:
            given.append(self.sum())

    def condition(self) -> Node:
        left = self.sum()
        sign = self.accept(*COMPARISONS)
        if sign is None and self.next.text == "=":
            raise self.leftover(self.next)
        if sign is None:
            sentence = "where needs a comparison first, such as where(z >= 0, z, 0)"
            raise self.error(sentence, self.next.place)
        return Node(sign.text, left, self.sum())

    def applied(self, word: Token, given: list[Node], keywords: dict[Token, Node]) -> Node:
        """Return the node of a word with its arguments."""
        word = word._replace(text=_SAME.get(word.text, word.text))
        found = WORDS.get(word.text) or SHORTHANDS.get(word.text) or VECTOR_WORDS.get(word.text)
        arity = found and found.arity
        many = word.text in ("min", "max") and len(given) > 2
        if arity and not keywords and (len(given) == arity or many):
            return _of_word(word.text, given)
        definition = None if word.text in SHORTHANDS else self.definition(word)
        if definition:
            return self.defined(word, definition, given, keywords)
        if (spelled := SPELLED.get(word.text)) and not keywords:
            names = ("u", "v") if "v" in names_in(_meaning(spelled)) else ("z",)
            if len(names) == len(given):
                return substitute(_meaning(spelled), dict(zip(names, given, strict=True)))
            arity = len(names)
        if arity and keywords:
            sentence = f"the arguments of {word.text} have no names: leave out this one and its ="
            raise self.error(sentence, next(iter(keywords)).place)
        raise self.error(self._misused(word.text, arity, given), word.place)

    def _misused(self, word: str, arity: int | None, given: list[Node]) -> str:
        if word in ("z", "x", *CONSTANTS):
            return f"{word} is a number, not a word: to multiply write {word}*("
        if word in TOLD:
            return f"{word} is no word here: {TOLD[word]}"
        if arity is None:
            return unknown("word", word, [*WORDS, *SHORTHANDS, *SPELLED, *VECTOR_WORDS, *self.names])
        base = ": to base v write log(u)/log(v)" if word == "log" and len(given) == 2 else ""
        return f"{word} takes {arity} argument{'s' * (arity > 1)}, not {len(given)}{base}"

    def defined(
        self, word: Token, definition: Definition, given: list[Node], keywords: dict[Token, Node]
    ) -> Node:
        order = list(definition.parameters)
        if not given or len(given) > 1 + len(order):
            takes = (
                f"z and then {', '.join(order)}, as in {word.text}(z, {order[0]}=1)" if order else "z alone"
            )
            raise self.error(f"{word.text} takes {takes}, not {len(given)} arguments", word.place)
        values = dict(zip(order, given[1:], strict=False))
        for key, node in keywords.items():
            spelled = self.spelled(definition, key)
            if spelled in values:
                raise self.error(f"{spelled} of {word.text} is given twice", key.place)
            values[spelled] = node
        if any("z" in names_in(node) for node in values.values()):
            raise self.error(f"the parameters of {word.text} must not depend on z", word.place)
        with self.told_at(word):
            definition.check({**definition.parameters, **values})
        return substitute(definition.body, {**definition.parameters, **values, "z": given[0]})

    def definition(self, word: Token) -> Definition | None:
        with self.told_at(word):
            return self.lookup(word.text)

    def spelled(self, definition: Definition, key: Token) -> str:
        with self.told_at(key):
            return definition.spelling(key.text)

    @contextmanager
    def told_at(self, token: Token) -> Iterator[None]:
        """Give the fault that another part of the program finds with a name its place in the formula."""
        try:
            yield
        except ActcliError as fault:
            raise self.error(str(fault), token.place) from None


_LEFTOVER = {
    ")": "')' closes nothing",
    ",": "',' may stand only between the arguments of a word; a decimal is written with a point, as in 1.5",
    "=": "'=' may stand only after a parameter's name, as in elu(z, alpha=0.5); to compare, write ==",
    **dict.fromkeys(("and", "or"), "conditions cannot be joined: put one where in another"),
    **dict.fromkeys(COMPARISONS, "a comparison stands only in where, one in each, as in where(z > 0, 1, 0)"),
}


_SAME = {**dict.fromkeys(("if", "IF", "ifelse", "piecewise"), "where"), "clamp": "clip"}


@cache
def _meaning(spelled: str) -> Node:
    return parse(spelled)


def _of_word(word: str, given: list[Node]) -> Node:
    if word == "clip":
        return Node("min", Node("max", given[0], given[1]), given[2])
    if word in ("min", "max") and len(given) > 2:  # in halves, so that many arguments do not nest deep
        half = (len(given) + 1) // 2
        given = [_of_word(word, part) if len(part) > 1 else part[0] for part in (given[:half], given[half:])]
    return Node(word, *given)


MISTYPED = 0.7  # how much of two words must be the same for one to be taken for the other, mistyped


def unknown(kind: str, text: str, known: Iterable[str]) -> str:
    """Return the sentence for an unknown word, with its nearest neighbours."""
    near = nearest_words(text, known)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"there is no {kind} called {shown(text)}{hint}"


def nearest_words(text: str, known: Iterable[str]) -> list[str]:
    """Return up to three of the known words that look like a text."""
    from difflib import get_close_matches

    alike = [word for word in dict.fromkeys(known) if 2 * len(word) > len(text)]  # mod is no sigmod
    return get_close_matches(text[:40].lower(), alike, n=3, cutoff=MISTYPED)
