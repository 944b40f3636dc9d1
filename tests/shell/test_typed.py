"""What people type: each line is answered, or one sentence tells what to type."""

import contextlib
import os
import re
import shlex
import subprocess
import sys

import pytest

ANSWERED = [
    ("version", "actcli "),
    ("-V", "actcli "),
    ("eval sigmoid log(2)", "0.6666666666666666"),
    ("eval identity 1/3 -2pi 0x1.8p3", "0.3333333333333333\n-6.283185307179586\n12"),
    ("eval identity -pi:pi:pi", "-3.141592653589793\n0\n3.141592653589793"),
    ("eval abs -1", "1"),
    ("eval log2 8", "3"),
    ("eval nn.GELU 0", "0"),
    ("eval 'np.tanh(z)' 0", "0"),
    (r"eval '\frac{1}{1+e^{-z}}' 0", "0.5"),
    ("eval e⁻ᶻ 0", "1"),
    ("eval 'z<0 ? 0 : z' 1", "1"),
    ("eval 'y = max(0,x)' 1", "1"),
    ("eval 'x -> x^2' 3", "9"),
    ("eval 'if z > 0 then z else -z' -2", "2"),
    ("eval 'torch.clamp(z, 0, 1)' 3", "1"),
    ("eval '½z' 3", "1.5"),
    ("eval 'nn.GELU(approximate=\"tanh\")' 0", "0"),
    ("eval identity 1 --dtype torch.float", "1"),
    ("eval identity 2+2", "4"),
    ("range sine -pi:pi", "what,value,z,how\nleast,-1,"),
    ("solve leaky_relu:slope=0.2 1", "1\n"),
    ("explain sigmoid -inf nan", "sigmoid\n"),
    (r"eval '\alpha z:alpha=2' 3", "6"),
    ("help formula", "FORMULAS"),
    ("help derivative", "DERIVATIVE, SLOPE"),
    ("help round", "  round       halves go up"),
    ("list --csv sigmoids", "name,formula,range\nsigmoid,"),
    ("list --csv --framework mlx mlx", "mlx,name"),
]
TOLD = [
    ("sigmoid 0", "actcli eval sigmoid 0"),
    ("sigmoid", "actcli eval sigmoid 0"),
    ("grad sigmoid 0", "type 'actcli deriv sigmoid 0'"),
    ("evaluate 'z^2' 1", "type 'actcli eval 'z^2' 1'"),
    ("draw sigmoid", "type 'actcli plot sigmoid'"),
    ("ls", "type 'actcli list'"),
    ("evla sigmoid", "did you mean eval?"),
    ("eval", "eval needs a FUNCTION"),
    ("explain", "explain needs a FUNCTION"),
    ("eval sigmoid tanh 0", "'tanh' is a function"),
    ("eval elu alpha=2 -1", "elu:alpha=2"),
    ("eval elu:alpha=2,beta=3 -1", "alpha=2:beta=3"),
    ("eval leaky_relu:0.2 -1", "leaky_relu:slope=0.2"),
    ("eval leaky_relu -1 --slope 0.2", "leaky_relu:slope=0.2"),
    ("eval 'LeakyReLU(0.2)' -1", "LeakyReLU:slope=0.2"),
    ("eval sigmoid --from 0", "written LO:HI"),
    ("plot sigmoid --xlim -5 5", "one range -5:5"),
    ("plot sigmoid -5..5", "write -5:5"),
    ("plot sigmoid [-5,5]", "write -5:5"),
    ("plot sigmoid from -5 to 5", "one range -5:5"),
    ("plot sigmoid --tangent 0 1", "its own --tangent"),
    ("eval sigmoid 0 --digits five", "--digits five: write a whole number"),
    ("eval 'round(z)' 1", "floor(z + 0.5)"),
    ("eval foo 0", "a formula in z would do"),
    ("info sigmoid --jsno", "there is no --jsno; did you mean --json?"),
    ("eval celu --alpha 2 -1", "celu:alpha=2"),
    ("eval celu --alpha=2 -1", "celu:alpha=2"),
    ("plot sigmoid --png", "-o FILE.png"),
    ("plot sigmoid -o", "actcli: -o needs a value"),
    ("deriv sigmoid 0 -n 2", "'actcli deriv --help' shows"),
    ('plot "sigmoid\'"', "deriv and plot show its slope"),
    ("eval 'z % 2' 3", "mod(u, v)"),
    ("eval 'log(z, 2)' 8", "log(u)/log(v)"),
    ("eval 'ze^z' 1", "did you mean z*e?"),
    ("eval identity -10, 0", "write -10"),
    ("plot sigmoid '(-5, 5)'", "write -5:5"),
    ("find relu", "type 'actcli list relu'"),
    ("differentiate relu 1", "type 'actcli deriv relu 1'"),
    ("plotting relu", "type 'actcli plot relu'"),
    ("eval sigmoid -5 to 5", "a range is written LO:HI"),
    ("eval relu ''", "'' is not a number"),
    ("eval sigmoid 1 --dtype float", "write float32 or float64"),
    ("eval 'erfinv(z)' 0.5", "actcli solve erf 0.5"),
    ("eval identity 1–3", "write (1–3) for the difference"),
    ("eval identity 1...3", "written 1:3"),
    ("softmax 1 2 3", "actcli eval softmax 1 2 3"),
    ("usage", "type 'actcli help'"),
    ("-v", "did you mean -V?"),
    ("eval -help", "there is no -help; did you mean --help?"),
    ("info sigmoid tanh", "tanh is more than info takes"),
    ("plot sigmoid --deriv=no", "write --deriv alone"),
    ("plot sigmoid -f png", "-o FILE.svg"),
    ("help csv", "'actcli help pipes'"),
    ("eval probit 0.5", "actcli solve Phi 0.5"),
    ("eval tanh⁻¹(z) 1", "1/tanh(z), or atanh(z) for the inverse"),
    ("eval σ²(z) 1", "'σ' needs an argument: σ(z)^2"),
    ("eval identity [-5:5]", "write -5:5"),
    ("eval identity -pi..pi", "written -pi:pi"),
    ("plot sigmoid '-5;5'", "write -5:5"),
    ("range sigmoid -5,5", "write -5:5"),
    ("table sigmoid -5 to 5", "a range is written LO:HI"),
    ("eval 'nn.Hardtanh(-2, 2)' 1", "write nn.Hardtanh:min_val=-2:max_val=2"),
    ("eval 'H(z)' 1", "heaviside(z, v0=1)"),
    ("eval 'sin^-1(z)' 1", "1/sin(z), or asin(z) for the inverse"),
    ("eval 'sigmoid^-1(z)' 1", "'actcli solve sigmoid A' for the inverse"),
    ("eval 'z*(z>0)' 1", "where(z > 0, 1, 0)"),
    ("eval 'where(z > 0 && z < 1, z, 0)' 1", "one where in another"),
    ("eval 'z.relu()' 1", "write the name alone"),
    ("eval 'torch.matmul' 1", "'actcli list' shows them all"),
    ("eval sigmoid 0 -f pdf", "actcli: -f pdf: write one of"),
    ("eval sigmoid 0 --format=pdf", "actcli: --format pdf: write one of"),
    ("eval sigmoid 0 --csv=x", "--csv takes no value"),
    ("info elu alpha=2", "behind its function: elu:alpha=2"),
    ("eval elu: 1", "as in elu:alpha=1"),
    ("solve sigmoid=0.9", "actcli solve sigmoid 0.9"),
    ("deriv heaviside 0", "the slope of heaviside at z = 0 does not exist"),
    ("deriv Hard_Shrink:lambd=1 1 --digits 9", "the slope of Hard_Shrink:lambd=1 at z = 1"),
    ("eval 'torch.clamp' 1", "write clip(z, -1, 1)"),
]


