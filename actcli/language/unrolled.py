"""Formulas of vectors, entry by entry: each a formula of numbers, which every reading of one can read."""

from collections.abc import Callable, Mapping, Sequence

from actcli.errors import ActcliError
from actcli.language.calculus import times
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
    return [
        _where(">", x, entries[:i], _where(">=", x, entries[i + 1 :], ONE, ZERO), ZERO)
        for i, x in enumerate(entries)
    ]


def _where(op: str, x: Node, others: Sequence[Node], then: Node, otherwise: Node) -> Node:
    if not others:
        return then
    return settled(Node("where", Node(op, x, _joined("max", others)), then, otherwise))


def _sorted(entries: Sequence[Node]) -> list[Node]:
    """Return the entries from the largest to the smallest, by comparisons of neighbours."""
    found = list(entries)
    for end in range(len(found) - 1, 0, -1):
        for i in range(end):
            a, b = found[i], found[i + 1]
            found[i], found[i + 1] = (settled(Node(op, a, b)) for op in ("max", "min"))
    return found


def _threshold(count: int, part: Entries, power: Entries) -> Node:
    """Return t from the k largest entries, the largest k of which the last is not below it.

    A. Martins and R. Astudillo, From Softmax to Sparsemax, 2016; B. Peters et al., Sparse
    Sequence-to-Sequence Models, 2019.
    """
    of_top = (
        {ONE: _linear_threshold, number(2): _square_threshold}.get(power) if isinstance(power, Node) else None
    )
    if of_top is None:
        raise ActcliError("simplex(z, p) takes the powers p = 1 and p = 2 only")
    entries = _sorted(_all(count, part))
    found = of_top(entries[:1])
    for k in range(2, len(entries) + 1):
        mine = of_top(entries[:k])
        found = settled(Node("where", Node("<=", mine, entries[k - 1]), mine, found))
    return found


def _linear_threshold(top: Sequence[Node]) -> Node:
    return _over(Node("-", total(top), ONE), len(top))


def _square_threshold(top: Sequence[Node]) -> Node:
    middle = _over(total(top), len(top))
    spread = total([Node("^", Node("-", x, middle), number(2)) for x in top])
    left = settled(Node("max", Node("-", ONE, spread), ZERO))
    return Node("-", middle, Node("sqrt", _over(left, len(top))))


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
    "simplex": _threshold,
    "first": _half(False),
    "second": _half(True),
    "join": lambda count, a, b: [*_all(count, a), *_all(count, b)],
}


def weighted(weights: Sequence[Node], parts: Sequence[Node]) -> Node:
    """Return the scalar product of numbers and formulas; a number that is 0 leaves its formula out."""
    terms = [times(w, part) for w, part in zip(weights, parts, strict=True) if w.value != 0]
    return total(terms) if terms else ZERO
