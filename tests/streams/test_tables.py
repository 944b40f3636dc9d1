"""Tables of numbers: what is read, and how a fault is told."""

import io
import math
from dataclasses import replace

import pytest
from fuzz.fuzz_csv import trial

from actcli.errors import ActcliError
from actcli.streams.csv_heads import Wanted
from actcli.streams.csv_tables import read_columns


def measured(text, source="mine.csv", **wanted):
    return as_tuples(read_columns(io.BytesIO(text.encode()), source, Wanted((), **wanted)))


def as_tuples(found):
    return replace(found, columns=tuple(tuple(column.tolist()) for column in found.columns))


def columns(text, **wanted):
    return measured(text, **wanted).columns


def test_a_header_names_the_columns():
    found = measured("z,gelu,d_gelu\n1,2,3")
    assert found.names == ("z", "gelu", "d_gelu") and found.has_slopes
    assert found.series == [("gelu", (2.0,)), ("d_gelu", (3.0,))]


def test_without_a_header_they_are_numbered():
    assert measured("1,2\n3,4").names == ("column 1", "column 2")


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
    assert measured('z,"g(z, 1)"\n1,2').names == ("z", "g(z, 1)")


@pytest.mark.parametrize(
    ("text", "names", "found"),
    [
        (",loss\n0,3\n1,2\n", ("", "loss"), ((0, 1), (3, 2))),
        (",0,1\n0,3,4\n", ("", "0", "1"), ((0,), (3,), (4,))),
        ('z,"y; unit"\n0,3\n', ("z", "y; unit"), ((0,), (3,))),
        ('z,"y\tunit"\n0,3\n', ("z", "y\tunit"), ((0,), (3,))),
        ('"z", "y\nunit"\n0, 3\n', ("z", "y\nunit"), ((0,), (3,))),
        ("z,y\r0,3\r1,2", ("z", "y"), ((0, 1), (3, 2))),
        ("z;y (a,b)\n0;3\n", ("z", "y (a,b)"), ((0,), (3,))),
        ("By hand\nz,y\n0,3\n", ("z", "y"), ((0,), (3,))),
        ("# z,y\n0,3\n", ("z", "y"), ((0,), (3,))),
        ("3\n2\n", ("row", "column 1"), ((1, 2), (3, 2))),
        ("loss\n3\n\n2\n", ("row", "loss"), ((1, 2), (3, 2))),
        ("  0   3\n 10  2 \n\n", ("column 1", "column 2"), ((0, 10), (3, 2))),
        ("#  z  loss, in nats\n1 2\n", ("column 1", "column 2"), ((1,), (2,))),
        ("# z loss\r\n1 2\r\n3  4 ", ("z", "loss"), ((1, 3), (2, 4))),
        ('"z 0" loss\n1 2\n', ("z 0", "loss"), ((1,), (2,))),
        ("training loss\n3\n2\n", ("row", "training loss"), ((1, 2), (3, 2))),
        ("name,z,note,y\na,1,c d,2\nb,3,,4\n", ("z", "y"), ((1, 3), (2, 4))),
        ("day,loss\n2026-01-02,5\n2026-01-03,4\n", ("row", "loss"), ((1, 2), (5, 4))),
    ],
)
def test_where_data_begin_and_what_they_are_called(text, names, found):
    assert (measured(text).names, columns(text)) == (names, found)


def test_decimal_commas_are_read_on_request():
    assert columns("z;y\n1,5;2,5", decimal_comma=True) == ((1.5,), (2.5,))
    assert columns("1,5;2,5\n3;4", delimiter=b";", decimal_comma=True) == ((1.5, 3), (2.5, 4))


def test_blanks_part_decimal_commas():
    assert columns("z y\n1,5 2,5\n3 4,5", decimal_comma=True) == ((1.5, 3), (2.5, 4.5))
    assert columns('"1,5","2,5"\n"3","4"', decimal_comma=True) == ((1.5, 3), (2.5, 4))


