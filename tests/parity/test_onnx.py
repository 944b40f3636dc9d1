"""The node tests that ONNX keeps for its activation operators (package onnx), answered from Python.

pytest -m parity    is the command; the default run leaves these tests out
"""

import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest

from actcli import ActcliError, activation

pytestmark = pytest.mark.parity
OPERATORS = [
    "Elu", "Celu", "Selu", "Gelu", "HardSigmoid", "HardSwish", "Hardmax", "LeakyRelu", "LogSoftmax", "Mish",
    "PRelu", "Relu", "Shrink", "Sigmoid", "Softmax", "Softplus", "Softsign", "Swish", "SwiGLU", "Tanh",
    "ThresholdedRelu", "Erf", "LayerNormalization", "RMSNormalization", "ReduceLogSumExp",
]  # fmt: skip
NORMS = {"LayerNormalization": "layer_norm", "RMSNormalization": "rms_norm"}
SECOND = {"PRelu": "alpha", "SwiGLU": "u"}  # what the second input is called here
NEAR = {"float64": 1e-12, "float32": 1e-5, "float16": 2e-3, "bfloat16": 2e-2}


@cache
def cases() -> dict[str, list[Any]]:
    """Return the tests of models of one node, by operator."""
    from onnx.backend.test.loader import load_model_tests

    found: dict[str, list[Any]] = {}
    with warnings.catch_warnings(action="ignore"):  # of what they compute for others
        for case in load_model_tests(kind="node"):
            if case.model and len(case.model.graph.node) == 1:
                found.setdefault(case.model.graph.node[0].op_type, []).append(case)
    return found


def answered(node: Any, inputs: list[Any]) -> Any:
    """Return what this package answers; attributes that are not given have the operator's defaults."""
    import onnx

    schema = onnx.defs.get_schema(node.op_type).attributes
    given = {key: a.default_value for key, a in schema.items()} | {a.name: a for a in node.attribute}
    values = {key: onnx.helper.get_attribute_value(a) for key, a in given.items() if a.type}
    if node.op_type in NORMS:
        return normalized(node.op_type, inputs, values)
    if node.op_type == "ReduceLogSumExp":
        return reduced(inputs, values)
    if values.pop("approximate", b"none") == b"tanh":
        return activation("gelu_tanh")(inputs[0])
    axis = {"axis": values.pop("axis")} if "axis" in values else {}
    f = activation(node.op_type, **{key: float(value) for key, value in values.items()})
    second = {SECOND[node.op_type]: inputs[1].astype(np.float64)} if inputs[1:] else {}
    return f(inputs[0], **axis, **second)


def normalized(operator: str, inputs: list[Any], values: dict[str, Any]) -> Any:
    """Normalize over an axis and all behind it, as of one; a scale and a bias are no part of ours."""
    x, scale, *bias = inputs
    rows = x.reshape(*x.shape[: values["axis"]], -1)
    f = activation(NORMS[operator], eps=float(values["epsilon"]))
    return f(rows).reshape(x.shape) * scale + (bias[0] if bias else 0)


def reduced(inputs: list[Any], values: dict[str, Any]) -> Any:
    """Take the axes that are reduced for one, the last; without any, all are."""
    x, axes = inputs[0], inputs[1].tolist() if inputs[1:] else []
    axes = sorted(axis % x.ndim for axis in axes or range(x.ndim))
    kept = [axis for axis in range(x.ndim) if axis not in axes]
    found = activation("logsumexp")(x.transpose(*kept, *axes).reshape(*(x.shape[axis] for axis in kept), -1))
    return np.expand_dims(found, tuple(axes)) if values["keepdims"] else found


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_node_tests_of_an_operator_pass(operator: str) -> None:
    pytest.importorskip("onnx")
    assert cases()[operator]
    for case in cases()[operator]:
        for inputs, outputs in case.data_sets:
            if 0 in inputs[0].shape:  # a vector of nothing is refused, not given a sum of 0
                with pytest.raises(ActcliError, match="holds no vectors"):
                    answered(case.model.graph.node[0], inputs)
                continue
            ours = np.asarray(answered(case.model.graph.node[0], inputs)).astype(np.float64)
            wanted, limit = outputs[0].astype(np.float64), NEAR[outputs[0].dtype.name]
            assert ours.shape == wanted.shape
            np.testing.assert_allclose(ours, wanted, rtol=limit, atol=limit / 100, err_msg=case.name)
