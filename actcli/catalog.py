"""Which activations there are: the entries, and find(name). Adding one is adding one entry here."""

from collections.abc import Mapping
from difflib import get_close_matches
from fractions import Fraction
from functools import cache

from actcli.activation import Activation, Function, Kink, Parameter, exact_value, normal, of_formula
from actcli.errors import ActcliError
from actcli.formula import WORDS, Definition, number, parse

CATALOG: tuple[Activation, ...] = (
    # ------------------------------------------------------------------ sigmoidal
    Activation(
        name="sigmoid",
        definition="1/(1 + exp(-z))",
        formula="sigmoid(z)",
        derivative="sigmoid(z)*sigmoid(-z)",
        from_value="a*(1 - a)",
        limits=("0", "1"),
        slopes=("0", "0"),
        range="(0, 1)",
        aliases=("logistic", "expit", "\u03c3"),
        reference="Verhulst 1845; Rumelhart, Hinton and Williams 1986, Nature 323, 533",
    ),
    Activation(
        name="tanh",
        definition="(exp(z) - exp(-z))/(exp(z) + exp(-z))",
        formula="tanh(z)",
        derivative="4*sigmoid(2*z)*sigmoid(-2*z)",
        from_value="1 - a^2",
        limits=("-1", "1"),
        slopes=("0", "0"),
        range="(-1, 1)",
        reference="LeCun, Bottou, Orr and Mueller 1998, Efficient BackProp",
    ),
    # ------------------------------------------------------------------ rectifiers
    Activation(
        name="relu",
        formula="max(0, z)",
        derivative="where(z >= 0, 1, 0)",
        from_value="where(a > 0, 1, 0)",
        kinks=(Kink("0", pytorch="0", jax="0", tensorflow="0", keras="0", mlx="0"),),
        limits=("0", "inf"),
        slopes=("0", "1"),
        range="[0, inf)",
        note="a = 0 comes from every z <= 0; from it alone g' is 0, the slope of all of them but z = 0",
        reference="Nair and Hinton 2010, ICML, Rectified linear units improve RBMs",
    ),
    Activation(
        name="leaky_relu",
        definition="max(slope*z, z)",
        formula="where(z >= 0, z, slope*z)",
        derivative="where(z >= 0, 1, slope)",
        from_value="where(a >= 0, 1, slope)",
        parameters=(Parameter("slope", "0.01", "slope for z < 0", "(0, inf)", ("negative_slope", "alpha")),),
        kinks=(Kink("0", pytorch="0.01", jax="1", tensorflow="0.2", keras="0.2 or 1", mlx="1"),),
        limits=("-inf", "inf"),
        slopes=("slope", "1"),
        range="(-inf, inf)",
        aliases=("lrelu",),
        differs="slope: tf.nn and keras.activations 0.2, keras.layers 0.3",
        reference="Maas, Hannun and Ng 2013, ICML, Rectifier nonlinearities improve acoustic models",
    ),
)


# ---------------------------------------------------------------------------- looking up


@cache
def spellings() -> Mapping[str, Activation]:
    """Return every spelling, normalised, with the activation it names."""
    return {normal(spelled): entry for entry in CATALOG for spelled in entry.names()}


def find(name: str) -> Activation:
    """Return the activation of that name or alias; raises ActcliError with the nearest names."""
    entry = spellings().get(normal(name))
    if entry is None:
        near = get_close_matches(normal(name), spellings(), n=3, cutoff=0.6)
        names = dict.fromkeys(spellings()[n].name for n in near)
        hint = f"; did you mean {' or '.join(names)}?" if names else "; 'actcli list' shows them all"
        raise ActcliError(f"there is no activation called {name!r}{hint}")
    return entry


def defined(word: str) -> Definition | None:
    """Return what a word of a formula means, when it is the name of an activation."""
    entry = spellings().get(normal(word))
    if entry is None:
        return None
    defaults = {key: number(value) for key, value in entry.defaults().items()}
    return Definition(parse(entry.formula), defaults, entry.spelling)


def function(text: str) -> Function:
    """Return the function that FUNCTION means: a name or a formula in z, `:key=value` after either."""
    head, *settings = text.split(":")
    given = dict(_setting(setting, text) for setting in settings)
    if normal(head) in spellings() or (head.isidentifier() and head not in ("z", "x", *WORDS)):
        return find(head).bind(given, text)
    names = [entry.name for entry in CATALOG]
    return of_formula(text, parse(head, defined, names), given, names)


def _setting(text: str, whole: str) -> tuple[str, Fraction]:
    key, equals, value = text.partition("=")
    if not equals:
        raise ActcliError(f"{text!r} in {whole!r} is no parameter: write it as NAME=NUMBER")
    return key.strip(), exact_value(value, key.strip())
