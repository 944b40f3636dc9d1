"""Frameworks as the parity test sees them: their activations by name, values and slopes in float64."""

import ast
import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from actcli.catalog.entries import Activation, Number

Answers = tuple[Any, Any]  # values and slopes, as arrays; "error" for slopes that are refused


@dataclass(frozen=True, eq=False)
class Framework:
    """Where a framework keeps its functions, which parameters they take, and how they are run."""

    key: str
    places: tuple[str, ...]
    takes: Mapping[str, str]
    run: Callable[[Callable[[Any], Any], Any], Answers]
    build: Callable[[Any, Mapping[str, Any]], Callable[[Any], Any]]

    def names(self, entry: Activation) -> list[str]:
        """Return what the framework calls an entry, arguments included."""
        return entry.found_in.get(self.key, "").split()

    def parameters(self, name: str) -> list[str]:
        """Return which parameters a function takes, as it spells them; "!" marks those it must be given."""
        return next((taken.split() for names, taken in self.takes.items() if name in names.split()), [])

    def function(self, name: str, given: Mapping[str, Number]) -> Callable[[Any], Any]:
        """Return the function of a name such as "gelu(approximate='tanh')", its parameters given."""
        head, bracket, _ = name.partition("(")
        call = ast.parse(name, mode="eval").body if bracket else None
        fixed = (
            {k.arg: ast.literal_eval(k.value) for k in call.keywords} if isinstance(call, ast.Call) else {}
        )
        return self.build(self.find(head), {**fixed, **{key: float(value) for key, value in given.items()}})

    def find(self, name: str) -> Any:
        """Return what is called so in the first place that has it."""
        modules = map(importlib.import_module, self.places)
        return next(getattr(module, name) for module in modules if hasattr(module, name))


def settings(
    framework: Framework, name: str, entry: Activation, others: Iterator[Mapping[str, Number]]
) -> Iterator[dict[str, Number]]:
    """Yield the parameters a function is tried with, as it spells them: its own defaults, and two others."""
    taken = {key.strip("!"): entry.spelling(key.strip("!")) for key in framework.parameters(name)}
    needed = {key.strip("!") for key in framework.parameters(name) if key.endswith("!")}
    default = entry.defaults()
    yield {key: exactly(default[taken[key]]) for key in needed}
    if taken:
        for other in list(others)[1:3]:
            yield {key: exactly(other[own]) for key, own in taken.items()}


def exactly(value: Number) -> Number:
    """Return the float64 nearest to a number, which is what a framework sees of it."""
    return Fraction(float(value))


# ---------------------------------------------------------------------------- PyTorch


def _build_torch(found: Any, given: Mapping[str, Any]) -> Callable[[Any], Any]:
    import torch

    if isinstance(found, type):
        module = found(**given).double().eval()
        if "init" in given:  # is rounded to float32
            torch.nn.init.constant_(module.weight, given["init"])
        return module
    tensors = {
        k: torch.tensor([v], dtype=torch.float64) for k, v in given.items() if k in ("weight", "values")
    }
    return lambda z: found(z, **{**given, **tensors})


def _run_torch(function: Callable[[Any], Any], points: Any) -> Answers:
    import torch

    z = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    values = function(z)
    try:
        values.backward(torch.ones_like(values))
    except (NotImplementedError, RuntimeError):
        return values.detach().numpy(), "error"
    return values.detach().numpy(), z.grad.numpy()


PYTORCH = Framework(
    key="pytorch",
    places=("torch.nn.functional", "torch", "torch.special", "torch.nn"),
    takes={
        "leaky_relu LeakyReLU": "negative_slope",
        "prelu": "weight!",
        "PReLU": "init",
        "rrelu RReLU": "lower upper",
        "threshold Threshold": "threshold! value!",
        "elu ELU celu CELU": "alpha",
        "softplus Softplus": "beta",
        "softshrink Softshrink hardshrink Hardshrink": "lambd",
        "hardtanh Hardtanh": "min_val max_val",
        "heaviside": "values!",
    },
    run=_run_torch,
    build=_build_torch,
)


# ---------------------------------------------------------------------------- JAX


def _build_jax(found: Any, given: Mapping[str, Any]) -> Callable[[Any], Any]:
    second = [given["x2"]] if "x2" in given else []  # is given by its place
    return lambda z: found(z, *second, **{key: value for key, value in given.items() if key != "x2"})


def _run_jax(function: Callable[[Any], Any], points: Any) -> Answers:
    import jax

    jax.config.update("jax_enable_x64", True)
    values = jax.jit(function)(np.asarray(points))
    slopes = jax.jit(jax.vmap(jax.grad(function)))(np.asarray(points))
    return np.asarray(values), np.asarray(slopes)


JAX = Framework(
    key="jax",
    places=("jax.nn", "jax.numpy", "jax.scipy.special"),
    takes={"leaky_relu": "negative_slope", "elu celu": "alpha", "squareplus": "b", "heaviside": "x2!"},
    run=_run_jax,
    build=_build_jax,
)

# ---------------------------------------------------------------------------- TensorFlow and Keras on it


def _build_keras(found: Any, given: Mapping[str, Any]) -> Callable[[Any], Any]:
    if not isinstance(found, type):
        return lambda z: found(z, **given)
    import keras

    start = {"alpha_initializer": keras.initializers.Constant(given["init"])} if "init" in given else {}
    return found(**start, **{key: value for key, value in given.items() if key != "init"}, dtype="float64")


def _run_tensorflow(function: Callable[[Any], Any], points: Any) -> Answers:
    import tensorflow as tf

    z = tf.constant(points, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(z)
        values = function(z)
    slopes = tape.gradient(values, z)
    return values.numpy(), "None" if slopes is None else slopes.numpy()


TENSORFLOW = Framework(
    key="tensorflow",
    places=("tensorflow.nn", "tensorflow", "tensorflow.math", "tensorflow.experimental.numpy"),
    takes={"leaky_relu": "alpha!", "heaviside": "x2!"},
    run=_run_tensorflow,
    build=lambda found, given: lambda z: found(z, *given.values()),
)
KERAS = Framework(
    key="keras",
    places=("keras.activations", "keras.layers", "keras.ops"),
    takes={
        "leaky_relu LeakyReLU": "negative_slope!",
        "prelu PReLU": "init!",
        "elu ELU celu": "alpha!",
        "soft_shrink hard_shrink": "threshold!",
        "threshold": "threshold! default_value!",
        "heaviside": "x2!",
    },
    run=_run_tensorflow,
    build=_build_keras,
)

FRAMEWORKS = {"pytorch": ("torch", PYTORCH), "jax": ("jax", JAX)}
AT_KINKS = {**FRAMEWORKS, "tensorflow": ("tensorflow", TENSORFLOW), "keras": ("keras", KERAS)}
