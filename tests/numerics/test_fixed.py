"""Fixed point: the nearest whole number at every input, in the files that memories are filled from."""

import re
import shutil
import subprocess
from fractions import Fraction

import pytest

from actcli.numerics.fixed import fixed_named


def half_away(value):
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


@pytest.mark.parametrize("pair", ["Q2.4:Q0.7", "Q3.3:Q2.2", "s0.05,z3:s0.01,z-7", "s0.1:Q1.6"])
@pytest.mark.parametrize("function", ["tanh", "gelu", "relu", "z/2", "-z/2", "heaviside", "z^2"])
def test_the_nearest_of_the_exact_digits(actcli, function, pair):
    is_nearest(actcli, function, pair)


@pytest.mark.parametrize("function", ["leaky_relu", "hard_swish", "max(z/3, min(z, 1)*z)"])
def test_many_ties(actcli, function):
    is_nearest(actcli, function, "Q3.5:Q3.4")


def is_nearest(actcli, function, pair):
    taken, given = map(fixed_named, pair.split(":"))
    codes = [*range(taken.high + 1), *range(taken.low, 0)]
    exact = actcli("eval", function, *(str(taken.real(c)) for c in codes), "--digits", 40).lines
    wanted = [half_away(Fraction(line) / given.scale) + given.zero for line in exact]
    clipped = [min(max(code, given.low), given.high) for code in wanted]
    assert [int(line) for line in actcli("eval", function, "--fixed", pair).lines] == clipped


def test_sixty_thousand_inputs_are_those_of_the_formula(actcli):
    ours = actcli("eval", "tanh", "--fixed", "Q3.12:Q0.15").lines
    formula = "min(32767, floor(tanh(z/4096)*32768 + 0.5))"
    theirs = actcli("eval", formula, "-32768:32767:1").lines
    assert ours == theirs[32768:] + theirs[:32768]


FORMS = {
    "hex": lambda text: re.findall(r"^([0-9a-f]+)$", text, re.M),
    "mif": lambda text: re.findall(r"^[0-9a-f]+ : ([0-9a-f]+);$", text, re.M),
    "coe": lambda text: re.findall(r"^([0-9a-f]+)[,;]$", text, re.M),
}


@pytest.mark.parametrize("form", FORMS)
def test_memories_hold_the_numbers_in_the_order_of_the_address(actcli, form):
    words = actcli("eval", "gelu", "--fixed", "Q3.4:Q3.4").lines
    text = actcli("eval", "gelu", "--fixed", "Q3.4:Q3.4", "-f", form).out
    assert FORMS[form](text) == [f"{int(word) & 0xFF:02x}" for word in words]
    assert "actcli eval gelu --fixed Q3.4:Q3.4 -f " + form in text


@pytest.mark.skipif(not shutil.which("gcc"), reason="no gcc")
@pytest.mark.parametrize("pair", ["Q3.8:Q0.15", "s0.05,z3:s0.01", "Q3.4:Q15.16"])
def test_the_table_of_c_compiles(actcli, pair, tmp_path):
    name = "sigmoid"
    (tmp_path / "t.c").write_text(
        actcli("eval", name, "--fixed", pair, "-f", "c").out + "#include <stdio.h>\nint main(void) {\n"
        f"  for (unsigned i = 0; i < sizeof {name}_table / sizeof *{name}_table; ++i)\n"
        f'    printf("%d\\n", (int){name}_table[i]);\n  return 0;\n}}\n'
    )
    flags = ["-Wall", "-Wextra", "-Wconversion", "-Werror", "-fsanitize=undefined"]
    subprocess.run(["gcc", *flags, "t.c", "-o", "t"], cwd=tmp_path, check=True)
    ran = subprocess.run(["./t"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == actcli("eval", name, "--fixed", pair).lines


def test_points_are_rounded_to_inputs(actcli):
    done = actcli("table", "tanh", "--fixed", "Q3.12:Q0.15", "-1", "0.00001", "100", "--csv")
    assert done.lines == ["input,z,tanh", "-4096,-1,-24956", "0,0,0", "32767,7.999755859375,32767"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("eval tanh --fixed Q3.12", "write IN:OUT"),
        ("eval tanh --fixed Q3.12:int8", "no fixed-point format"),
        ("eval tanh --fixed Q3.22:Q0.15", "at most 16,777,216"),
        ("eval tanh --fixed Q0.0:Q0.15", "2 to 32 bits"),
        ("eval tanh --fixed s0:Q0.15", "no fixed-point format"),
        ("eval tanh --fixed s0.1,z300:Q0.15", "no fixed-point format"),
        ("eval log(z) --fixed Q3.4:Q3.4", "no value at z = -8"),
        ("eval tanh -f hex", "write --fixed IN:OUT"),
        ("eval tanh 1 --fixed Q3.4:Q3.4 -f hex", "no POINT"),
        ("eval tanh - --fixed Q3.4:Q3.4", "not standard input"),
        ("eval tanh nan --fixed Q3.4:Q3.4", "nan is no number"),
        ("eval tanh --digits 3 --fixed Q3.4:Q3.4", "do not go with it"),
        ("table --fixed Q3.4:Q3.4", "needs a FUNCTION"),
        ("eval softmax --fixed Q3.4:Q3.4", "vector"),
    ],
)
def test_refusals(actcli, arguments, told):
    done = actcli(*arguments.split())
    assert (done.status, done.out) == (2, "")
    assert told in done.err