def test_a_first_line_of_words_and_numbers_is_a_header_or_a_row_as_told():
    text = "epoch,1\nepoch,2\n"
    with pytest.raises(ActcliError, match="--no-header-in"):
        columns(text)
    assert columns(text, header=False) == ((1, 2), (1, 2)) and columns(text, header=True) == ((1,), (2,))


def test_a_row_beyond_a_bound_is_refused_early():
    file = io.BytesIO(b"0,1\n" + b"1" * 16_000_000)
    with pytest.raises(ActcliError, match=r"mine\.csv, line 2: longer than 8,388,608 bytes"):
        read_columns(file, "mine.csv", Wanted(()))
    assert file.tell() < 12_000_000


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("z,g\n1,2\n2,abc", r"mine.csv, line 3, column 2: 'abc' is not a number"),
        ("z,g\n1,2\n\n# c\n2,1_0", r"mine.csv, line 5, column 2: '1_0' is not a number: write 10"),
        ("z;g\n1;2\n1,5;2", r"mine.csv, line 3, column 1: '1,5' is not a number"),
        ("z,g\n1,2\n2", "mine.csv, line 3: too few fields: the row has 1 field, the first has 2"),
        ("z,g\n1,1e400", "line 2, column 2: '1e400' is too large"),
        ("", "mine.csv: there are no rows"),
        ("z,g", "mine.csv has no rows of numbers"),
        ('z,"g\n1,2', "mine.csv, line 1: a quote is opened and never closed"),
        ('z,g\n1,"2', "mine.csv, line 2: a quote is opened and never closed"),
        ("z,g\n0,1\n1," + "x" * 200_000, "mine.csv, line 3, column 2: 'xxx"),
        ("z;y\n1;2,5\n2;3,5\n", "line 2, column 2: '2,5' is not a number"),
        ("z y\n1 2\n2\n", "mine.csv, line 3: too few fields"),
        ("1,5;2,5\n3,5;4,5\n", "mine.csv: the first line has columns by ',' and ';': add --delimiter"),
    ],
)
def test_a_fault_is_told_with_its_place(text, sentence):
    with pytest.raises(ActcliError) as fault:
        columns(text)
    assert sentence in str(fault.value)


def test_bad_numbers_are_left_out_as_asked_for():
    file = "z,g\n1,2\n2,bad\nbad,3\n4,5,6\n5,6\n"
    read = [
        as_tuples(read_columns(io.BytesIO(file.encode()), "", Wanted(()), how)) for how in ("skip", "nan")
    ]
    assert read[0].columns == ((1, 5), (2, 6))
    assert str(read[1].columns) == "((1.0, 2.0, 5.0, nan), (2.0, nan, 6.0, 3.0))"


def test_blanks_part_cells_however_the_bytes_come():
    text = "".join(f"  {k}   {k * k}  \n" for k in range(200_000))
    assert columns(text)[1][199_999] == 199_999**2


def test_random_files_are_read_as_the_csv_module_reads_them():
    for seed in range(200):
        assert not trial(seed), seed


def test_plot_takes_columns_by_name_as_points_or_lines(actcli, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("loss,note,step\n3,a,10\n2,b,20\n")
    words = ("plot", "--data", path, "--column", "y=loss", "--column", "z=step")
    assert "note" in actcli("plot", path, "relu").err and "○ step" in actcli("plot", path, "relu").out
    assert "no such file" in actcli("plot", "relu", tmp_path / "none.csv").err
    assert "one file" in actcli("plot", path, tmp_path / "b.csv").err
    for more, mark in (((), "●"), (("--points",), "●"), (("--lines",), "⠒⠒⠒⠒")):
        found = actcli(*words, *more)
        assert f"{mark} loss" in found.out and "20" in found.out.splitlines()[-3], found.err
    assert "cost" in actcli("plot", "--data", path, "--column", "cost").err
    assert "give --data" in actcli("plot", "relu", "--column", "loss").err
