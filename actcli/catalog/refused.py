"""Names that mean different things to different people: refused, with what to say instead."""
# fmt: off

from collections.abc import Mapping

REFUSED: Mapping[str, str] = {
    # ------------------------------------------------------------------ one name, several functions
    "gelu_fast":
        "gelu_fast is gelu_tanh in Hugging Face, and the fast GELU of MLX is quick_gelu: say which",
    "ramp":
        "ramp is max(0, z) in mathematics and max(0, z) + 0.1*z in Darknet: say relu or darknet_ramp",
    "logsig":
        "logsig is the logistic sigmoid in MATLAB, not its logarithm: say sigmoid or log_sigmoid",
    # ------------------------------------------------------------------ one function, several parameters
    "step":
        "step is 1 at z = 0 in MLX and 0 in ggml: say heaviside:v0=1 or heaviside:v0=0",
    "binarizer":
        "Binarizer of ONNX is 0 at its threshold, where heaviside is 1/2: say heaviside:v0=0",
    "leaky":
        "leaky of Darknet has the slope 0.1, not 0.01: say leaky_relu:slope=0.1 or leaky_relu",
    "siren":
        "siren has the frequency 30 in its first layer, and not in the others: say sine:omega=30 or sine",
    "clip clamp":
        "clip has no bounds of its own: say hard_tanh:min_val=-1:max_val=1, or write clip(z, -1, 1)",
    "clipped_relu":
        "clipped_relu has the ceiling 6, 20 or another: say relu6 or keras_relu:max_value=20",
    # ------------------------------------------------------------------ no functions
    "to from":
        "a range is written LO:HI, such as -5:5",
    # ------------------------------------------------------------------ functions of many numbers
    "gumbel gumbel_softmax":
        "gumbel_softmax adds random noise: for fixed noise it is softmax of z plus that noise",
    "entmax":
        "entmax has a power of its own: say softmax (1), entmax15 (1.5) or sparsemax (2)",
}
