"""Formulas of vectors, entry by entry: each a formula of numbers, which every reading of one can read."""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

from actcli.errors import ActcliError
from actcli.language.calculus import plus, times
from actcli.language.trees import ONE, ZERO, Node, Z, number, postorder, settled
from actcli.language.words import VECTOR_WORDS

Entries = list[Node] | Node  # one formula an entry, or one that is the same for all


def is_of_vectors(tree: Node) -> bool:
    """Tell whether a formula holds a word over the entries of a vector."""
    return any(n.op in VECTOR_WORDS for n in postorder(tree))


def unrolled(tree: Node, entries: Sequence[Node], values: Mapping[Node, Entries] | None = None) -> list[Node]:
    """Return each entry of a formula at a vector whose entries are formulas themselves.

    `values` are those of further names. Raises ActcliError where the lengths of vectors do not fit.
    """
    done: dict[Node, Entries] = {Z: list(entries), **(values or {})}
    for n in postorder(tree):
        if n not in done:
            parts = [done[child] for child in n.children]
            word = _WORDS.get(n.op)
            done[n] = word(len(entries), *parts) if word else _each(n.op, parts) if parts else n
    found = done[tree]
    return found if isinstance(found, list) else [found]


def _each(op: str, parts: Sequence[Entries]) -> Entries:
    lengths = {len(part) for part in parts if isinstance(part, list)}
    if not lengths:
        return settled(Node(op, *[part for part in parts if isinstance(part, Node)]))
    if len(lengths) > 1:
        sizes = " and ".join(map(str, sorted(lengths)))
        raise ActcliError(f"vectors of {sizes} entries meet in one operation: only equal lengths do")
    rows = zip(*(_all(lengths.copy().pop(), part) for part in parts), strict=True)
    return [settled(Node(op, *row)) for row in rows]


def _all(count: int, part: Entries) -> list[Node]:
    return part if isinstance(part, list) else [part] * count


def _joined(op: str, parts: Sequence[Node]) -> Node:
    """Return a chain of one operation as a tree of the least depth."""
    if len(parts) == 1:
        return parts[0]
    half = (len(parts) + 1) // 2
    return settled(Node(op, _joined(op, parts[:half]), _joined(op, parts[half:])))


def total(parts: Sequence[Node]) -> Node:
    """Return the sum of some formulas."""
    return _joined("+", parts)


def _over(a: Node, count: int) -> Node:
    return Node("/", a, number(count))


def _mean(count: int, part: Entries) -> Node:
    return _over(total(part), len(part)) if isinstance(part, list) else part


def _peak(count: int, part: Entries) -> list[Node]:
    """Return 1 for the entry that is above all before it and not below any after it."""
    entries = _all(count, part)
    before = [*accumulate(entries, _greater)]
    after = [*accumulate(reversed(entries), _greater)][::-1]
    found = []
    for i, x in enumerate(entries):
        one = _where(">=", x, after[i + 1], ONE) if i + 1 < len(entries) else ONE
        found.append(_where(">", x, before[i - 1], one) if i else one)
    return found


def _greater(a: Node, b: Node) -> Node:
    return settled(Node("max", a, b))


def _where(op: str, x: Node, other: Node, then: Node) -> Node:
    return settled(Node("where", Node(op, x, other), then, ZERO))


def _sorted(entries: Sequence[Node]) -> list[Node]:
    """Return the entries from the largest to the smallest: numbers, and others put in by comparisons."""
    found = sorted((n for n in entries if n.value is not None), key=lambda n: n.value or 0, reverse=True)
    for x in (n for n in entries if n.value is None):
        for i, other in enumerate(found):
            found[i], x = (settled(Node(op, x, other)) for op in ("max", "min"))
        found.append(x)
    return found


def _simplex(count: int, part: Entries, power: Entries) -> Node:
    """Return t from the k largest entries, the largest k of which the last is not below it.

    A. Martins and R. Astudillo, From Softmax to Sparsemax, 2016; B. Peters et al., Sparse
    Sequence-to-Sequence Models, 2019.
    """
    if power not in (ONE, number(2)):
        raise ActcliError("simplex(z, p) takes the powers p = 1 and p = 2 only")
    found = sums = squares = ZERO
    for k, x in enumerate(_sorted(_all(count, part)), 1):
        sums, squares = plus(sums, x), plus(squares, times(x, x))
        middle = _over(sums, k)
        if power is ONE:
            mine = Node("-", middle, _over(ONE, k))
        else:
            left = Node("-", ONE, Node("-", squares, times(sums, middle)))
            mine = Node("-", middle, Node("sqrt", _over(settled(Node("max", left, ZERO)), k)))
        found = settled(Node("where", Node("<=", mine, x), mine, found)) if k > 1 else mine
    return found


def _half(second: bool) -> Callable[[int, Entries], Entries]:
    def half(count: int, part: Entries) -> Entries:
        entries = _all(count, part)
        if len(entries) % 2:
            raise ActcliError(
                f"a vector of {len(entries)} entries has no halves: give an even number of them"
            )
        middle = len(entries) // 2
        return entries[middle:] if second else entries[:middle]

    return half


_WORDS: Mapping[str, Callable[..., Entries]] = {
    "sum": lambda count, part: total(_all(count, part)),
    "mean": _mean,
    "largest": lambda count, part: _joined("max", part) if isinstance(part, list) else part,
    "peak": _peak,
    "simplex": _simplex,
    "first": _half(False),
    "second": _half(True),
    "join": lambda count, a, b: [*_all(count, a), *_all(count, b)],
}


def weighted(weights: Sequence[Node], parts: Sequence[Node]) -> Node:
    """Return the scalar product of numbers and formulas; a number that is 0 leaves its formula out."""
    terms = [times(w, part) for w, part in zip(weights, parts, strict=True) if w.value != 0]
    return total(terms) if terms else ZERO
