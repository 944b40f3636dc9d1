"""Pipes: the laws of reading and writing in bulk, and every way in which a pipe can break."""

import contextlib
import csv
import io
import json
import math
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from actcli.errors import ActcliError
from actcli.language.points import parse_number
from actcli.language.texts import shortest
from actcli.shell.progress import clock, line, size
from actcli.streams import csv_columns, floats, lines, vectorlines
from actcli.streams.csv_columns import Choice, Fields
from actcli.streams.csv_records import Dialect, quoted, unquoted
from actcli.streams.floats import numbers, parsed_in_bulk, printed
from actcli.streams.formats import FORMATS, written
from actcli.streams.lines import Lines, Task
from actcli.streams.pump import pump
from actcli.streams.workers import CHUNK, Crew, Piece
from actcli.streams.writers import ColumnWriter

ACTCLI = [sys.executable, "-m", "actcli"]
BIG = 400_000  # rows: several chunks, so that workers are at work


def bits(values):
    return np.asarray(values, dtype=np.float64).view(np.int64).tolist()


def any_float():
    return st.one_of(
        st.floats(),
        st.binary(min_size=8, max_size=8).map(lambda raw: struct.unpack("d", raw)[0]),
        st.integers(-(2**70), 2**70).map(float),
    )


# ---------------------------------------------------------------------------- text to numbers


ODD = """\
nan inf -inf +inf NaN INF infinity 1_000 1,5 true false null [1] {} "1" 01 -0 -0.0 -00.0 0x1p3 1#2 abc \u0661
1e400 -1e400 1e-400 -1e-400 1e-9999 1e9999 1e-99999 0e9999 0e99999 1e0000005 9007199254740993
2.2250738585072011e-308 5e-324 2.4703282292062327e-324 2.4703282292062328e-324 18446744073709551616
1.7976931348623158e308 1.7976931348623159e308"""


def number_texts():
    digits = st.text("0123456789", max_size=25)
    exponent = st.one_of(
        st.just(""), st.builds("{}{}".format, st.sampled_from(["e", "E", "e-", "e+"]), digits)
    )
    number = st.builds("{}{}{}{}{}".format, st.sampled_from(["", "-", "+", "\u2212", " ", "--"]), digits,
                       st.sampled_from(["", "."]), digits, exponent)  # fmt: skip
    odd = st.sampled_from([*ODD.split(), "", " ", "1\x002", "\t7", "\x0b7", "1\n2", "\n", "3\n"])
    return st.one_of(number, odd, any_float().map(repr), any_float().map(lambda v: f"{v:.25e}"), digits)


def as_points_do(text):
    try:
        return float(parse_number(text)) + 0.0
    except ActcliError:
        return None


@settings(max_examples=500)
@given(st.lists(number_texts(), max_size=40))
@example(["1"] * 30 + ["1e-99999"])
@example(["9007199254740993", "0.1", "1" * 400, "0." + "0" * 400 + "1"])
@example(["+1"] * 30 + ["1\n2"])
@example(["+1", "1e999"] * 20)
def test_lines_are_read_as_points_are(texts):
    found, bad, sentence = numbers([text.encode() for text in texts])
    expected = [as_points_do(text) for text in texts]
    assert bad == [i for i, value in enumerate(expected) if value is None]
    assert bits([v for v in found]) == bits([math.nan if v is None else v for v in expected])
    assert bool(sentence) == bool(bad)


@given(st.lists(any_float(), min_size=1, max_size=50))
def test_bulk_reading_loses_no_bit(values):
    values = [v + 0.0 for v in values if math.isfinite(v)] or [1.0]
    text = "\n".join(map(repr, values)).encode()
    assert bits(parsed_in_bulk(text)) == bits(parsed_in_bulk(text + b"\n")) == bits(values)
    assert parsed_in_bulk(text + b"\n\n") is None


@given(st.integers(0, 2**64 - 1), st.integers(1, 60))
def test_halfway_cases_are_rounded_to_even(pattern, extra):
    from fractions import Fraction

    value = abs(struct.unpack("d", struct.pack("Q", pattern))[0])
    if not 0 < value < 1e308:
        return
    halfway = (Fraction(value) + Fraction(math.nextafter(value, math.inf))) / 2
    digits, scale = halfway.numerator, halfway.denominator
    power = scale.bit_length() - 1  # the denominator is a power of two, so this text is exact
    text = f"{digits * 5**power}e-{power}"
    for probe in (text, text.replace("e", "0" * extra + f"1e-{extra + 1}e").replace("e-", "e-", 1)):
        if probe.count("e") == 1 and len(probe) < 4000:
            assert bits(numbers([probe.encode()])[0]) == bits([float(Fraction(probe))])


def json_numbers():
    whole = st.one_of(st.integers(0, 10**18).map(str), st.integers(0, 2**64 - 1).map(str))
    digits = st.text("0123456789", min_size=1, max_size=40)
    fraction = st.one_of(st.just(""), digits.map(".{}".format))
    exponent = st.one_of(st.just(""), st.integers(-350, 280).map("e{}".format))
    number = st.builds("{}{}{}{}".format, st.sampled_from(["", "-"]), whole, fraction, exponent)
    return number.filter(lambda text: not text[1:].isdigit() or -(2**63) <= int(text) < 2**64)


@pytest.mark.parametrize("parse", floats.PARSERS)
@settings(max_examples=500)
@given(st.lists(json_numbers(), min_size=1, max_size=40))
@example(["2.47032822920623272e-324", "2.47032822920623273e-324", "9007199254740993"])
def test_each_parser_rounds_to_nearest(parse, texts):
    text = f"[{','.join(texts)}]".encode()
    assert bits(parse(memoryview(text)) + 0.0) == bits([float(text) + 0.0 for text in texts])


def test_integers_of_any_length_are_read_in_bulk():
    values = [2**64, -(10**30), 3]
    assert bits(parsed_in_bulk("\n".join(map(str, values)).encode())) == bits([float(v) for v in values])


def test_streams_do_without_the_faster_parser():
    text = b"".join(b"%r\n" % (i / 7) for i in range(1000))
    without = "import sys; sys.modules['simdjson'] = None; from actcli.__main__ import main; main()"
    ways = [ACTCLI, [sys.executable, "-c", without]]
    first, second = (
        subprocess.run([*way, "eval", "gelu"], input=text, capture_output=True, check=True).stdout
        for way in ways
    )
    assert first == second
    assert first.count(b"\n") == 1000


