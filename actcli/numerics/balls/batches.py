"""Formulas of vectors in balls: many vectors of one length at once, entry j of all of them side by side."""

# ruff: noqa: E741 (h, l and r are the parts of a ball)

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from actcli.language.calculus import Walk
from actcli.language.trees import Node, postorder
from actcli.numerics.balls import BALLS
from actcli.numerics.balls.arrays import Array, Bools, Part, filled, refuse
from actcli.numerics.balls.ball import Ball, sqrt
from actcli.numerics.balls.choices import compare, maximum, where


class Lists(NamedTuple):
    """Balls for so many entries of each vector, one after the other; with 0 it is the same for all."""

    ball: Ball
    length: int


def _mapped(x: Ball, step: Callable[[Array], Array]) -> Ball:
    """Return a ball whose parts are all moved alike."""
    l, r = (part if isinstance(part, float) else step(part) for part in (x.l, x.r))
    return Ball(step(x.h), l, r, x.e)


class _Batches:
    def __init__(self, size: int, entries: int, side: int) -> None:
        self.size, self.entries, self.side = size, entries, side  # so many vectors of so many entries
        self.walk = Walk(BALLS, {}, side)
        self.words: Mapping[str, Callable[..., Lists]] = {
            "sum": self.sum,
            "mean": lambda u: Lists(self.sum(u).ball / self.listed(u).length, 0),
            "largest": lambda u: self.folded(maximum, u),
            "peak": self.peak,
            "simplex": self.simplex,
            "first": lambda u: self.cut(self.listed(u), 0, self.listed(u).length // 2),
            "second": lambda u: self.cut(self.listed(u), self.listed(u).length // 2, self.listed(u).length),
            "join": lambda a, b: self.join(self.listed(a), self.listed(b)),
        }

    def one(self, n: Node, parts: list[Lists]) -> Lists:
        """Take one step; what is the same for all entries is spread over them where it meets others."""
        if n.op in self.words and n.value is None:
            return self.words[n.op](*parts)
        count = max((part.length for part in parts), default=0)
        return Lists(self.walk.one(n, [self.spread(part, count) for part in parts]), count)

    def spread(self, part: Lists, count: int) -> Ball:
        """Return what is the same for all entries for so many of them; one number for all is left alone."""
        if part.length or not count:
            return part.ball
        if isinstance(part.ball, tuple):  # of a comparison
            return tuple(np.tile(x, count) if x.size > 1 else x for x in part.ball)
        return _mapped(part.ball, lambda x: np.tile(x, count) if x.size > 1 else x)

    def listed(self, part: Lists, count: int = 0) -> Lists:
        """Return a list for each vector: what is the same for all entries stands there for each of z."""
        count = part.length or count or self.entries
        size = self.size * count
        ball = _mapped(self.spread(part, count), lambda x: x if x.size == size else np.resize(x, size))
        return Lists(ball, count)

    def cut(self, part: Lists, start: int, stop: int) -> Lists:
        """Return some of the entries."""
        ends = slice(start * self.size, stop * self.size)
        return Lists(_mapped(part.ball, lambda x: x[ends]), stop - start)

    def join(self, a: Lists, b: Lists) -> Lists:
        """Return the entries of a and then those of b."""
        x, y = (a.ball.loose(), b.ball.loose()) if a.ball.e != b.ball.e else (a.ball, b.ball)

        def both(p: Part, q: Part) -> Part:
            if isinstance(p, float) and isinstance(q, float):
                return 0.0
            return np.concatenate([filled(p, x.h), filled(q, y.h)])

        return Lists(
            Ball(np.concatenate([x.h, y.h]), both(x.l, y.l), both(x.r, y.r), x.e), a.length + b.length
        )

    def folded(self, step: Callable[[Ball, Ball], Ball], part: Lists) -> Lists:
        """Return one ball for all entries, in halves, so that errors grow with their number's logarithm."""
        part = self.listed(part)
        while (length := part.length) > 1:
            half = length // 2
            a, b = self.cut(part, 0, half), self.cut(part, half, 2 * half)
            done = self.listed(Lists(step(a.ball, b.ball), half))
            part = self.join(done, self.cut(part, length - 1, length)) if length % 2 else done
        return Lists(part.ball, 0)

    def sum(self, part: Lists) -> Lists:
        """Return the sum over the entries."""
        return self.folded(lambda a, b: a + b, part)

    def _refused(self, part: Lists, sure: Bools) -> Lists:
        """Return a batch in which the vectors that are not sure are not known."""
        x = part.ball
        r = filled(x.r, x.h)
        refuse(r, np.tile(~sure, max(part.length, 1)))
        return Lists(Ball(x.h, x.l, r, x.e), part.length)

    def peak(self, part: Lists) -> Lists:
        """Return 1 at the first of the largest entries; beside a tie it is not known."""
        part = self.listed(part)
        x, h = part.ball, part.ball.h.reshape(part.length, self.size)
        first = np.arange(part.length)[:, None] == h.argmax(axis=0)
        holds, unsure = compare(">", self.spread(self.folded(maximum, part), part.length), x)
        sure: Bools = (holds & ~unsure).reshape(h.shape) | first
        if x.is_exact and isinstance(x.l, float) and not self.side:
            sure = ~np.isnan(h)
        return self._refused(Lists(Ball.exact(first.ravel()), part.length), np.asarray(sure.all(axis=0)))

    def simplex(self, part: Lists, power: Lists) -> Lists:
        """Return t for the entries that are guessed to be above it, where it proves these to be so."""
        part, square = self.listed(part), power.ball.h.item() == 2.0
        above = _guessed(part.ball.h.reshape(part.length, self.size), square)
        count = Ball.exact(above.sum(axis=0))
        mask = (above.ravel(), np.zeros(above.size, np.bool_))

        def over_them(x: Ball) -> Ball:
            return self.sum(Lists(where(mask, x, Ball.exact(0.0)), part.length)).ball / count

        found = over_them(part.ball)
        if square:
            off = part.ball - self.spread(Lists(found, 0), part.length)
            found = found - sqrt(1.0 / count - over_them(off * off))
        else:
            found = found - 1.0 / count
        holds, unsure = compare(">", part.ball, self.spread(Lists(found, 0), part.length))
        sure = ((holds == above.ravel()) & ~unsure).reshape(above.shape).all(axis=0)
        return self._refused(Lists(found, 0), sure)


def _guessed(h: Array, square: bool) -> Bools:
    """Return which entries are above their threshold, in plain doubles."""
    order = -np.sort(-h, axis=0)
    k = np.arange(1.0, len(h) + 1)[:, None]
    middle = np.cumsum(order, axis=0) / k
    spread = np.cumsum(order * order, axis=0) / k - middle * middle
    bounds = middle - np.sqrt(np.maximum(1 / k - spread, 0)) if square else middle - 1 / k
    last = (bounds < order).sum(axis=0)
    found: Bools = h >= np.take_along_axis(order, np.maximum(last - 1, 0)[None], axis=0)
    return found


def read_vectors(
    tree: Node, vectors: Array, by: Array | None = None, side: int = 0, length: int = 1
) -> Lists:
    """Return a formula in z (and v) at each row of `vectors` (and of `by`); side RIGHT reads a derivative.

    A row of `by` with one number is a number; what is the same for all entries has so many.
    """
    batches = _Batches(len(vectors), vectors.shape[1], side)
    done: dict[Node, Lists] = {}
    for n in postorder(tree):
        if n.op == "name" and n.args[0] in ("z", "v"):
            rows = vectors if n.args[0] == "z" or by is None else by
            count = rows.shape[1] if n.args[0] == "z" or rows.shape[1] > 1 else 0
            done[n] = Lists(Ball.exact(rows.T.ravel()), count)
        else:
            done[n] = batches.one(n, [done[child] for child in n.children])
    return batches.listed(done[tree], length)