@pytest.mark.parametrize(("line", "out"), ANSWERED)
def test_it_is_answered(actcli, line, out):
    done = actcli(*shlex.split(line))
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(out)


@pytest.mark.parametrize(("line", "told"), TOLD)
def test_it_is_told_what_to_type(actcli, line, told):
    done = actcli(*shlex.split(line))
    assert (done.status, done.out) == (2, "")
    assert told in done.err and done.err.startswith("actcli: ")


def test_what_would_be_silent_is_noted(actcli):
    done = actcli("eval", "sigmoid", "-6:0.5:6")
    assert done.status == 0 and len(done.lines) == 2 and "-6:6:0.5?" in done.err
    assert "has no z" in actcli("eval", "2*pi", "1").err
    assert "--num 5 is of a range" in actcli("eval", "sigmoid", "1", "--num", "5").err


def test_what_is_not_there_is_a_file_or_a_folder(program):
    assert program("plot", "--data", "none.csv").err == "actcli: none.csv: there is no such file\n"
    assert "there is no such folder" in program("eval", "relu", "1", "-o", "/none/x").err


def test_a_list_begins_with_the_one_that_is_called_so(actcli):
    assert actcli("list", "relu").lines[1].startswith("relu,")
    assert actcli("list", "LeakyReLU").lines[1].startswith("leaky_relu,")


