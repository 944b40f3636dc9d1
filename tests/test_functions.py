"""The Python side: activations as functions over numbers and arrays."""

import doctest
import importlib
import math
import pickle
import pkgutil
import pydoc
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from ml_dtypes import bfloat16

import actcli
from actcli import ActcliError, activation, gelu, leaky_relu, relu, sigmoid, softplus, tanh
from actcli.catalog import CATALOG, function
from actcli.catalog.entries import normal
from actcli.errors import UndefinedError
from actcli.numerics.dtypes import DTYPES as FORMATS
from actcli.numerics.exact import nearest
from actcli.numerics.kinks import breaks

ROOMS = [room.name for room in pkgutil.walk_packages(actcli.__path__, "actcli.")]
DTYPES = [np.float64, np.float32, np.float16, bfloat16]


@pytest.mark.parametrize("room", ["actcli", *ROOMS])
def test_the_examples_of_docstrings(room):
    found = doctest.testmod(importlib.import_module(room))
    assert not found.failed
    assert found.attempted or room not in ("actcli", "actcli.functions")


# ---------------------------------------------------------------------------- names


@pytest.mark.parametrize("entry", CATALOG, ids=lambda entry: entry.name)
def test_every_activation_is_a_name_of_the_package(entry):
    function = getattr(actcli, entry.name)
    assert repr(function) == f"actcli.activation({entry.name!r})"
    assert entry.name in dir(actcli)
    assert function(math.nan) != function(math.nan)


def test_no_activation_is_called_like_a_room():
    rooms = {normal(room.split(".")[1]) for room in ROOMS} | {"activation", "elementwise"}
    assert not rooms & {normal(name) for entry in CATALOG for name in entry.names()}


def test_other_spellings_and_no_names():
    from actcli import LeakyReLU

    assert LeakyReLU(-1.0) == -0.01
    with pytest.raises(ImportError, match="cannot import name 'gellu'"):
        from actcli import gellu  # noqa: F401
    with pytest.raises(AttributeError, match="did you mean gelu"):
        _ = actcli.gellu


def test_importing_the_package_loads_nothing_heavy_and_a_number_no_numpy():
    code = "import sys, actcli; early = {*sys.modules}; actcli.gelu(1.0); print(early, '|', {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    early, late = done.stdout.split("|")
    assert not any(f"'{name}'" in early for name in ("typer", "rich", "plotext", "numpy", "flint"))
    assert "'numpy'" not in late


# ---------------------------------------------------------------------------- numbers


def test_a_number_gives_a_float():
    for point in (1, 1.0, True):
        assert type(sigmoid(point)) in (float, np.float64)
        assert sigmoid(point) == 0.7310585786300049
    assert gelu(-9.0) == -1.0157295653584566e-18
    assert sigmoid.derivative(37.0) == 8.533047625744065e-17
    assert (sigmoid(math.inf), tanh(-math.inf), sigmoid.derivative(math.inf)) == (1.0, -1.0, 0.0)


def test_kinks():
    assert relu.kinks == (0.0,)
    assert gelu.kinks == ()
    assert activation("leaky_relu(1/(z - 1))").kinks == ()  # a pole
    assert activation("sqrt((z - 1)^2)").kinks == (1.0,)
    assert {-2, -1, 0} < set(activation("sqrt(floor(1 - z))").kinks)
    assert [relu.derivative(0.0, kink=side) for side in ("left", "mean", "right")] == [0.0, 0.5, 1.0]
    zeros = np.zeros(2, np.float16)
    assert relu.derivative(zeros, "mean").tolist() == [0.5, 0.5]
    with pytest.raises(ActcliError, match="'right', 'left', 'mean'"):
        relu.derivative(0.0, kink="both")


def test_the_slope_where_the_value_jumps_is_nan():
    step = activation("where(z >= 0, 1, 0)")
    assert step.derivative(0.0) == 0.0
    assert math.isnan(step.derivative(0.0, kink="left"))


def test_parameters():
    assert activation("leaky_relu", slope=0.2)(-3.0) == activation("leaky_relu:slope=0.2")(-3.0)
    same = [activation("leaky_relu", slope=s)(-9.0) for s in (np.float64(0.1), "1/10", Fraction(1, 10), 0.1)]
    assert set(same) == {-0.9}
    assert activation("leaky_relu", negative_slope=0.5).formula == "where(z >= 0, z, 0.5*z)"


@pytest.mark.parametrize(
    ("name", "parameters", "told"),
    [
        ("leaky_relu", {"slop": 0.2}, "did you mean slope"),
        ("celu", {"alpha": 0}, "takes alpha in"),
        ("leaky_relu", {"slope": None}, "a parameter is a number"),
        ("elu", {"alpha": math.nan}, "not a number"),
        ("sigmod(z)", {}, "did you mean sigmoid"),
    ],
)
def test_wrong_parameters(name, parameters, told):
    with pytest.raises(ActcliError, match=told):
        activation(name, **parameters)


