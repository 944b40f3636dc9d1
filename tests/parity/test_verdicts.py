"""What check says of PyTorch's and JAX's kernels on this processor, where installed: pytest -m parity."""

import numpy as np
import pytest

import actcli

try:
    import torch
except ImportError:
    torch = None
try:
    import jax
except ImportError:
    jax = None
with_torch = pytest.mark.skipif(torch is None, reason="PyTorch is not installed")
with_jax = pytest.mark.skipif(jax is None, reason="JAX is not installed")
pytestmark = pytest.mark.parity


def kernel(f, dtype):
    """Return a function of tensors as a kernel over arrays."""
    return lambda z: f(torch.from_numpy(z).to(getattr(torch, dtype))).float().numpy()


def backward(f, dtype):
    """Return the slope of a function of tensors as a kernel over arrays."""

    def slope(z):
        t = torch.from_numpy(z).to(getattr(torch, dtype)).requires_grad_(True)
        f(t).sum().backward()
        return t.grad.float().numpy()

    return slope


def gelu_tanh(t):
    return torch.nn.functional.gelu(t, approximate="tanh")


@with_torch
def test_tanh_is_right_to_an_ulp():
    found = actcli.check(kernel(torch.tanh, "bfloat16"), "tanh", dtype="bfloat16", max_ulp=1)
    assert found.passed and found.points == 65_536 and 0.49 < found.largest < 0.5


@with_torch
def test_the_tail_of_gelu_is_lost_and_its_ends_are_nan():
    found = actcli.check(kernel(torch.nn.functional.gelu, "bfloat16"), "gelu", dtype="bfloat16")
    assert not found.passed and found.mistakes["normal lost to 0"] > 100
    assert {worst.z for worst in found.worst if np.isnan(worst.got)} >= {np.inf}


@with_torch
def test_the_backward_of_gelu_tanh_is_nan_where_a_square_overflows():
    found = actcli.check(backward(gelu_tanh, "bfloat16"), "gelu_tanh", dtype="bfloat16", order=1)
    assert found.mistakes["nan for a number"] >= 16_384


@with_torch
def test_the_backward_of_sigmoid_is_one_of_the_saved_value():
    """As a function of z it is far off where 1 - a cancels; as one of a it is right to two ulp."""
    z = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    a = torch.from_numpy(z).sigmoid()
    slope = torch.ops.aten.sigmoid_backward(torch.ones_like(a), a).double().numpy()
    of_z = actcli.check(slope, "sigmoid", dtype="float16", order=1)
    of_a = actcli.check(slope, "sigmoid", dtype="float16", z=a.double().numpy(), from_a=True)
    assert of_z.largest > 1000 and of_a.largest < 2


# ---------------------------------------------------------------------------- JAX: its accuracy page


def traced(f, dtype):
    """Return a function of JAX's arrays as a kernel over NumPy's."""
    return lambda z: np.asarray(f(jax.numpy.asarray(z).astype(dtype)).astype("float32"))


@with_jax
@pytest.mark.parametrize(
    ("name", "dtype", "least", "told"),
    [
        ("sigmoid", "bfloat16", 2.0, 2.5),
        ("sigmoid", "float16", 1.9, 2.0),
        ("sigmoid", "float32", 2.3, 2.5),
        ("tanh", "float32", 4.1, 5.0),
    ],
)
def test_errors_are_near_what_is_told_of_them(name, dtype, least, told):
    f = jax.nn.sigmoid if name == "sigmoid" else jax.numpy.tanh
    found = actcli.check(traced(f, dtype), name, dtype=dtype, ftz=True, daz=True)
    assert found.passed and least < found.largest <= told


@with_jax
def test_the_slope_of_gelu_tanh_is_nan_where_a_square_overflows_there_too():
    f = jax.vmap(jax.grad(lambda z: jax.nn.gelu(z, approximate=True)))
    found = actcli.check(traced(f, "bfloat16"), "gelu_tanh", dtype="bfloat16", order=1)
    assert found.mistakes["nan for a number"] >= 16_600