def test_a_long_number_is_read_in_linear_time():
    text = b"0." + b"3" * 1_000_000
    assert numbers([text])[0][0] == 1 / 3


# ---------------------------------------------------------------------------- numbers to text


@settings(max_examples=500)
@given(st.lists(any_float(), min_size=1))
@example([0.0, -0.0, 1.0, 10.0, 1e5, 1e15, 1e16, 1e17, 1e22, 1e-4, 1e-5, 9.999e-6, 1e-6, math.nan, math.inf])
def test_numbers_in_bulk_have_the_one_form(values):
    assert printed([np.array(values)]).decode() == "".join(f"{shortest(v)}\n" for v in values)


@given(st.lists(st.tuples(any_float(), any_float()), max_size=20))
@pytest.mark.parametrize("format", ["plain", "csv", "tsv", "json", "jsonl", "md"])
@pytest.mark.parametrize("header", [True, False])
def test_pieces_of_a_format_are_the_format(format, header, rows):
    names = ["z", "g(z, 50%)"]
    form = ColumnWriter(format, names, header)
    whole = "".join(written(FORMATS[format], names, rows, header))
    columns = [np.array([row[i] for row in rows]) for i in (0, 1)]
    pieces = [
        form.rows([column[start : start + 7] for column in columns]) for start in range(0, len(rows), 7)
    ]
    text = form.header + b"".join(pieces)[form.joint :] + form.end(bool(rows))
    assert text.decode() == whole


# ---------------------------------------------------------------------------- chunks


@np.errstate(all="ignore")
def twice(z, lost):
    return [z * 2]


def pumped(work, data, workers=0, chunk=None):
    if chunk:
        work.chunk = chunk
    sink = io.BytesIO()
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        try:
            return sink, pump(file.fileno(), work, sink, workers=workers)
        except ActcliError as fault:
            return sink, fault


def lines_of(policy="stop", format="plain", accept=None):
    return Lines(Task(twice, policy, accept), ColumnWriter(format, ["g"]))


@given(
    st.lists(
        st.one_of(st.integers(-9, 99).map(str), st.sampled_from(["", " ", "# c", "x", "+1", ".5"])),
        max_size=30,
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from(["stop", "nan", "skip"]),
    st.integers(1, 40),
)
def test_the_chunks_do_not_matter(texts, end, ended, policy, chunk):
    data = end.join(texts).encode() + (end.encode() if ended and texts else b"")
    expected, count = [], 0
    for text in data.decode().replace("\r\n", "\n").removesuffix("\n").split("\n") if data else []:
        if text == "x":
            count += 1
            if policy == "stop":
                break
            expected += ["nan"] if policy == "nan" else []
        elif not text.strip() or text == "# c":
            expected.append(text)
        else:
            expected.append(shortest(float(text) * 2))
    sink, counts = pumped(lines_of(policy), data, chunk=chunk)
    assert sink.getvalue().decode() == "".join(text + "\n" for text in expected)
    if policy == "stop" and count:
        assert f"line {len(expected) + 1}: 'x' is not a number" in str(counts)
    else:
        assert counts.bad == count


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_keep_the_order(workers):
    data = b"".join(b"%d\n" % i for i in range(30_000))
    expected, counts = pumped(lines_of(), data)
    sink, helped = pumped(lines_of(), data, workers, chunk=5_000)
    assert sink.getvalue() == expected.getvalue() and helped == counts


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("at", [1, 29_998, 29_999])
def test_a_bad_line_far_in_comes_after_all_rows_before_it(workers, at):
    rows = [b"%d" % i for i in range(30_000)]
    rows[at] = b"1,5"
    sink, fault = pumped(lines_of(), b"\n".join(rows), workers, chunk=5_000)
    assert sink.getvalue() == b"".join(b"%d\n" % (2 * i) for i in range(at))
    assert str(fault).startswith(f"standard input, line {at + 1}: '1,5' is not a number")


def test_a_worker_that_dies_loses_nothing(monkeypatch):
    here = os.getpid()

    def deadly(z, lost):
        if os.getpid() != here and z[0] > 10_000:
            os._exit(9)
        return [z * 2]

    data = b"".join(b"%d\n" % i for i in range(30_000))
    sink, counts = pumped(Lines(Task(deadly), ColumnWriter("plain", ["g"])), data, 2, chunk=5_000)
    assert sink.getvalue() == b"".join(b"%d\n" % (2 * i) for i in range(30_000)) and counts.rows == 30_000


def test_a_fault_in_a_worker_is_a_fault_here():
    def failing(z, lost):
        if z[0] > 10_000:
            raise ZeroDivisionError
        return [z]

    with pytest.raises(ZeroDivisionError):
        pumped(
            Lines(Task(failing), ColumnWriter("plain", ["g"])),
            b"".join(b"%d\n" % i for i in range(30_000)),
            2,
            chunk=5_000,
        )


def test_answers_that_do_not_fit_the_shared_memory_are_given_here(monkeypatch):
    monkeypatch.setattr("actcli.streams.workers.ROOM", 100)
    data = b"".join(b"%d\n" % i for i in range(30_000))
    assert pumped(lines_of(), data, 2, chunk=5_000)[0].getvalue() == pumped(lines_of(), data)[0].getvalue()


def test_no_worker_outlives_its_crew():
    with Crew(lambda chunk: Piece(chunk, 0, 0), 2) as crew:
        crew.start()
        processes = [worker.process for worker in crew._workers]
    for process in processes:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, 0)


def test_a_short_input_starts_no_worker(monkeypatch):
    monkeypatch.setattr(Crew, "start", lambda self: pytest.fail("started"))
    assert pumped(lines_of(), b"1\n" * 1000, workers=2)[1].rows == 1000


def refuse_negative(z):
    if z < 0:
        raise ActcliError(f"{z:g} is negative")


@pytest.mark.parametrize(
    ("policy", "text"), [("stop", b"2\n"), ("nan", b"2\nnan\n4\nnan\n"), ("skip", b"2\n4\n")]
)
def test_numbers_that_are_not_accepted_are_bad(policy, text):
    sink, result = pumped(lines_of(policy, accept=refuse_negative), b"1\n-1\n2\nx\n")
    assert sink.getvalue() == text
    assert "line 2: -1 is negative" in str(result) if policy == "stop" else result.bad == 2


