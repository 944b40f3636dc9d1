"""Names with a framework before them, as in a program: nn.GELU, jax.nn.gelu, tf.nn.leaky_relu."""

from collections.abc import Mapping

from actcli.language.spellings import MODULES

# What a framework gives by that name, where it is not what the name alone means here.
THEIRS: Mapping[tuple[str, str], str] = {
    **{(owner, "gelu"): "gelu_tanh" for owner in ("jax", "flax", "ops", "tfa", "ggml", "tinygrad")},
    **dict.fromkeys((("tensorflow", "leaky_relu"), ("keras", "leaky_relu")), "leaky_relu:slope=0.2"),
    ("ops", "leaky_relu"): "leaky_relu:slope=0.2",
    ("layers", "LeakyReLU"): "leaky_relu:slope=0.3",
    ("layers", "PReLU"): "prelu:alpha=0",
    ("flax", "PReLU"): "prelu:alpha=0.01",
    **dict.fromkeys((("pytorch", "softplus"), ("pytorch", "Softplus")), "softplus:threshold=20"),
    **dict.fromkeys((("mlx", "step"), ("mlx", "Step")), "heaviside:v0=1"),
}


def here(name: str) -> str:
    """Return the name, with parameters, that a name such as jax.nn.gelu has here; others unchanged."""
    *modules, last = name.split(".")
    if not modules or any(module not in MODULES for module in modules):
        return name
    owners = [MODULES[module] for module in modules if MODULES[module]]
    return THEIRS.get((owners[-1] if owners else "pytorch", last), last)
