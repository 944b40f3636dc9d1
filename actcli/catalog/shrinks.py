"""Shrinkages: odd functions that take z towards 0, or to it."""
# fmt: off

from actcli.catalog.entries import ANY, Activation, Kink, Parameter

SHRINKS: tuple[Activation, ...] = (
    Activation(
        name="tanhshrink",
        formula="z - tanh(z)",
        derivative="tanh(z)^2",
        limits=("-inf", "inf"), slopes=("1", "1"), range="(-inf, inf)",
        frameworks="pytorch: tanhshrink Tanhshrink; keras: tanh_shrink; tfa nnlib paddle: tanhshrink",
        reference="PyTorch, torch.nn.Tanhshrink",
    ),
    Activation(
        name="softshrink",
        definition="where(z > lambd, z - lambd, where(z < -lambd, z + lambd, 0))",
        formula="z - clip(z, -lambd, lambd)",
        derivative="where(z >= lambd, 1, where(z >= -lambd, 0, 1))",
        from_value="where(a == 0, 0, 1)", from_value_when="lambd > 0",
        parameters=(Parameter("lambd", "0.5", "half width of the gap", "[0, inf)", ("threshold", "\u03bb")),),
        kinks=(Kink("-lambd", "lambd > 0", pytorch="0", keras="0", mlx="0"),
               Kink("lambd", "lambd > 0", pytorch="0", keras="0", mlx="0")),
        limits=("-inf", "inf"), slopes=("1", "1"), range="(-inf, inf)",
        aliases=("soft_threshold",),
        frameworks="pytorch mlx: softshrink Softshrink; keras: soft_shrink; tfa nnlib paddle: softshrink; "
                   "onnx: Shrink(bias=lambd)",
        differs="TF Addons takes two ends, lower and upper",
        reference="Donoho and Johnstone 1994, Biometrika 81, 425",
    ),
    Activation(
        name="hardshrink",
        formula="where(abs(z) > lambd, z, 0)",
        derivative="where(z >= lambd, 1, where(z >= -lambd, 0, 1))",
        from_value="where(a == 0, 0, 1)", from_value_when="lambd > 0",
        parameters=(Parameter("lambd", "0.5", "half width of the gap", "[0, inf)", ("lambda", "threshold"),
                              allowed=ANY),),
        kinks=(Kink("-lambd", "lambd > 0", pytorch="0", keras="0", mlx="0"),
               Kink("lambd", "lambd > 0", pytorch="0", keras="0", mlx="0")),
        limits=("-inf", "inf"), slopes=("1", "1"), range="(-inf, inf)",
        aliases=("hard_threshold",),
        frameworks="pytorch: hardshrink Hardshrink; keras: hard_shrink; tfa paddle: hardshrink; onnx: "
                   "Shrink(bias=0); mlx: hard_shrink HardShrink",
        differs="TF Addons takes two ends, lower and upper",
        reference="Donoho and Johnstone 1994, Biometrika 81, 425",
    ),
    Activation(
        name="shrink",
        formula="where(z > lambd, z - bias, where(z < -lambd, z + bias, 0))",
        derivative="where(z >= lambd, 1, where(z >= -lambd, 0, 1))",
        parameters=(Parameter("lambd", "0.5", "half width of the gap", "[0, inf)", ("lambda",)),
                    Parameter("bias", "0", "how far the rest moves towards 0")),
        kinks=(Kink("-lambd", "lambd + abs(bias) > 0"), Kink("lambd", "lambd + abs(bias) > 0")),
        limits=("-inf", "inf"), slopes=("1", "1"), range="(-inf, inf)",
        frameworks="onnx: Shrink",
        note="bias = 0 makes it hardshrink, bias = lambd makes it softshrink",
        reference="ONNX operators, Shrink, version 9",
    ),
)