def test_the_first_of_several_faults_is_told():
    for data, word in ((b"1\nx\n-1\n", "line 2: 'x'"), (b"1\n-1\nx\n", "line 2: -1 is")):
        assert word in str(pumped(lines_of(accept=refuse_negative), data)[1])


# ---------------------------------------------------------------------------- dirty input


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"\n\n", ["", ""]),
        (b"1", ["2"]),
        (b"1\r2\r3", ["2", "4", "6"]),
        (b"1\r2\r", ["2", "4"]),
        (b"1\r\n2\r\n", ["2", "4"]),
        (b"\xef\xbb\xbf1\n2\n", ["2", "4"]),
        (b" +1\t\n.5\n5.\n\xe2\x88\x923\n", ["2", "1", "10", "-6"]),
        (b"nan\nInf\n-infinity\n", ["nan", "inf", "-inf"]),
        (b"  # caf\xe9\n1\n", ["  # caf\udce9", "2"]),
    ],
)
def test_what_is_right_is_answered(data, lines):
    text = pumped(lines_of(), data)[0].getvalue()
    assert text.decode("utf-8", "surrogateescape") == "".join(line + "\n" for line in lines)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"1\n\xff\n", r"line 2: '\xff' is not text in UTF-8"),
        (b"1\n\x00\n", r"line 2: '\x00' is not a number"),
        (b"1\nnull\n", "line 2: 'null'"),
        (b"true\n", "line 1: 'true'"),
        (b'"1"\n', "line 1: '\"1\"'"),
        (b"[1]\n", "line 1: '[1]'"),
        (b"1,2\n3\n", "line 1: '1,2' is not a number: write 1.2"),
        (b"1 2\n", "line 1: '1 2'"),
        (b"1e400\n", "line 1: '1e400' is too large"),
        (b"1e-99999\n", "line 1: '1e-99999' is too small"),
        (b"\x1f\x8b\x08\x00abc", "standard input is gzip data: unpack it first, as in zcat"),
        (b"\xff\xfe1\x00\n\x00", "text in UTF-16"),
        (b"1\n" + b"7" * 36_000_000, "line 2: the row is longer than 33,554,432 bytes"),
    ],
)
def test_what_is_wrong_is_named(data, sentence):
    assert sentence in str(pumped(lines_of(), data)[1])


def test_other_formats_drop_blank_lines_and_comments():
    assert pumped(lines_of(format="jsonl"), b"1\n\n# c\n2\n")[0].getvalue() == b'{"g": 2}\n{"g": 4}\n'


def test_a_line_of_a_hundred_megabytes_is_refused_early():
    read, write = os.pipe()

    def feed():
        with open(write, "wb", buffering=0) as file:
            try:
                for _ in range(100):
                    file.write(b"1" * 1_000_000)
            except BrokenPipeError:
                return

    thread = threading.Thread(target=feed)
    thread.start()
    with pytest.raises(ActcliError, match="longer than"):
        pump(read, lines_of(), io.BytesIO(), workers=0)
    os.close(read)
    thread.join(10)
    assert not thread.is_alive()


# ---------------------------------------------------------------------------- CSV


def csv_texts():
    return st.text(st.sampled_from('",\nab1 ;\t'), max_size=60)


@settings(max_examples=500)
@given(csv_texts())
def test_records_are_those_of_the_csv_module(text):
    dialect = Dialect(b",")
    found = [
        [unquoted(f.lstrip(b" ")).decode() for f in dialect.fields(body)] if body else []
        for body, _ in dialect.walk(text.encode())
    ]
    wanted = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    assert found == list(wanted)


@settings(max_examples=500)
@given(st.text(st.sampled_from('",\r\nab1 '), max_size=60), st.integers(1, 3))
def test_marks_of_a_whole_chunk_give_what_walking_gives(text, width):
    chunk, dialect = text.encode(), Dialect(b",")
    if not chunk:
        return
    whole = dialect.rows(chunk, width, range(width))
    walked = dialect._one_by_one(chunk, width, range(width))
    assert (whole.bodies, whole.ends, whole.texts, list(whole.at)) == (
        walked.bodies, walked.ends, walked.texts, list(walked.at))  # fmt: skip
    assert b"".join(body + end for body, end in zip(whole.bodies, whole.ends, strict=True)) == chunk


@settings(max_examples=300)
@given(st.text(st.sampled_from('",\r\nab1 '), max_size=60))
def test_a_cut_is_after_the_last_whole_record(text):
    import mmap

    dialect, chunk = Dialect(b","), text.encode()
    with mmap.mmap(-1, 100) as data:
        data[: len(chunk)] = chunk
        found = dialect.cut(data, len(chunk))
    assert found == sum(len(body + end) for body, end in dialect.walk(chunk) if end.endswith(b"\n"))


def fields_of(*columns, policy="stop", **choice):
    return Fields(Task(twice, policy), Choice(columns, labels=["g"], **choice))


any_field = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=8),
    st.text(st.sampled_from('",\r\n# '), max_size=4),
    st.just(""),
)


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(any_field, any_float(), any_field, st.booleans(), st.sampled_from([b"\n", b"\r\n"])),
        max_size=12,
    ),
    st.booleans(),
    st.sampled_from([b",", b";", b"\t"]),
    st.integers(1, 60),
)
def test_every_other_byte_stays_as_it_was(rows, ended, delimiter, chunk):
    given, wanted = [b"a" + delimiter + b"z" + delimiter + b'"c"'], []
    wanted = [given[0] + delimiter + b"g"]
    ends = [b"\n"]
    for before, z, after, in_quotes, end in rows:
        text = f'"{z!r}"' if in_quotes else repr(z)
        record = delimiter.join(
            [quoted(before.encode(), delimiter), text.encode(), quoted(after.encode(), delimiter)]
        )
        given.append(record)
        wanted.append(record + delimiter + shortest(z * 2 + 0.0 if z == 0 else z * 2).encode())
        ends.append(end)
    ends[-1] = ends[-1] if ended else b""
    data, answer = (b"".join(r + e for r, e in zip(t, ends, strict=True)) for t in (given, wanted))
    sink, counts = pumped(fields_of("z", delimiter=delimiter), data, chunk=chunk)
    assert sink.getvalue() == answer
    assert counts.rows == len(rows)


