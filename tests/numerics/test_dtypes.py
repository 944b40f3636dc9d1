"""Floating-point formats: fractions, Arb balls and arrays round alike, and bits say what the numbers are."""

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from actcli.errors import ActcliError
from actcli.language.trees import Z
from actcli.numerics.balls import Ball, decide_as
from actcli.numerics.dtypes import (
    DTYPES,
    all_as_written,
    are_middles,
    as_written,
    dtype_named,
    from_bits,
    numbers_of,
    rounded,
    rounded_array,
    to_bits,
)
from actcli.numerics.exact import nearest

SMALL = [name for name, dtype in DTYPES.items() if dtype.width <= 16]
PEERS = {
    "float16": np.float16,
    "bfloat16": ml_dtypes.bfloat16,
    "float8_e4m3fn": ml_dtypes.float8_e4m3fn,
    "float8_e5m2": ml_dtypes.float8_e5m2,
    "float32": np.float32,
}


def same(a, b):
    signs = np.isnan(a) | (np.signbit(a) == np.signbit(b))
    return np.array_equal(a, b, equal_nan=True) and bool(np.all(signs))


def beside_middles(dtype):
    """Return all middles of a format's numbers, both ends of its range, and the doubles next to them."""
    known = np.unique(np.abs(numbers_of(dtype)))
    known = known[np.isfinite(known)]
    largest = known[-1]
    middles = np.append((known[1:] + known[:-1]) / 2, largest + (largest - known[-2]) / 2)
    sizes = np.concatenate([known, middles, np.nextafter(middles, 0), np.nextafter(middles, np.inf), [1e300]])
    return np.concatenate([sizes, -sizes])


@pytest.mark.parametrize("dtype", SMALL)
def test_bits_are_those_of_others(dtype):
    patterns = np.arange(1 << DTYPES[dtype].width)
    kind = np.uint8 if DTYPES[dtype].width == 8 else np.uint16
    with np.errstate(all="ignore"):
        theirs = patterns.astype(kind).view(PEERS[dtype]).astype(np.float64)
    assert same(np.abs(numbers_of(dtype)), np.abs(theirs))
    finite = ~np.isnan(theirs)
    assert same(numbers_of(dtype)[finite], theirs[finite])
    np.testing.assert_array_equal(to_bits(theirs, dtype)[finite], patterns[finite])
    assert np.isnan(from_bits(to_bits(np.array([np.nan]), dtype), dtype)).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_wide_bits_too(dtype):
    numbers = np.random.default_rng(3).integers(0, 2**32, 3000, dtype=np.uint32).view(np.float32)
    numbers = np.append(numbers[~np.isnan(numbers)], np.float32([0, -0.0, 1e-45, 1e-38, np.inf, -np.inf]))
    theirs = numbers if dtype == "float32" else numbers.astype(np.float64)
    bits = theirs.view(np.uint32 if dtype == "float32" else np.int64).astype(np.int64)
    np.testing.assert_array_equal(to_bits(numbers.astype(np.float64), dtype), bits)
    assert same(from_bits(bits, dtype), numbers.astype(np.float64))


@pytest.mark.parametrize("dtype", [*SMALL, "float32"])
def test_fractions_and_arrays_round_alike_next_to_every_middle(dtype):
    if dtype == "float32":
        spread = np.random.default_rng(1).normal(0, 1, 4000) * np.exp2(np.arange(4000) % 290 - 152)
        with np.errstate(over="ignore"):
            single = spread.astype(np.float32)
        middles = (single.astype(float) + np.nextafter(single, np.float32(np.inf)).astype(float)) / 2
        middles = middles[np.isfinite(middles)]
        points = np.concatenate([middles, np.nextafter(middles, -np.inf), np.nextafter(middles, np.inf)])
    else:
        points = beside_middles(dtype)
    found = rounded_array(points, dtype)
    sample = slice(None) if DTYPES[dtype].width == 8 else slice(None, None, 17)
    one_by_one = [rounded(Fraction(z) if z else z, dtype) for z in points[sample].tolist()]
    assert same(found[sample], np.array(one_by_one))
    with np.errstate(all="ignore"):  # of their casts
        if dtype == "bfloat16" or DTYPES[dtype].width == 8:  # ml_dtypes rounds doubles twice
            single = points[points == points.astype(np.float32)]
            theirs = single.astype(np.float32).astype(PEERS[dtype]).astype(np.float64)
            assert same(rounded_array(single, dtype), theirs)
        else:
            assert same(found, points.astype(PEERS[dtype]).astype(np.float64))


@pytest.mark.parametrize("dtype", [*SMALL, "float32"])
def test_arb_and_balls_round_as_fractions_do(dtype):
    if dtype == "float32":
        points = np.array([1 + 2.0**-24, 1 + 3 * 2.0**-24, 2.0**128 - 2.0**103, 2.0**-150, 3 * 2.0**-150])
    else:
        points = beside_middles(dtype)
    points = points[:: 1 if DTYPES[dtype].width == 8 else 97]
    expected = np.array([rounded(Fraction(z), dtype) for z in points.tolist()])
    assert same(np.array([nearest(Z, z, dtype=dtype) for z in points.tolist()]), expected)
    values, undecided = decide_as(Ball(points), dtype)
    decided = ~undecided
    assert np.array_equal(values[decided], expected[decided])
    assert decided[np.abs(points) <= float(DTYPES[dtype].largest)].all()


def test_a_format_without_infinity_ends_in_nan():
    assert rounded(464.0, "float8_e4m3fn") == 448
    assert math.isnan(rounded(math.nextafter(464, 500), "float8_e4m3fn"))
    assert math.isnan(rounded(math.inf, "float8_e4m3fn"))
    assert rounded(math.inf, "float8_e5m2") == math.inf
    assert rounded(61440.0, "float8_e5m2") == math.inf
    assert rounded(math.nextafter(61440, 0), "float8_e5m2") == 57344


@pytest.mark.parametrize("dtype", SMALL)
def test_every_number_is_written_so_that_it_reads_back(dtype):
    numbers = numbers_of(dtype)
    texts = all_as_written(numbers, dtype)
    assert same(rounded_array(texts, dtype), numbers)
    for z, text in list(zip(numbers.tolist(), texts.tolist(), strict=True))[
        :: 1 if len(numbers) < 999 else 61
    ]:
        assert same(np.array(text), np.array(as_written(z, dtype)))


def test_middles_are_found_and_nothing_else():
    for dtype in SMALL:
        known = np.unique(np.abs(numbers_of(dtype)))
        known = known[np.isfinite(known)]
        middles = (known[1:] + known[:-1]) / 2
        assert are_middles(middles, dtype).all()
        for other in (known, np.nextafter(middles, 0), np.nextafter(middles, np.inf)):
            assert not are_middles(other, dtype).any()


@pytest.mark.parametrize(
    ("text", "name"),
    [("half", "float16"), ("fp16", "float16"), ("BF16", "bfloat16"), ("fp32", "float32"),
     ("double", "float64"), ("torch.float8_e5m2", "float8_e5m2"), ("e4m3fn", "float8_e4m3fn")],
)  # fmt: skip
def test_spellings(text, name):
    assert dtype_named(text) == name


def test_an_unknown_spelling_is_refused():
    with pytest.raises(ActcliError, match="int8: write one of float64"):
        dtype_named("int8")