def test_a_list_has_ranges_in_numbers(actcli):
    rows = actcli("list", "leaky_relu", "xgelu").lines
    assert rows[1].endswith(',"(-inf, inf)"') and "where" not in "".join(rows)


def test_a_list_of_nothing_says_so(actcli):
    done = actcli("list", "foo")
    assert done.status == 2 and "no activation has 'foo'" in done.err
    assert "random noise" in actcli("list", "gumbel_softmax").err
    assert actcli("list", "relu", "--framework", "darknet").status == 0
    assert "darknet has none of them" in actcli("list", "softmax", "--framework", "darknet").err


def test_families_are_headings_for_people(actcli):
    shown = actcli("list", "softplus", "tanh", "--table").out
    heads = ("SIGMOIDS", "EXPONENTIALS", "GATES", "SHRINKAGES")
    assert all(re.search(rf"├[─┼]+┤\n│ {head} +│ +│ +│ +│\n├", shown) for head in heads)
    assert "SHRINKAGES" not in actcli("list", "shrink", "--table").out  # the only one
    assert "SIGMOIDS" not in actcli("list", "softplus", "tanh", "--csv").out


def at_a_terminal(*command, **environment):
    """Run a command line on a terminal of 24 lines, and return what is shown there."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "LINES": "24", "COLUMNS": "80", "NO_COLOR": "1", **environment}
    program = [sys.executable, "-m", "actcli", *command]
    with subprocess.Popen(program, stdin=theirs, stdout=theirs, stderr=theirs, env=env):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError), open(ours, "rb", buffering=0) as terminal:
            while piece := terminal.read(65536):
                shown += piece
    return shown.decode().splitlines()


def test_a_long_list_goes_through_the_pager():
    assert at_a_terminal("list", PAGER="sed s/^/@/")[3].startswith("@│ SIGMOIDS")
    assert at_a_terminal("list", "shrink", PAGER="sed s/^/@/")[0].startswith("╭")
    assert at_a_terminal("list", PAGER="no-such-program")[0].startswith("╭")
    assert at_a_terminal("eval", "--help", PAGER="sed s/^/@/")[0].startswith("@Usage")
    assert at_a_terminal("explain", "sigmoid", PAGER="sed s/^/@/")[0] == "@sigmoid"
    assert at_a_terminal("explain", "relu", PAGER="sed s/^/@/")[0] == "relu"


def test_slopes_are_those_of_textbooks_and_how_they_are_computed_stands_beside(actcli):
    for name, shown in {
        "lisht": "tanh(z) + z*(1 - tanh(z)^2)",
        "z*tanh(2z)": "tanh(2*z) + 2*z*(1 - tanh(2*z)^2)",
        "mish": "tanh(softplus(z)) + z*sigmoid(z)*(1 - tanh(softplus(z))^2)",
        "silu": "sigmoid(z)*(1 + z*(1 - sigmoid(z)))",
        "squareplus": "(1 + z/sqrt(z^2 + b))/2",
        "gish": "log(2 - exp(-exp(z))) + z*exp(z - exp(z))/(2 - exp(-exp(z)))",
        "softcap": "1 - tanh(z/cap)^2",
    }.items():
        slope, computed = re.findall(r"  g'\(z\) +(.*)\n  computed as +(.*)\n", actcli("info", name).out)[0]
        assert slope == shown and computed != shown


def test_a_formula_keeps_its_names_and_its_choices_are_cases(actcli):
    for line, shown in {
        "z*tanh(b*z):b=2": "tanh(b*z) + b*z*(1 - tanh(b*z)^2)",
        "max(0.01z,z)": "where(z >= 0, 1, 0.01)",
        "max(0,1-abs(z))": "where(z >= 1, 0, where(z >= 0, -1, where(z >= -1, 1, 0)))",
    }.items():
        page = actcli("info", line).out
        assert f"  g'(z)       {shown}\n" in page and ("parameters  b = 2" in page) == ("b=2" in line)


def test_a_header_where_numbers_are_read_is_told_of(program):
    for text in (b"z,y\n1,2\n", b"z\n1\n"):
        assert "name a column: --column NAME" in program("eval", "relu", input=text).err
    assert "--column" not in program("eval", "relu", input=b"1\nz\n").err