@pytest.mark.parametrize(
    ("data", "choice", "text"),
    [
        (b"a,z\n1,2\n", {}, b"a,z,g\n1,2,4\n"),
        (b"a,z\r1,2\r3,4", {}, b"a,z,g\r1,2,4\r3,4,8"),
        (b"\xef\xbb\xbfz,a\n1,2\n", {}, b"\xef\xbb\xbfz,a,g\n1,2,2\n"),
        (b"a,z\n1,2\n", {"names": ["new, \"one\""]}, b'a,z,"new, ""one"""\n1,2,4\n'),
        (b"a,z\n1,2\n", {"header_out": False}, b"1,2,4\n"),
        (b"a,z\n\n1,2\n\r\n1,3", {}, b"a,z,g\n\n1,2,4\n\r\n1,3,6"),
        (b"a,z\r1,2", {}, b"a,z,g\r1,2,4"),
        (b'a,z\n5" pipe,2\n', {}, b'a,z,g\n5" pipe,2,4\n'),
        (b"z\n1\n\n2\n", {}, b"z,g\n1,2\n\n2,4\n"),
        (b"a,z", {}, b"a,z,g"),
        (b"a,z\n,\xe2\x88\x921 \n\xff,+1\n", {}, b"a,z,g\n,\xe2\x88\x921 ,-2\n\xff,+1,2\n"),
        (b"a;z\n1;2\n", {}, b"a;z;g\n1;2;4\n"),
        (b"a\tz\n1,5\t2\n", {}, b"a\tz\tg\n1,5\t2\t4\n"),
        (b'"y; unit\tx",z\n1,2\n', {}, b'"y; unit\tx",z,g\n1,2,4\n'),
        (b'"a", "z"\n"1, 5", 2\n', {}, b'"a", "z",g\n"1, 5", 2,4\n'),
        (b"# by x, y\n\nIn 2024\na,z\n# half\n1,2\n", {}, b"# by x, y\n\nIn 2024\na,z,g\n# half\n1,2,4\n"),
        (b"Results, 2024\na,z\n1,2\n", {}, b"Results, 2024\na,z,g\n1,2,4\n"),
        (b"#a,z\n1,2\n", {}, b"#a,z,g\n1,2,4\n"),
        (b"# z,a\n1,2\n", {}, b"# z,a,g\n1,2,2\n"),
    ],
)  # fmt: skip
def test_columns_of_csv(data, choice, text):
    assert pumped(fields_of("z", **choice), data)[0].getvalue() == text