def test_a_formula_goes_round():
    for entry in CATALOG:
        function = getattr(actcli, entry.name)
        assert activation(function.formula)(-0.75) == function(-0.75) or math.isnan(function(-0.75))


def test_pickled_it_is_the_same():
    again = pickle.loads(pickle.dumps(activation("leaky_relu", slope=0.2)))
    assert again(-1.0) == -0.2


# ---------------------------------------------------------------------------- arrays


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (7,), (2, 3, 4)])
def test_shape_and_dtype_stay(dtype, shape):
    points = np.linspace(-3, 3, math.prod(shape)).reshape(shape).astype(dtype)
    for found in (gelu(points), gelu.derivative(points), tanh.derivative_from_value(tanh(points))):
        assert found.shape == shape
        assert found.dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["sigmoid", "gelu", "softplus", "selu", "hard_swish", "mish"])
def test_each_answer_is_rounded_once_to_the_dtype(dtype, name):
    spread = np.random.default_rng(1).normal(0, 6, 400).astype(dtype)
    points = np.concatenate([spread, np.array([0, -0.0, 88, -88, -20, 1e-7, 6e4, -6e4], dtype)])
    function = getattr(actcli, name)
    tree, slope = function._function.formula, function._function.slope
    expected = [nearest(tree, float(z), dtype=np.dtype(dtype).name) for z in points]
    np.testing.assert_array_equal(function(points), np.array(expected, dtype))
    expected = [nearest(slope, float(z), dtype=np.dtype(dtype).name, side=1) for z in points]
    np.testing.assert_array_equal(function.derivative(points), np.array(expected, dtype))
    assert np.dtype(dtype).name in FORMATS


def test_a_strided_array_and_other_byte_orders():
    points = np.arange(24.0).reshape(4, 6)[::2, ::-3]
    np.testing.assert_array_equal(softplus(points), softplus(np.ascontiguousarray(points)))
    swapped = points.astype(">f4")
    assert softplus(swapped).dtype == swapped.dtype
    np.testing.assert_array_equal(softplus(swapped), softplus(points.astype(np.float32)))


def test_lists_and_whole_numbers():
    np.testing.assert_array_equal(relu([[-1, 2], [3, -4]]), [[0.0, 2.0], [3.0, 0.0]])
    assert relu(np.arange(3, dtype=np.uint8)).dtype == np.float64
    assert relu([]).shape == (0,)
    assert type(relu(np.float32(2))) is np.float32


@pytest.mark.parametrize("points", ["1", 1j, None, [[1], [2, 3]], np.array([object()])])
def test_what_is_no_real_number_is_refused(points):
    with pytest.raises(ActcliError):
        sigmoid(points)


def test_too_large_a_whole_number():
    with pytest.raises(ActcliError, match="too large"):
        sigmoid(10**400)


def test_infinities_and_nan_in_arrays():
    points = np.array([-np.inf, np.nan, np.inf], np.float16)
    np.testing.assert_array_equal(softplus(points), np.array([0, np.nan, np.inf], np.float16))
    np.testing.assert_array_equal(activation("0.1*z/z")(points), np.array([0.1, np.nan, 0.1], np.float16))
    np.testing.assert_array_equal(activation("sin(z)")(points), np.array([np.nan] * 3, np.float16))


# ---------------------------------------------------------------------------- the slope from the value


def test_the_slope_from_the_value():
    assert sigmoid.derivative_from_value(0.25) == 0.1875
    with pytest.raises(ActcliError, match="between 0 and 1"):
        sigmoid.derivative_from_value(1.5)
    with pytest.raises(ActcliError, match="between 0 and 1"):
        sigmoid.derivative_from_value(np.array([0.5, -0.1], np.float32))
    with pytest.raises(ActcliError, match="no known derivative"):
        gelu.derivative_from_value(0.5)


def test_a_value_rounded_to_a_narrow_dtype_is_still_a_value():
    selu = actcli.selu
    lowest = selu(np.full(2, -60000, np.float16))
    assert np.abs(selu.derivative_from_value(lowest)).max() < 1e-3


# ---------------------------------------------------------------------------- many at once


def test_threads_get_the_answers_that_one_thread_gets():
    points = np.linspace(-40, 40, 60)
    functions = [gelu, softplus, leaky_relu, activation("exp(z) - 1 - z")]

    def answered(function):
        return [(function(z), function.derivative(z)) for z in points.tolist()]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(answered, functions)) == [answered(function) for function in functions]


