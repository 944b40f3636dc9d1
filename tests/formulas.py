"""Formulas made by chance, poles, jumps and nonsense included."""

SHAPES = [
    "({0}+{1})", "({0}-{1})", "({0})*({1})", "({0})/({1})", "({0})^2", "({0})^({1})", "-({0})",
    "max({0},{1})", "min({0},{1})", "where({0}>={1},{2},{0})", "exp({0})", "log({0})", "sqrt({0})",
    "tanh({0})", "sigmoid({0})", "erf({0})", "sin({0})", "tan({0})", "abs({0})", "floor({0})",
]  # fmt: skip


def any_formula(chance, depth=3):
    """Return the text of some formula, poles, jumps and nonsense included."""
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(["z", "z", "z", "1", "0.3", "2", "e^2", "1e9", "1e-9"])
    parts = [any_formula(chance, depth - 1) for _ in range(3)]
    return chance.choice(SHAPES).format(*parts)
