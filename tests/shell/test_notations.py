"""Numbers as their bits and with all their digits: --bits, --exact."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actcli.numerics.dtypes import DTYPES, from_bits
from actcli.streams.notations import as_bits, as_exact, bits_read

WIDTHS = [(name, dtype.width // 4) for name, dtype in DTYPES.items()]


def test_bits_are_read_and_written(actcli):
    assert actcli("eval", "gelu", "0x3f80", "-1", "--bits", "--dtype", "bfloat16").lines == [
        "0x3f57",
        "0xbe22",
    ]
    assert actcli("eval", "z", "1", "--bits").lines == ["0x3ff0000000000000"]
    assert actcli("eval", "z", "0x00:0x3c:0x38", "--bits", "--dtype", "e4m3fn").lines == ["0x00", "0x38"]


def test_bits_are_texts_in_json(actcli):
    found = actcli("eval", "relu", "0x3f80", "0x7fc0", "--bits", "--dtype", "bf16", "--jsonl")
    assert found.lines == ['{"z": "0x3f80", "relu": "0x3f80"}', '{"z": "0x7fc0", "relu": "0x7fc0"}']


def test_a_table_of_bits_keeps_its_footnote(actcli):
    found = actcli("table", "relu", "0x0000", "--bits", "--dtype", "bf16", "--table")
    assert "0x3f80*" in found.out and "* relu has a kink at z = 0" in found.out


@pytest.mark.parametrize(
    "asked", (["--bits", "--exact"], ["--bits", "--digits", "5"], ["--digits", "5", "--exact"])
)
def test_numbers_are_written_in_one_way(actcli, asked):
    found = actcli("eval", "relu", "1", *asked)
    assert found.status == 2 and found.err.endswith("numbers are written in one way\n")


def test_too_many_bits_are_refused_in_their_line(program):
    found = program("eval", "relu", "--bits", "--dtype", "bf16", input=b"1\n0x13f80\n")
    assert (found.status, found.out) == (2, "0x3f80\n") and "line 2: '0x13f80'" in found.err


def test_bits_in_a_column_of_csv(program):
    asked = ("eval", "gelu", "--bits", "--dtype", "bf16", "--column", "z")
    found = program(*asked, input=b'z,n\n0x3f80,"a,b"\n-1,\n0xzz,\n', check_err=False)
    assert found.lines == ["z,n,gelu", '0x3f80,"a,b",0x3f57', "-1,,0xbe22"]
    assert "line 4, column 'z'" in found.err


def test_every_bfloat16_comes_back(program):
    patterns = [f"0x{bits:04x}" for bits in range(1 << 16)]
    found = program("eval", "z", "--bits", "--dtype", "bf16", input="\n".join(patterns).encode())
    quiet = ["0x0000" if p == "0x8000" else p for p in patterns]
    nan = [(int(p, 16) & 0x7F80) == 0x7F80 and int(p, 16) & 0x7F != 0 for p in patterns]
    assert found.lines == ["0x7fc0" if odd else p for p, odd in zip(quiet, nan, strict=True)]


def test_exact_decimals_have_all_digits(actcli):
    answer = "-0.158203125"
    assert actcli("eval", "gelu", "-1", "--exact", "--dtype", "bf16").lines == [answer]
    assert (
        actcli("eval", "z", "0.1", "--exact", "--json")
        .lines[1]
        .endswith('"z_2": 0.1000000000000000055511151231257827021181583404541015625}')
    )


def test_exact_decimals_in_a_stream(program):
    found = program("eval", "z", "--exact", "--csv", input=b"0.1\nnan\n1e22\n")
    assert [Fraction(cell) for cell in found.lines[1].split(",")] == [Fraction(0.1)] * 2
    assert found.lines[2:] == ["nan,nan", "1e22,1e22"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_an_exact_decimal_is_the_number(value):
    (text,) = as_exact([value], "float64")
    assert Fraction(text) == Fraction(value)


@given(st.sampled_from(WIDTHS), st.data())
def test_bits_written_and_read_are_the_number(form, data):
    dtype, width = form
    bits = data.draw(st.integers(0, 16**width - 1))
    (value,) = from_bits(np.array([bits], np.uint64).astype(np.int64), dtype).tolist()
    read = float(bits_read(f"0x{bits:0{width}x}".encode(), dtype))
    assert read == value or (read != read and value != value)
    if value == value:
        assert as_bits([value], dtype) == [f"0x{bits:0{width}x}"]
