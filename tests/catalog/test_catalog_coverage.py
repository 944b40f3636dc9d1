"""Every name that a framework gives to an elementwise activation is known, or refused with its reason.

data/framework_names.json says which names there are and what each of them is, by framework.
"""

import json
from collections import Counter
from pathlib import Path

import oracle
import pytest

from actcli import catalog
from actcli.catalog import CATALOG, find
from actcli.catalog.entries import Activation, normal

NAMES: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "data" / "framework_names.json").read_text(encoding="utf-8")
)
TITLES = {
    "pytorch": "PyTorch", "jax": "JAX", "keras": "Keras", "tensorflow": "tf.nn", "tfa": "TF Addons",
    "onnx": "ONNX", "huggingface": "Hugging Face", "nnlib": "NNlib", "mlx": "MLX", "timm": "timm",
    "scipy": "SciPy",
}  # fmt: skip


def verdict(framework: str, spelled: str, meant: str) -> str:
    """Tell how a framework's name fares: found, explained, refused, or else what is wrong."""
    if normal(spelled) in catalog.refusals():
        return "refused"
    entry = catalog.spellings().get(normal(spelled))
    if entry is None:
        return "not known"
    if any(same(entry, find(each)) for each in meant.split()):
        return "found" if listed(framework, spelled) else "not listed under the framework"
    return "explained" if TITLES[framework] in entry.differs else f"taken for {entry.name}"


def same(entry: Activation, other: Activation) -> bool:
    """Tell whether two entries are one function with their default parameters."""
    f, g = entry.bind(), other.bind()
    return all(oracle.value(f.formula, z) == oracle.value(g.formula, z) for z in (-4, -1, 0, 2, 7))


def listed(framework: str, spelled: str) -> bool:
    """Tell whether an entry gives this name to the framework, alone or with arguments in brackets."""
    names = (name for entry in CATALOG for name in entry.found_in.get(framework, "").split())
    return any(spelled in (name, name.partition("(")[0]) for name in names)


@pytest.mark.parametrize("framework", NAMES)
def test_every_name_of_a_framework_is_known(framework: str, capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = {spelled: verdict(framework, spelled, meant) for spelled, meant in NAMES[framework].items()}
    counts = Counter(verdicts.values())
    good = sum(counts[way] for way in ("found", "explained", "refused"))
    special = ", ".join(f"{s} {v}" for s, v in verdicts.items() if v != "found")
    with capsys.disabled():
        print(
            f"\n{TITLES[framework]}: {good} of {len(verdicts)} names" + (f" ({special})" if special else ""),
            end="",
        )
    assert good == len(verdicts), special
