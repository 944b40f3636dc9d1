"""Jacobians of functions of vectors against PyTorch's autograd in float64, where PyTorch is installed.

pytest -m parity    is the command; the default run leaves these tests out
"""

from typing import Any

import numpy as np
import pytest

from actcli import activation
from actcli.catalog import VECTORS

pytestmark = pytest.mark.parity
NOT_THERE = ("sparsemax", "entmax15", "hardmax")  # PyTorch has none, or no slope


def theirs(name: str, z: Any) -> Any:
    import torch
    from torch.nn import functional

    size = z.shape[-1:]
    shifted = functional.pad(z, (0, 1))  # one entry of 0 more
    return {
        "softmax": lambda: torch.softmax(z, -1),
        "log_softmax": lambda: torch.log_softmax(z, -1),
        "softmin": lambda: functional.softmin(z, -1),
        "logsumexp": lambda: torch.logsumexp(z, -1, keepdim=True),
        "logmeanexp": lambda: torch.logsumexp(z, -1, keepdim=True) - np.log(size[0]),
        "softmax1": lambda: torch.softmax(shifted, -1)[:-1],
        "maxout": lambda: torch.amax(z, -1, keepdim=True),
        "rms_norm": lambda: functional.rms_norm(z, size, eps=1e-6),
        "layer_norm": lambda: functional.layer_norm(z, size, eps=1e-5),
        "poly_norm": lambda: sum(functional.rms_norm(z**k, size, eps=1e-6) for k in (1, 2, 3)) / 3,
        "crelu": lambda: torch.cat([torch.relu(z), torch.relu(-z)]),
        "glu": lambda: functional.glu(z, -1),
    }[name]()


@pytest.mark.parametrize("name", [entry.name for entry in VECTORS if entry.name not in NOT_THERE])
@pytest.mark.parametrize(("size", "scale"), [(2, 1), (8, 3), (64, 30)])
def test_a_jacobian_is_that_of_autograd(name: str, size: int, scale: float) -> None:
    torch = pytest.importorskip("torch")
    z = np.random.default_rng(size).normal(scale=scale, size=size)
    found = torch.autograd.functional.jacobian(lambda x: theirs(name, x), torch.tensor(z)).numpy()
    f = activation(name)
    np.testing.assert_allclose(f.jacobian(z), found, rtol=1e-9, atol=1e-14)
    v = np.random.default_rng(1).normal(size=len(found))
    np.testing.assert_allclose(f.vjp(z, v if len(v) > 1 else v[0]), v @ found, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(np.ravel(f.jvp(z, z)), found @ z, rtol=1e-7, atol=1e-11)
