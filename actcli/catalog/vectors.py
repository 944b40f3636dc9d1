"""Functions of a whole vector: softmax and its kin, norms, and what takes the entries in halves.

`formula` is the form that does not overflow, for arrays; what is read entry by entry is the `definition`, if
there is one. Their derivatives are found from these; `jacobian` tells them to people.
"""

from dataclasses import replace

from actcli.catalog.entries import Activation, Parameter

TEMPERATURE = Parameter("temperature", "1", "divides z: near 0 it is a hard choice", "(0, inf)", ("tau", "T"))


EPS = Parameter("eps", "1e-6", "keeps the divisor above 0", "[0, inf)", ("epsilon",))
_SHIFTED = "exp((z - largest(z))/temperature)"
_ABOVE_0 = "exp(z - max(largest(z), 0))"

VECTORS: tuple[Activation, ...] = (
    Activation(
        name="softmax",
        formula=f"{_SHIFTED}/sum({_SHIFTED})",
        range="(0, 1)",
        reference="J. Bridle, Probabilistic Interpretation of Feedforward Network Outputs, 1990",
        definition="exp(z/temperature)/sum(exp(z/temperature))",
        jacobian="p_i*(delta_ij - p_j)/temperature with p = softmax(z)",
        parameters=(TEMPERATURE,),
        frameworks="pytorch: softmax Softmax Softmax2d; jax tensorflow scipy nnlib: softmax; keras mlx: "
                   "softmax Softmax; onnx: Softmax",
        note="The axis is the last one in JAX, Keras, TensorFlow, MLX and ONNX since opset 13 (before, all "
        "from axis 1 on were one vector), the first in NNlib; PyTorch wants dim said; SciPy takes the array. "
        "The entries sum to 1; one of -inf is a mask and gets 0; JAX gives nan for any entry of +inf.",
    ),
    Activation(
        name="log_softmax",
        formula="z - largest(z) - log(sum(exp(z - largest(z))))",
        range="(-inf, 0)",
        reference="the logarithm of softmax, as cross-entropy takes it",
        definition="z - log(sum(exp(z)))",
        jacobian="delta_ij - p_j with p = softmax(z)",
        aliases=("logsoftmax",),
        frameworks="pytorch mlx: log_softmax LogSoftmax; jax tensorflow keras scipy: log_softmax; onnx: "
                   "LogSoftmax; nnlib: logsoftmax",
        note="The axis is as for softmax.",
    ),
    Activation(
        name="softmin",
        formula="exp(-z - largest(-z))/sum(exp(-z - largest(-z)))",
        range="(0, 1)",
        reference="softmax(-z)",
        definition="exp(-z)/sum(exp(-z))",
        jacobian="-p_i*(delta_ij - p_j) with p = softmin(z)",
        frameworks="pytorch mlx: softmin Softmin",
    ),
    Activation(
        name="logsumexp",
        formula="largest(z) + log(sum(exp(z - largest(z))))",
        range="(-inf, inf)",
        reference="the smooth maximum, whose gradient is softmax",
        definition="log(sum(exp(z)))",
        jacobian="p_j with p = softmax(z)",
        aliases=("lse",),
        frameworks="pytorch jax keras mlx scipy nnlib: logsumexp; tensorflow: reduce_logsumexp; onnx: "
                   "ReduceLogSumExp",
    ),
    Activation(
        name="logmeanexp",
        formula="largest(z) + log(mean(exp(z - largest(z))))",
        range="(-inf, inf)",
        reference="logsumexp(z) - log(n), between the mean of the entries and the largest",
        definition="log(mean(exp(z)))",
        jacobian="p_j with p = softmax(z)",
        frameworks="jax: logmeanexp",
    ),
    Activation(
        name="softmax1",
        formula=f"{_ABOVE_0}/(exp(-max(largest(z), 0)) + sum({_ABOVE_0}))",
        range="(0, 1)",
        reference="E. Miller, Attention Is Off By One, 2023",
        definition="exp(z)/(1 + sum(exp(z)))",
        jacobian="p_i*(delta_ij - p_j) with p = softmax1(z)",
        aliases=("softmax_one", "quiet_softmax"),
        note="As softmax with one more entry of 0 that is left out: the sum may be anything below 1.",
    ),
    Activation(
        name="sparsemax",
        formula="max(z - simplex(z, 1), 0)",
        range="[0, 1]",
        reference="A. Martins and R. Astudillo, From Softmax to Sparsemax, 2016, arXiv:1602.02068",
        jacobian="s_i*(delta_ij - s_j/sum(s)) with s_i = 1 where g_i > 0, else 0",
        frameworks="keras: sparsemax; tfa: sparsemax Sparsemax",
        note="The nearest point to z whose entries are not negative and sum to 1. It has kinks where an "
        "entry gets to 0: the Jacobian there is that on the right.",
    ),
    Activation(
        name="entmax15",
        formula="max(z/2 - simplex(z/2, 2), 0)^2",
        range="[0, 1]",
        reference="B. Peters et al., Sparse Sequence-to-Sequence Models, 2019, arXiv:1905.05702",
        jacobian="s_i*(delta_ij - s_j/sum(s)) with s = sqrt(g)",
        aliases=("entmax_15", "entmax1.5"),
        note="Between softmax and sparsemax: entmax of the power 1.5.",
    ),
    Activation(
        name="hardmax",
        formula="peak(z)",
        range="[0, 1]",
        reference="ONNX operator Hardmax",
        jacobian="0; none where the largest entry is not alone",
        frameworks="onnx: Hardmax",
        note="Of equal largest entries the first gets the 1. The axis is the last one since opset 13.",
    ),
    Activation(
        name="maxout",
        formula="largest(z)",
        range="(-inf, inf)",
        reference="I. Goodfellow et al., Maxout Networks, 2013, arXiv:1302.4389",
        jacobian="1 for the largest entry, else 0",
        frameworks="tfa: Maxout; paddle: maxout Maxout",
        note="z holds the pieces of one unit. Where largest entries are equal, each alone has the slope 1 on "
        "the right and 0 on the left; PyTorch's amax and JAX's max share 1 evenly among them, Paddle "
        "gives it to the first in its maxout.",
    ),
    Activation(
        name="rms_norm",
        formula="z/sqrt(mean(z^2) + eps)",
        range="(-inf, inf)",
        reference="B. Zhang and R. Sennrich, Root Mean Square Layer Normalization, 2019, arXiv:1910.07467",
        jacobian="(delta_ij - g_i*g_j/n)/r with r = sqrt(mean(z^2) + eps)",
        parameters=(EPS,),
        aliases=("rmsnorm",),
        frameworks="pytorch: rms_norm RMSNorm; onnx keras: RMSNormalization",
        differs="eps is the dtype's own in PyTorch, 1e-5 in ONNX and MLX",
    ),
    Activation(
        name="layer_norm",
        formula="(z - mean(z))/sqrt(mean((z - mean(z))^2) + eps)",
        range="(-inf, inf)",
        reference="J. Ba, J. Kiros and G. Hinton, Layer Normalization, 2016, arXiv:1607.06450",
        jacobian="(delta_ij - 1/n - g_i*g_j/n)/r with r = sqrt(mean((z - mean(z))^2) + eps)",
        parameters=(replace(EPS, default="1e-5"),),
        aliases=("layernorm", "standardize"),
        frameworks="pytorch: layer_norm LayerNorm; jax: standardize; onnx keras: LayerNormalization",
        differs="eps is 0.001 in Keras",
    ),
    Activation(
        name="poly_norm",
        formula="(z^3/sqrt(mean(z^6) + eps) + z^2/sqrt(mean(z^4) + eps) + z/sqrt(mean(z^2) + eps))/3",
        range="(-inf, inf)",
        reference="Z. Zhuo et al., Polynomial Composition Activations, 2024, arXiv:2411.03884",
        jacobian="(3z_i^2*(delta_ij - ...) + ...)/3: the sum of those of three norms",
        parameters=(EPS,),
        aliases=("polynorm",),
        note="With the weights that training begins with: 1/3 each, and no bias.",
    ),
    Activation(
        name="crelu",
        formula="join(max(z, 0), max(-z, 0))",
        range="[0, inf)",
        reference="W. Shang et al., Convolutional Neural Networks via CReLU, 2016, arXiv:1603.05201",
        jacobian="delta_ij where z_j >= 0, and below it -delta_ij where z_j < 0",
        frameworks="tensorflow nnlib: crelu",
        note="Twice as many entries come out as go in.",
    ),
    Activation(
        name="glu",
        formula="first(z)*sigmoid(second(z))",
        range="(-inf, inf)",
        reference="Y. Dauphin et al., Language Modeling with Gated CNNs, 2016, arXiv:1612.08083",
        jacobian="sigmoid(b_i)*delta_ij by a_j, a_i*sigmoid(b_i)*sigmoid(-b_i)*delta_ij by b_j, z = (a, b)",
        frameworks="pytorch mlx: glu GLU; jax keras: glu",
        note="The second half is the gate in all of these; what is called swiglu activates the first.",
    ),
)  # fmt: skip
