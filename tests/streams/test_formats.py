"""Formats for programs: one golden text each."""

import csv
import io
import json
import math

import pytest

from actcli.language.texts import Digits
from actcli.shell.signals import LateError
from actcli.streams.formats import FORMATS, written

HEADER = ["z", "g(z, a)"]
ROWS = [[-1.0, 0.1], [0.0, math.nan], [1e-7, -math.inf]]


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("plain", "z g(z,a)\n-1 0.1\n0 nan\n1e-7 -inf\n"),
        ("csv", 'z,"g(z, a)"\n-1,0.1\n0,nan\n1e-7,-inf\n'),
        ("tsv", "z\tg(z, a)\n-1\t0.1\n0\tnan\n1e-7\t-inf\n"),
        (
            "jsonl",
            '{"z": -1, "g(z, a)": 0.1}\n{"z": 0, "g(z, a)": "NaN"}\n{"z": 1e-7, "g(z, a)": "-Infinity"}\n',
        ),
        ("md", "| z | g(z, a) |\n| ---: | ---: |\n| -1 | 0.1 |\n| 0 | nan |\n| 1e-7 | -inf |\n"),
    ],
)
def test_formats_for_programs(format, text):
    assert "".join(written(FORMATS[format], HEADER, ROWS)) == text


def test_json_is_valid_with_nan_and_infinities():
    def refuse(token):
        raise AssertionError(token)

    rows = json.loads("".join(written(FORMATS["json"], HEADER, ROWS)), parse_constant=refuse)
    assert rows[2] == {"z": 1e-7, "g(z, a)": "-Infinity"}
    assert json.loads("".join(written(FORMATS["json"], HEADER, []))) == []


def test_digits_stay_numbers_in_json():
    text = "".join(written(FORMATS["jsonl"], ["g"], [[Digits("0.10000000000000000001")]]))
    assert text == '{"g": 0.10000000000000000001}\n'


@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_without_a_header_only_rows_are_written(format):
    text = "".join(written(FORMATS[format], HEADER, ROWS, headed=False))
    delimiter = "," if format == "csv" else "\t"
    assert list(csv.reader(io.StringIO(text), delimiter=delimiter)) == [
        ["-1", "0.1"],
        ["0", "nan"],
        ["1e-7", "-inf"],
    ]


def test_what_was_opened_is_closed_where_the_time_is_over():
    def rows():
        yield [1.0]
        raise LateError

    pieces = written(FORMATS["json"], ["z"], rows())
    assert json.loads(next(pieces) + next(pieces)) == [{"z": 1}]
