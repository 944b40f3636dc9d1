"""Columns of someone's own: what is read, and how a fault is told."""

import math

import pytest

from actcli.errors import ActcliError
from actcli.pictures.data import read_columns


def columns(text):
    return read_columns(text.splitlines(), "mine.csv").columns


def test_a_header_names_the_columns():
    found = read_columns(["z,gelu,d_gelu", "1,2,3"], "mine.csv")
    assert found.names == ("z", "gelu", "d_gelu") and found.has_slopes
    assert found.series == [("gelu", (2.0,)), ("d_gelu", (3.0,))]


def test_without_a_header_they_are_numbered():
    assert read_columns(["1,2", "3,4"], "mine.csv").names == ("column 1", "column 2")


@pytest.mark.parametrize("mark", [",", "\t", ";", ", "])
def test_what_parts_cells(mark):
    assert columns(f"z{mark}g\n1{mark}2.5\n3{mark}-4e-3") == ((1, 3), (2.5, -4e-3))


def test_rows_are_put_in_order_and_comments_left_out():
    assert columns("\ufeff# by hand\nz,g\n3,1\n\n 1,2\r\n# more\n2,3\n") == ((1, 2, 3), (2, 3, 1))


def test_what_is_missing_is_nan_and_infinities_are_read():
    (z, g) = columns("z,g\n1,\n2,nan\n3,inf\n4,-inf")
    assert z == (1, 2, 3, 4)
    assert math.isnan(g[0]) and math.isnan(g[1]) and g[2:] == (math.inf, -math.inf)


def test_a_quoted_name_may_hold_a_comma():
    assert read_columns(['z,"g(z, 1)"', "1,2"], "mine.csv").names == ("z", "g(z, 1)")


def test_a_header_alone_is_no_data_but_no_fault():
    assert columns("z,g") == ((), ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("z,g\n1,2\n2,abc", r"mine.csv, line 3, column 2: 'abc' is not a number"),
        ("z,g\n1,2\n\n# c\n2,1_0", r"mine.csv, line 5, column 2: '1_0' is not a number: write 10"),
        ("z;g\n1;2\n1,5;2", r"mine.csv, line 3, column 1: '1,5' is not a number"),
        ("z,g\n1,2\n2", "mine.csv, line 3: there should be 2 columns, as in the first line, not 1"),
        ("z,g\n1,1e400", "line 2, column 2: '1e400' is too large"),
        ("z\n1", "mine.csv has one column only"),
        ("", "mine.csv has no rows"),
    ],
)
def test_a_fault_is_told_with_its_place(text, sentence):
    with pytest.raises(ActcliError) as fault:
        columns(text)
    assert sentence in str(fault.value)