@pytest.mark.parametrize(
    ("data", "column", "sentence"),
    [
        (b"2,1\n10,20\n", "1", "column 1 is not the one called 1: add --header-in for the name"),
        (b"x,1\n10,20\n", "1", "column 1 is not the one called 1"),
        (b"3,1\n10,20\n", "2", "the first row has numbers in column 2: add --no-header-in if it is data"),
        (b"a,1\nb,2\n", "2", "the first row has numbers in column 2"),
        (b"# made by x\n3\n4\n", "1", "the first row has numbers in column 1"),
        (b"a;b,c\n1;2,3\n", "2", "the first line has columns by ',' and ';': add --delimiter"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(data, column, sentence):
    sink, fault = pumped(fields_of(column), data)
    assert sentence in str(fault) and sink.getvalue() == b""


def test_what_is_told_is_read_in_one_way():
    assert pumped(fields_of("1", header=True), b"2,1\n10,20\n")[0].getvalue() == b"2,1,g\n10,20,40\n"
    assert pumped(fields_of("2021"), b"x,2021\na,3\n")[0].getvalue() == b"x,2021,g\na,3,6\n"
    assert pumped(fields_of("2"), b"# x,y\n1,2\n")[0].getvalue() == b"# x,y,g\n1,2,4\n"
    assert pumped(fields_of("2"), b"made by x\na,b\n1,2\n")[0].getvalue() == b"made by x\na,b,g\n1,2,4\n"
    assert pumped(fields_of("1", header=False), b"# c\n3\n")[0].getvalue() == b"# c\n3,6\n"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a;z\n1;2,5\n3;1e-1\n", b"a;z;g\n1;2,5;5\n3;1e-1;0,2\n"),
        (b'a,z\n1,"0,25"\n', b'a,z,g\n1,"0,25","0,5"\n'),
        (b"a\tz\n1\t1.000,5\n2\t\n", b"a\tz\tg\n1\t1.000,5\t\n2\t\t\n"),
    ],
)
def test_decimal_commas_on_request(data, text):
    assert pumped(fields_of("z", policy="empty", decimal_comma=True), data)[0].getvalue() == text


def test_a_first_row_of_decimal_commas_is_no_header():
    _, fault = pumped(fields_of("2", decimal_comma=True), b"1;2,5\n3;4\n")
    assert "the first row has numbers in column 2" in str(fault)


def test_columns_by_number_and_several():
    assert pumped(fields_of("2", header=False), b"1,2\n3,4\n")[0].getvalue() == b"1,2,4\n3,4,8\n"
    assert pumped(fields_of("2", header=False), b"")[0].getvalue() == b""
    sink, _ = pumped(fields_of("b", "1"), b"a,b\n1,2\n")
    assert sink.getvalue() == b"a,b,g_b,g_1\n1,2,4,2\n"


@pytest.mark.parametrize(
    ("data", "choice", "sentence"),
    [
        (b"a,z\n1,x\n", {}, "line 2, column 'z': 'x' is not a number"),
        (b"a,z\n1,\n", {}, "line 2, column 'z': '' is not a number"),
        (b'a,z\n"1\n\n",2\n1,x\n', {}, "line 5, column 'z': 'x'"),
        (b"a,z\n1,2\n1\n", {}, "line 3: too few fields: the row has 1 field, the first has 2"),
        (b"a,z\n1,2\n1,2,3\n", {}, "line 3: the row has 3 fields, the first has 2"),
        (b'a,z\n1,"2\n3,4\n', {}, "line 2: a quote is opened and never closed"),
        (b"a,zed\n1,2\n", {}, "no column 'z': the header has a, zed"),
        (b"z,z\n1,2\n", {}, "2 columns are called 'z': give its number"),
        (b"g,z\n1,2\n", {}, "there is a column 'g' already: add --name"),
        (b'a,"z\n1,2\n', {}, "line 1: a quote is opened and never closed"),
        (b"1\n1,2\n", {"header": False}, "without a header, columns are numbers from 1 to 1"),
        (b"1,2\n", {"header": False}, "without a header, columns are numbers from 1 to 2"),
        (b"", {}, "no column 'z'"),
        (b"\x1f\x8babc", {}, "gzip"),
    ],
)
def test_what_is_wrong_with_csv_is_named(data, choice, sentence):
    assert sentence in str(pumped(fields_of("z", **choice), data)[1])


@pytest.mark.parametrize(
    ("policy", "text", "count"),
    [
        ("stop", b"a,z,g\n1,2,4\n", 0),
        ("nan", b"a,z,g\n1,2,4\nx,y,nan\n7,,nan\n\n1,3,6\n", 2),
        ("skip", b"a,z,g\n1,2,4\n\n1,3,6\n", 2),
    ],
)
@pytest.mark.parametrize("chunk", [1, 8, None])
def test_bad_rows_of_csv(policy, text, count, chunk):
    sink, result = pumped(fields_of("z", policy=policy), b"a,z\n1,2\nx,y\n7\n\n1,3\n", chunk=chunk)
    assert sink.getvalue() == text
    assert "line 3" in str(result) if policy == "stop" else result.bad == count


@pytest.mark.parametrize("workers", [0, 2])
def test_csv_by_workers(workers):
    rows = [b'%d,"a\n,%d",%d\r\n' % (i, i, i) if i % 7 == 0 else b"%d,b,%d\n" % (i, i) for i in range(20_000)]
    sink, counts = pumped(fields_of("3", header=False), b"".join(rows), workers, chunk=4_000)
    lines = list(csv.reader(io.StringIO(sink.getvalue().decode(), newline="")))
    assert [row[3] for row in lines] == [str(2 * i) for i in range(20_000)]
    assert counts.rows == 20_000 and counts.bytes == len(b"".join(rows))


def test_a_stray_quote_does_not_eat_memory():
    sink, fault = pumped(fields_of("z"), b'a,z\n1,2\n"' + b"1,2\n" * 9_000_000)
    assert sink.getvalue() == b"a,z,g\n1,2,4\n" and "line 3: the row is longer than 33,554,432" in str(fault)


def test_a_row_of_megabytes_is_a_row_like_any_other():
    long = b"x" * 17_000_000
    sink, counts = pumped(fields_of("z", policy="nan"), b"a,z\n1,2\n%b,3\n" % long + b"1,y\n" * 20_000, 2)
    rows = sink.getvalue().split(b"\n")
    assert rows[:2] + rows[3:4] == [b"a,z,g", b"1,2,4", b"1,y,nan"] and rows[2] == long + b",3,6"
    assert counts.bad == 20_000 and len(rows) == 20_004
    assert pumped(lines_of(policy="nan"), b"1\n" + long + b"\n2\n")[0].getvalue() == b"2\nnan\n4\n"


# ---------------------------------------------------------------------------- the command line


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    path = tmp_path_factory.mktemp("big") / "z.txt"
    values = np.random.default_rng(0).normal(0, 5, BIG).tolist()
    path.write_text("".join(f"{z!r}\n" for z in values))
    return path


def started(*arguments, **streams):
    """Start a program; PYTHONUNBUFFERED would hide a flush that is missing."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    return subprocess.Popen([*ACTCLI, *map(str, arguments)], env=env, **streams)


def children(process):
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
        return [int(word) for word in file.read().split()]


def gone(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_every_row_of_a_long_input_is_answered(big, tmp_path):
    out = tmp_path / "out"
    with open(big, "rb") as file:
        assert started("eval", "relu", "-o", out, stdin=file).wait(60) == 0
    given = [float(text) for text in big.read_text().split()]
    assert out.read_text().split() == [shortest(max(z, 0.0)) for z in given]


def test_csv_on_the_command_line(program):
    result = program("eval", "relu", "--column", "z", input=b"a,z\n1,-2\n", check_err=False)
    assert (result.status, result.out) == (0, "a,z,relu\n1,-2,0\n")
    result = program("table", "relu", "--column", "2", "--no-header-in", "--tsv", input=b"1\t2\n")
    assert result.out == "1\t2\t2\t1\n"
    result = program("deriv", "relu", "--column", "z", "--name", "n", "--delimiter", ";", input=b"z;a\n1;2")
    assert result.out == "z;a;n\n1;2;1"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("eval relu --on-error no", "--on-error no: write one of stop, nan, skip, empty"),
        ("eval relu --column z --json", "--column keeps CSV or TSV as it is, so it cannot write json"),
        ("eval relu --column z --delimiter 12", "--delimiter '12': write one character"),
        ("eval relu --column z --name a --name b", "2 --name for 1 new columns"),
        ("eval relu --name a", "--name is for CSV in a FILE or a pipe: give --column"),
        ("eval relu 1 --column z", "--column is for CSV in a FILE or a pipe: give --column, and no points"),
        ("eval relu --no-header-in", "--no-header-in is for CSV"),
    ],
)
def test_options_that_do_not_fit_are_refused(program, arguments, sentence):
    result = program(*arguments.split(), input=b"z\n1\n")
    assert result.status == 2 and sentence in result.err and result.out == ""


@pytest.mark.parametrize(
    ("policy", "lines", "told"),
    [("nan", ["1", "nan"], "1 bad number answered with nan"), ("skip", ["1"], "1 bad number skipped")],
)
def test_bad_numbers_are_counted(program, policy, lines, told):
    result = program("eval", "relu", "--on-error", policy, input=b"1\nx\n")
    assert (result.status, result.lines, result.err) == (0, lines, f"actcli: {told}\n")


def test_json_of_a_stream(program):
    assert json.loads(program("table", "relu", "-", "--json", input=b"1\n\n-inf\n").out) == [
        {"z": 1, "relu": 1, "d_relu": 1},
        {"z": "-Infinity", "relu": 0, "d_relu": 0},
    ]
    assert json.loads(program("table", "relu", "-", "--json", input=b"").out) == []


@pytest.mark.parametrize("options", [(), ("--digits", "5")])
def test_json_is_closed_after_a_fault(program, options):
    result = program("eval", "relu", "--json", *options, input=b"1\n2\nx\n")
    assert result.status == 2
    assert json.loads(result.out) == [{"z": 1, "relu": 1}, {"z": 2, "relu": 2}]
    assert result.lines[-1] == "]"
    assert program("eval", "relu", "--json", *options, input=b"\x1f\x8b\x08").out == ""


def test_a_table_for_people_of_a_stream(program):
    assert "2.5" in program("table", "relu", "-", "--table", input=b"1\n# c\n2.5\n").out


def test_the_input_is_not_overwritten(tmp_path):
    path = tmp_path / "z.txt"
    path.write_text("1\n")
    with open(path) as file:
        done = subprocess.run(
            [*ACTCLI, "eval", "relu", "-o", str(path)], stdin=file, capture_output=True, text=True
        )
    assert done.returncode == 2 and "this is the file that is read" in done.stderr
    assert path.read_text() == "1\n"


def test_a_failed_run_leaves_no_file(big, tmp_path):
    dirty, out = tmp_path / "dirty", tmp_path / "out"
    dirty.write_text(big.read_text() + "x\n")
    with open(dirty, "rb") as file:
        done = subprocess.run(
            [*ACTCLI, "eval", "relu", "-o", str(out)], stdin=file, capture_output=True, text=True
        )
    assert done.returncode == 2 and f"line {BIG + 1}: 'x'" in done.stderr
    assert sorted(tmp_path.iterdir()) == [dirty]


def test_a_slow_producer_is_answered_at_once_after_a_fast_start():
    with started("eval", "relu", stdin=-1, stdout=-1, bufsize=0) as process:
        block = b"1\n" * (2 * CHUNK)
        writer = threading.Thread(target=process.stdin.write, args=(block,))
        writer.start()
        left = len(block)
        while left:
            left -= len(process.stdout.read(left))
        writer.join()
        for line_ in (b"2\n", b"3\n"):
            process.stdin.write(line_)
            assert process.stdout.read(2) == line_
        process.stdin.write(b"4")
        process.stdin.close()
        assert process.stdout.read(3) == b"4\n"
        assert process.wait(10) == 0


def test_a_source_that_does_not_wait_is_waited_for():
    read, write = os.pipe()
    os.set_blocking(read, False)
    with started("eval", "relu", stdin=read, stdout=-1, bufsize=0) as process:
        os.close(read)
        for line_ in (b"2\n", b"3\n"):
            time.sleep(0.3)
            os.write(write, line_)
            assert process.stdout.read(2) == line_
        os.close(write)
        assert process.wait(10) == 0


def endless(*arguments, **streams):
    producer = subprocess.Popen(["yes", "0.125"], stdout=-1)
    process = started(*arguments, stdin=producer.stdout, **streams)
    producer.stdout.close()
    return producer, process


def test_a_consumer_that_closes_early_ends_it_silently():
    producer, process = endless("eval", "sigmoid", stdout=-1, stderr=-1)
    with producer, process:
        process.stdout.read(10_000_000)
        helpers = children(process)
        assert helpers
        process.stdout.close()
        assert process.wait(20) in (141, -signal.SIGPIPE)
        assert process.stderr.read() == b""
        assert producer.wait(20) == -signal.SIGPIPE
    wait_until(lambda: all(map(gone, helpers)))


@pytest.mark.parametrize(
    ("sign", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_a_signal_in_the_middle_ends_all_processes(sign, status):
    if signal.getsignal(sign) == signal.SIG_IGN:
        pytest.skip("a background job has no Ctrl-C")
    producer, process = endless(
        "eval", "sigmoid", stdout=subprocess.DEVNULL, stderr=-1, start_new_session=True
    )
    with producer, process:
        wait_until(lambda: len(children(process)) > 0)
        helpers = children(process)
        if sign == signal.SIGINT:
            os.killpg(process.pid, sign)  # as a terminal does
        else:
            process.send_signal(sign)
        assert process.wait(20) == status
        assert process.stderr.read() == b""
        assert producer.wait(20) == -signal.SIGPIPE
    wait_until(lambda: all(map(gone, helpers)))


def test_helpers_that_are_killed_are_done_without(big):
    expected = subprocess.run([*ACTCLI, "eval", "relu"], input=big.read_bytes(), capture_output=True).stdout
    with started("eval", "relu", stdin=-1, stdout=-1, bufsize=0) as process:
        data, got = big.read_bytes(), []
        reader = threading.Thread(target=lambda: got.append(process.stdout.read()))
        reader.start()
        half = len(data) // 2
        process.stdin.write(data[:half])
        wait_until(lambda: len(children(process)) > 0)
        for helper in children(process):
            os.kill(helper, signal.SIGKILL)
        process.stdin.write(data[half:])
        process.stdin.close()
        reader.join(30)
        assert process.wait(10) == 0
    assert b"".join(got) == expected


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_device_is_an_error(big):
    with open("/dev/full", "wb") as full, open(big, "rb") as file:
        done = subprocess.run([*ACTCLI, "eval", "sigmoid"], stdin=file, stdout=full, stderr=-1)
    assert done.returncode == 1
    assert done.stderr == b"actcli: input or output failed: No space left on device\n"


@pytest.mark.parametrize("to_file", [True, False])
def test_a_disk_that_fills_up_is_an_error(big, tmp_path, to_file):
    out = tmp_path / "out"

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, 2_500_000))

    with open(big, "rb") as file, open(tmp_path / "stdout", "wb") as stdout:
        command = [*ACTCLI, "eval", "sigmoid", *(["-o", str(out)] if to_file else [])]
        done = subprocess.run(command, stdin=file, stdout=stdout, stderr=-1, preexec_fn=limit)
    assert done.returncode == 1
    assert b"actcli: input or output failed" in done.stderr and b"File too large" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["stdout"]


def resident(process):
    """Bytes in memory of a process and its helpers, what they share counted once."""
    total = 0
    for each in [process.pid, *children(process)]:
        with open(f"/proc/{each}/smaps_rollup") as file:
            total += sum(int(row.split()[1]) for row in file if row.startswith("Pss:"))
    return total * 1024


def test_memory_does_not_grow():
    producer = subprocess.Popen(f"yes 0.12345678901234567 | head -c {200 << 20}", shell=True, stdout=-1)
    with started("eval", "sigmoid", stdin=producer.stdout, stdout=subprocess.DEVNULL) as process:
        producer.stdout.close()
        most = 0
        while process.poll() is None:
            with contextlib.suppress(OSError):  # it ends while it is looked at
                most = max(most, resident(process))
            time.sleep(0.05)
        assert process.returncode == 0 and 0 < most < 150e6
    producer.wait()


# ---------------------------------------------------------------------------- progress


def on_a_terminal(*arguments, stdin):
    import pty

    master, terminal = pty.openpty()
    process = started(*arguments, stdin=stdin, stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    shown = b""
    try:
        while more := os.read(master, 10_000):
            shown += more
    except OSError:  # how Linux tells the end of a terminal
        pass
    os.close(master)
    assert process.wait(20) == 0
    return shown.decode()


@pytest.mark.parametrize("option", [[], ["--no-progress"]])
def test_progress_is_shown_on_a_terminal_and_wiped(option):
    producer = subprocess.Popen("yes 1 | head -n 300000; sleep 1.3; echo 2", shell=True, stdout=-1)
    shown = on_a_terminal("eval", "relu", *option, stdin=producer.stdout)
    producer.stdout.close()
    producer.wait()
    if option:
        assert shown == ""
    else:
        assert "rows, " in shown and shown.endswith("\r\x1b[K")


def test_progress_is_one_line_of_text():
    assert line(5_000_000, 1000, 2.0, 20_000_000) == "25% of 20 MB, 1,000 rows, 500 a second, 0:06 left"
    assert line(1_500, 1000, 2.0) == "1.5 kB, 1,000 rows, 500 a second"
    assert [size(n) for n in (0, 999, 12_345_678, 10**10, 10**13)] == [
        "0 B",
        "999 B",
        "12.3 MB",
        "10 GB",
        "10.0 TB",
    ]
    assert [clock(s) for s in (0, 65, 3723)] == ["0:00", "1:05", "1:02:03"]


# ---------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("line", "out"),
    [
        ("eval relu --column y d.csv", "z,y,relu\n0,-3,0\n1,2,2\n"),
        ("deriv relu --column 2 d.csv --name slope", "z,y,slope\n0,-3,0\n1,2,1\n"),
        ("eval softmax --columns z,y d.csv -o -", None),
        ("eval relu n.txt", "-1\n# c\n2\n".replace("-1", "0")),
        ("eval relu n.txt --digits 2", "0\n# c\n2.0\n"),
        ("eval relu --csv n.txt", "z,relu\n-1,0\n2,2\n"),
        ("table relu --csv n.txt", "z,relu,d_relu\n-1,0,0\n2,2,1\n"),
        ("table relu --no-deriv --column y d.csv", "z,y,relu\n0,-3,0\n1,2,2\n"),
    ],
)
def test_files_are_read_as_pipes_are(actcli, tmp_path, monkeypatch, line, out):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text("z,y\n0,-3\n1,2\n")
    (tmp_path / "n.txt").write_text("-1\n# c\n2\n")
    result = actcli(*line.split())
    assert (result.status, result.err) == (0, "") and (out is None or result.out == out)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("eval relu d.csv", "d.csv, line 1: 'z,y' is not a number"),
        ("eval relu --digits 3 d.csv", "d.csv, line 1: 'z,y' is not a number"),
        ("eval relu --column y no.csv", "no.csv: there is no such file"),
        ("eval relu no.csv", "'no.csv' is no number, and there is no such file"),
        ("eval relu --column y d.csv -o d.csv", "-o d.csv: this is the file that is read"),
        ("eval relu --column y d.gz", "d.gz is gzip data: unpack it first"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_name(actcli, tmp_path, monkeypatch, line, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text("z,y\n0,-3\n1,2\n")
    (tmp_path / "d.gz").write_bytes(b"\x1f\x8babc")
    result = actcli(*line.split())
    assert result.status in (1, 2) and sentence in result.err and result.out == ""


def test_a_table_reads_a_pipe_and_has_points_of_its_own_where_there_is_none(program):
    assert program("table", "--no-deriv", input=b"-3\n").lines[1].startswith("-3,0.0474258731775")
    assert program("table", "relu", input=b"-3\n3\n").out == "z,relu,d_relu\n-3,0,0\n3,3,1\n"
    assert program("table", "relu").lines[1:] == ["-10,0,0", "0,0,1", "10,10,1"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("eval relu", "1\n\n# c\n2\nx\n3\n4\n"),
        ("eval relu --on-error nan --json", "1\n\n2\nx\n3\n4\n5\n"),
        ("deriv heaviside --on-error stop", "1\n2\n3\n\n0\n4\n"),
        ("eval relu --column z", 'z,t\n1,"a\nb"\n2,\n\n3,c\nx,\n5,\n'),
        ("eval relu --column z --on-error skip", "z\n1\n\nx\n2\n3\n4\n"),
        ("eval softmax", "1 2\n\n1 2 3\n5\n# c\n1 x\n2\n"),
    ],
)
def test_many_short_rows_are_answered_in_halves_with_the_same_text(actcli, tmp_path, monkeypatch, line, text):
    (tmp_path / "d.csv").write_text(text)
    whole = actcli(*line.split(), tmp_path / "d.csv")
    counted = []
    then = Piece.then
    monkeypatch.setattr(Piece, "then", lambda self, rest: counted.append(1) or then(self, rest))
    for room in (lines, csv_columns, vectorlines):
        monkeypatch.setattr(room, "MOST_ROWS_AT_ONCE", 2)
    assert actcli(*line.split(), tmp_path / "d.csv") == whole and counted


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("z,y\n1,2\n".encode("utf-16-le"), "as UTF-16 without a mark"),
        ("z,y\n1,2\n".encode("utf-16-be"), "as UTF-16 without a mark"),
        (b"Z,y\n1,2\n", "did you mean Z?"),
        (b"2,1\n10,20\n", "--no-header-in if all rows are data"),
    ],
)
def test_what_cannot_be_read_says_what_would_be(program, text, told):
    column = "1" if text[:1] == b"2" else "z"
    assert told in program("eval", "relu", "--column", column, input=text).err


def test_columns_parted_by_bars_are_found(program):
    assert program("eval", "relu", "--column", "z", input=b"a|z\n1|2\n").out == "a|z|relu\n1|2|2\n"


def test_a_header_that_is_far_below_is_told(program):
    told = program("eval", "relu", "--column", "z", input=b"# made\n" * 2000 + b"z\n1\n")
    assert told.status == 2 and "the first 1,000 lines have no column 'z'" in told.err


@pytest.mark.parametrize(
    "line", ["table gelu -500:500:0.25 --dtype bfloat16", "deriv relu6 0:9:1/300 --bits"]
)
def test_a_range_in_columns_is_the_one_point_by_point(actcli, line):
    one_by_one = actcli(*line.split(), "--csv", "--on-error", "empty")
    assert actcli(*line.split(), "--csv") == one_by_one and len(one_by_one.lines) > 1000


def test_points_of_a_range_beside_a_middle_are_rounded_as_they_were_typed(actcli):
    found = actcli("eval", "identity", "79.25000000000000001:80:0.001", "--dtype", "bfloat16")
    assert (
        found.lines[0]
        == "79.5"
        == actcli("eval", "identity", "79.25000000000000001", "--dtype", "bfloat16").lines[0]
    )


@pytest.mark.parametrize("row", [
    b'4,"y\ny""y\n%b"\r\n' % (b"y" * 99),
    b"4%b\n" % (b'y"' * 50),
    b'4,"%b\r' % (b'y\n""' * 29),
    b"4%b\n" % (b',"y",' * 29),
    b"4,5" + b"," * 99,
    b"# %b\n" % (b"y" * 99),
    b"#%b\n" % (b",y" * 49),
    b'"4"' + b" " * 99 + b",y\r\n",
    b'%b,y\r\n' % (b"0" * 99),
    b'"4.%b", y\n' % (b"0" * 99),
])  # fmt: skip
@pytest.mark.parametrize("column", ("z", "a"))
@pytest.mark.parametrize("policy", ("", "nan", "empty", "skip"))
def test_a_row_that_is_read_in_parts_is_answered_as_a_short_one(row, column, policy, tmp_path, monkeypatch):
    data = b"z,a\n1,2\n" + row + (b'3,"4"\n5,6' if row.endswith(b"\n") else b"")
    (tmp_path / "data.csv").write_bytes(data)
    found = set()
    for chunk in (1, 3, 7, 20, CHUNK):
        work = Fields(Task(lambda z, _: [z * 2], policy), Choice([column], labels=["g"]))
        work.chunk, sink = chunk, io.BytesIO()
        monkeypatch.setattr("actcli.streams.pump._PART", chunk)
        with (tmp_path / "data.csv").open("rb") as file:
            try:
                told = pump(file.fileno(), work, sink, workers=0)
                told.bytes = 0
            except ActcliError as fault:
                told = fault
        found.add((sink.getvalue(), str(told)))
    assert len(found) == 1, found


@pytest.mark.parametrize("policy", ("stop", "nan", "skip"))
def test_a_row_that_is_too_long_to_be_left_out_is_told(actcli, policy, monkeypatch, tmp_path):
    given = 'z,a\n1,2\n2,"' + "yy\n" * (3 * CHUNK) + '"\n3,4'
    (tmp_path / "data.csv").write_text(given)
    monkeypatch.setattr(csv_columns, "LONGEST", 2 * CHUNK)
    found = actcli("eval", "relu", "--column", "z", "--on-error", policy, tmp_path / "data.csv")
    rest = {"stop": "", "nan": '2,"yy', "skip": "3,4,3"}[policy]
    assert found.out.startswith("z,a,relu\n1,2,1\n" + rest)
    assert len(found.out) == (len(given) + 11 if policy == "nan" else 15 + len(rest))
    assert ("line 3: the row is longer" in found.err) == (policy == "stop")
    assert ("skipped: the row is longer" in found.err) == (policy == "skip")


ODD_NUMBERS = (
    "\u22125|\u221e|\u00a05|\u20035\u2029|0x1p-3|-0X.8P+1|0x1p9999|+.5e1|INF|-Infinity| nan\x1c|1e-400"
    "|1e-4000|1e400|1e4000|--5|1.2.3|5.|.|e5|1e|1e+|0xp1|infinit|\u00e95|5\u0665"
)


@pytest.mark.parametrize("text", ODD_NUMBERS.split("|"))
def test_a_number_after_a_bad_one_is_a_number_still(text):
    alone, after = numbers([text.encode()]), numbers([b"bad", *[text.encode()] * 3])
    assert len(after[1]) == 1 + 3 * len(alone[1])
    assert not np.any(after[0][1:] != alone[0][0]) or np.isnan(alone[0][0])


def test_a_picture_of_too_many_columns_is_refused_with_the_way_out(actcli, tmp_path):
    def told(words, numbers, *more):
        row = ",".join(["w"] * words + ["1.5"] * numbers)
        (tmp_path / "d.csv").write_text(row.replace("1.5", "c") + f"\n{row}" * 3)
        return actcli("plot", "--data", tmp_path / "d.csv", "--width", "40", *more)

    assert "over 100 columns of numbers" in (found := told(2, 102)).err and "--column" in found.err
    assert "over 10,000 columns: name some by --column" in told(10_001, 0).err
    assert told(99, 3).status == 0 == told(0, 200, "--column", "1", "--column", "2").status


def test_a_text_without_end_is_told_to_be_no_number_at_once(actcli, tmp_path):
    (tmp_path / "d.txt").write_text("1" * 200_000 + ",2")  # took a quarter of an hour
    assert "is not a number" in actcli("eval", "relu", tmp_path / "d.txt").err


def test_columns_are_not_drawn_and_what_to_type_is_told(program, tmp_path):
    file = tmp_path / "x.csv"
    file.write_text(";".join(f"c{i}" for i in range(99)) + "\n" + ";".join(["1,5"] * 99) + "\n")
    told = [
        program("eval", "relu", "--column", *rest).err
        for rest in (("c1", file, "-f", "table"), ("q", file), ("c1", file))
    ]
    assert told[0] == "actcli: --column keeps CSV or TSV as it is, so it cannot write table\n"
    assert "c1, c2, " in told[1] and told[1].count(", ...") == 1
    assert "--decimal-comma" in told[2]
    assert program("eval", "relu", "--column", "c1", file, "--decimal-comma").status == 0


@pytest.mark.parametrize("text, number", [
    ("1e0000004", "10000"), ("0e99999", "0"), ("-0.0e-99999999", "0"), ("12e-000002", "0.12"),
    ("1e-99999", None), ("1e4000123", None), ("1e400", None), ("1.2.3", None), ("1e5e5", None),
])  # fmt: skip
def test_exponents_are_read_alike_alone_and_among_many(program, text, number):
    alone = program("eval", "z", "--", text)
    assert (alone.lines == [number]) if number else alone.status == 2
    rows = b"2\n" * 700 + f"{text}\n".encode() * 1500
    among = program("eval", "z", "--on-error", "nan", input=rows)
    assert among.lines == ["2"] * 700 + [number or "nan"] * 1500
