"""Gated pairs: what opens with the gate z, times the other half of a layer, the parameter u.

Parameters come from columns and arrays, too: `actcli eval swiglu --column z=gate --column u=up`.
"""
# fmt: off

from actcli.catalog.entries import ANY, Activation, Kink, Parameter

_U = Parameter("u", "1", "what is gated: the up projection", "(0, inf)", ("up", "value"), allowed=ANY)
_SHAZEER = "Shazeer 2020, GLU variants improve transformer, arXiv:2002.05202"

GLUS: tuple[Activation, ...] = (
    Activation(
        name="glu_pair",
        formula="u*sigmoid(z)",
        derivative="u*sigmoid(z)*sigmoid(-z)",
        from_value="a*(1 - a/u)",
        parameters=(_U,),
        limits=("0", "u"), slopes=("0", "0"), range="(0, u)",
        note="glu takes a vector in halves, and its gate is the second half",
        reference="Dauphin, Fan, Auli and Grangier 2016, Gated convolutional networks, arXiv:1612.08083",
    ),
    Activation(
        name="reglu",
        formula="u*max(0, z)",
        derivative="where(z >= 0, u, 0)",
        from_value="where(a > 0, u, 0)",
        parameters=(_U,),
        kinks=(Kink("0"),),
        limits=("0", "inf"), slopes=("0", "u"), range="[0, inf)",
        frameworks="ggml: reglu",
        reference=_SHAZEER,
    ),
    Activation(
        name="geglu",
        formula="u*z*Phi(z)",
        derivative="u*(Phi(z) + z*phi(z))",
        parameters=(_U,),
        limits=("0", "inf"), slopes=("0", "u"), range="[-0.16997120747990366194*u, inf)",
        frameworks="ggml: geglu_erf; vllm: gelu_and_mul GeluAndMul; timm: GluMlp(act_layer=GELU)",
        differs="ggml's geglu and Gemma's have the gelu of tanh: geglu_tanh",
        reference=_SHAZEER,
    ),
    Activation(
        name="geglu_tanh",
        definition="u*z/2*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z^3)))",
        formula="u*z*sigmoid(sqrt(8/pi)*(z + 0.044715*z^3))",
        derivative="u*sigmoid(sqrt(8/pi)*(z + 0.044715*z^3))*(1 + sqrt(8/pi)"
                   "*(z + 0.134145*z^3)*sigmoid(-sqrt(8/pi)*(z + 0.044715*z^3)))",
        parameters=(_U,),
        limits=("0", "inf"), slopes=("0", "u"), range="[-0.17004075057125405064*u, inf)",
        frameworks="ggml: geglu(tanh); vllm: gelu_tanh_and_mul",
        reference=_SHAZEER,
    ),
    Activation(
        name="geglu_quick",
        formula="u*z*sigmoid(1.702*z)",
        derivative="u*sigmoid(1.702*z)*(1 + 1.702*z*sigmoid(-1.702*z))",
        parameters=(_U,),
        limits=("0", "inf"), slopes=("0", "u"), range="[-0.27846454276107379511/1.702*u, inf)",
        frameworks="ggml: geglu_quick",
        reference="ggml, GGML_GLU_OP_GEGLU_QUICK",
    ),
    Activation(
        name="swiglu",
        formula="u*z*sigmoid(alpha*z)",
        derivative="u*sigmoid(alpha*z)*(1 + alpha*z*sigmoid(-alpha*z))",
        parameters=(_U, Parameter("alpha", "1", "steepness of the gate", "(0, inf)", ("beta",), allowed=ANY)),
        limits=("0", "inf"), slopes=("0", "u"), range="[-0.27846454276107379511*u/alpha, inf)",
        aliases=("silu_and_mul",),
        frameworks="onnx timm: SwiGLU; ggml paddle: swiglu; vllm: SiluAndMul",
        differs="only ONNX has alpha, since opset 28",
        reference=_SHAZEER,
    ),
    Activation(
        name="swiglu_oai",
        formula="min(z, limit)*sigmoid(alpha*min(z, limit))*(clip(u, -limit, limit) + 1)",
        derivative="where(z >= limit, 0, sigmoid(alpha*z)*(1 + alpha*z*sigmoid(-alpha*z))"
                   "*(clip(u, -limit, limit) + 1))",
        parameters=(Parameter("u", "1", "what is gated: the up projection", "(-1, inf)", ("up",), ANY),
                    Parameter("alpha", "1.702", "steepness of the gate", "(0, inf)", allowed=ANY),
                    Parameter("limit", "7", "where gate and u are cut", "(1, inf)", allowed="(0, inf)")),
        kinks=(Kink("limit"),), slopes=("0", "0"),
        limits=("0", "limit*sigmoid(alpha*limit)*(min(u, limit) + 1)"),
        range="[-0.27846454276107379511/alpha*(min(u, limit) + 1), "
              "limit*sigmoid(alpha*limit)*(min(u, limit) + 1)]",
        frameworks="ggml: swiglu_oai; vllm: swigluoai_and_mul SwigluOAIAndMul",
        reference="OpenAI 2025, gpt-oss model card, arXiv:2508.10925, and its code",
    ),
    Activation(
        name="swiglu_clamped",
        formula="min(z, limit)*sigmoid(min(z, limit))*clip(u, -limit, limit)",
        derivative="where(z >= limit, 0, sigmoid(z)*(1 + z*sigmoid(-z))*clip(u, -limit, limit))",
        parameters=(_U, Parameter("limit", "10", "where gate and u are cut", "(0, inf)", ("swiglu_limit",))),
        kinks=(Kink("limit"),), slopes=("0", "0"),
        limits=("0", "limit*sigmoid(limit)*min(u, limit)"),
        range="[-0.27846454276107379511*min(u, limit), limit*sigmoid(limit)*min(u, limit)]",
        reference="DeepSeek V4, swiglu_limit of its configuration",
    ),
    Activation(
        name="swiglustep",
        formula="min(z*sigmoid(z), 7)*clip(u, -7, 7)",
        derivative="where(z*sigmoid(z) >= 7, 0, sigmoid(z)*(1 + z*sigmoid(-z))*clip(u, -7, 7))",
        parameters=(_U,),
        kinks=(Kink("7.0063428146017918033281600020912312703956495279924"),),
        limits=("0", "7*min(u, 7)"), slopes=("0", "0"),
        range="[-0.27846454276107379511*min(u, 7), 7*min(u, 7)]",
        frameworks="vllm: swiglustep_and_mul SwigluStepAndMul",
        note="the limit 7 is that of Step-3.5; silu is 7 at z = 7.00634",
        reference="Step-3.5, in vLLM: SwigluStepAndMul",
    ),
    Activation(
        name="situ",
        formula="b*tanh(z/b)*sigmoid(z)*b2*tanh(u/b2)",
        derivative="b2*tanh(u/b2)*sigmoid(z)*(4*sigmoid(2*z/b)*sigmoid(-2*z/b) + b*tanh(z/b)*sigmoid(-z))",
        parameters=(_U, Parameter("b", "4", "cap of the gate", "(0, inf)"),
                    Parameter("b2", "25", "cap of u", "(0, inf)")),
        limits=("0", "b*b2*tanh(u/b2)"), slopes=("0", "0"),
        range="[where(b == 4, -0.26976899547249180707*b2*tanh(u/b2), nan), b*b2*tanh(u/b2))",
        reference="Kimi K3, the gated activation of its experts",
    ),
)