def test_under_dask():
    dask_array = pytest.importorskip("dask.array")
    points = np.linspace(-9, 9, 1000, dtype=np.float32).reshape(10, 100)
    found = dask_array.from_array(points, chunks=(3, 40)).map_blocks(gelu.derivative)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found.compute(scheduler="threads"), gelu.derivative(points))


def test_a_point_without_an_answer_is_raised_where_that_is_asked():
    step = activation("heaviside")
    assert np.isnan(step.derivative(np.array([[-1.0, 0.0, 1.0]]))).tolist() == [[False, True, False]]
    with pytest.raises(UndefinedError, match=r"points\[0, 1\] = 0: the slope of"):
        step.derivative(np.array([[-1.0, 0.0, 1.0]]), errors="raise")
    with pytest.raises(UndefinedError, match="the value jumps on the right"):
        step.derivative(0.0, errors="raise")
    assert step.derivative([-1.0, 1.0], errors="raise").tolist() == [0, 0]
    assert np.isnan(activation("log(z)")(np.array([-1.0]), errors="raise"))[0]  # nan is the answer there
    with pytest.raises(ActcliError, match="write 'nan' or 'raise'"):
        step(0.0, errors="ignore")


# ---------------------------------------------------------------------------- at a prompt, in a notebook


def test_help_shows_the_activation():
    shown = pydoc.plain(pydoc.render_doc(leaky_relu))
    told = [
        "max(0, z) + slope*min(0, z)",
        "where(z >= 0, 1, slope)",
        "(-inf, inf)",
        "kinks       z = 0: g' is 0.01",
    ]
    assert all(each in shown for each in told)
    assert "g'(z)       where(z >= 0, 1, 0.01)" in pydoc.render_doc(activation("max(0.01z, z)"))
    assert "0 unless" not in actcli.Elementwise.__doc__ and "call it for g(z)" in actcli.Elementwise.__doc__


def test_a_notebook_shows_formula_and_figure():
    assert gelu._repr_latex_().startswith(r"$\displaystyle g(z) = \frac{z}{2}")
    assert actcli.softmax._repr_latex_().endswith(r"\mathrm{temperature} = 1$")
    assert r"\qquad \alpha = 0.5$" in activation("elu", alpha=0.5)._repr_latex_()
    assert gelu._repr_svg_().startswith("<svg") and "</svg>" in gelu._repr_svg_()


def test_higher_derivatives_and_digits():
    assert tanh.derivative([0.0, 1.0], order=2).tolist() == [0.0, -0.6397000084492245]
    assert gelu.digits(1, 20) == "0.84134474606854294859"
    assert gelu.digits(Decimal("0.1"), 17) == gelu.digits(Fraction(1, 10), 17) != gelu.digits(0.1, 17)
    assert relu.digits(0, 3, kink="left", order=1) == "0" and sigmoid.digits(math.inf, 3) == "1.00"
    for wrong in ({"order": 0}, {"order": 101}, {"kink": "both"}):
        with pytest.raises(ActcliError):
            tanh.derivative(1.0, **wrong)
    for given in (("0.1", 5), (1, 0), (1, "5")):
        with pytest.raises(ActcliError, match="a number, and 1 to 10,000 digits"):
            gelu.digits(*given)


class Tensor:
    """What offers its buffer to NumPy, or refuses to."""

    def __init__(self, data):
        self.data = data

    def __array__(self, dtype=None, copy=None):
        if self.data is None:
            raise RuntimeError("Can't call numpy() on a Tensor that requires grad.\nAnd so on.")
        return self.data


def test_a_tensor_is_taken_by_its_buffer_or_refused():
    found = gelu(Tensor(np.array([1, 2], np.float32)))
    assert found.dtype == np.float32 and found.tolist() == gelu(np.array([1, 2], np.float32)).tolist()
    with pytest.raises(ActcliError, match=r"requires grad\.$"):
        gelu(Tensor(None))


@pytest.mark.parametrize("points", ["0.5", "sigmoid", ["1", "2"], b"1", None, [None], {}])
def test_what_is_no_number_is_refused_in_a_sentence(points):
    for ask in (gelu, gelu.derivative, actcli.softmax):
        with pytest.raises(ActcliError, match=r"points are numbers, or an array of numbers$"):
            ask(points)


def test_floors_that_leap_between_points_of_the_grid_are_followed_close_to_0():
    steps = breaks(function("floor(1000*z)"), (-100.0, 100.0))
    assert {k / 1000 for k in range(-200, 201)} <= {round(z, 9) for z in steps}
    assert {6.0, 7.0, 8.0} < set(breaks(function("tanh(floor(z^2 - 4))"), (-9.0, 9.0)))
