"""Fuzz the reader of CSV against Python's csv module: structure, quotes, line ends, cuts, slow pipes.

`python tests/fuzz/fuzz_csv.py SECONDS [SEED]` tries one seed after the other and prints how many;
of one that differs also what was found and what should have been. Ten minutes: 600.
"""

import csv
import io
import os
import random
import re
import sys
import threading
import time

from actcli.errors import ActcliError
from actcli.language.texts import shortest
from actcli.streams.csv_columns import Choice, Fields
from actcli.streams.csv_heads import Wanted
from actcli.streams.csv_tables import read_columns
from actcli.streams.lines import Task
from actcli.streams.pump import pump

NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
PIECES = [*'aéx#"",;\t  ', '""', "\0", "1", "2.5", "-3e-2", "\n", "\r\n", "."]
csv.field_size_limit(1 << 30)


def field(random):
    """Return a field: a number, odd text, or text in quotes that are mostly well formed."""
    kind = random.random()
    if kind < 0.5:
        number = random.choice(
            [str(random.randint(-9, 99)), repr(random.uniform(-5, 5)), "+.5", "7.", " 1e-2 "]
        )
        return f'"{number}"' if random.random() < 0.1 else number
    text = "".join(random.choices(PIECES, k=random.randint(0, 6)))
    if kind < 0.9:
        text = text.replace('"', '""') if random.random() < 0.9 else text
        return " " * random.randint(0, 2) + f'"{text}"' + " " * (random.random() < 0.1)
    return re.sub(r'[\r\n"]', "", text) if random.random() < 0.7 else re.sub(r"[\r\n]", "", text)


def made(random, delimiter, width):
    """Return CSV with a header; some rows are short, long, blank or comments; it may be cut anywhere."""
    end = random.choice(["\n", "\r\n"])
    rows = [delimiter.join(f"c{i}" for i in range(width))]
    for _ in range(random.randint(0, 12)):
        fields = [field(random) for _ in range(width + random.choice([0] * 12 + [-1, 1]))]
        odd = random.choice(["", "# note", "  "]) if random.random() < 0.1 else None
        rows.append(delimiter.join(fields) if odd is None else odd)
    data = "".join(row + end for row in rows).encode("latin-1", "replace")
    return data[: random.randint(len(rows[0]) + len(end), len(data))] if random.random() < 0.4 else data


def plain(data, delimiter, column, policy):
    """Return what the filter is to write, and the line of the fault that stops it, by csv alone."""
    lines = [line.decode("latin-1") for line in re.findall(rb"[^\n]*\n|[^\n]+", data)]
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    is_open = list(csv.reader([*lines, "\n", "end"], delimiter=delimiter, skipinitialspace=True))[-1] != [
        "end"
    ]
    out, before, width = [], 0, 0
    mark = delimiter.encode()
    for row in reader:
        raw = "".join(lines[before : reader.line_num]).encode("latin-1")
        body = raw.removesuffix(b"\n").removesuffix(b"\r")  # a file may be cut amid CRLF
        place, before = before, reader.line_num
        last = before == len(lines) and is_open
        body = raw.removesuffix(b"\r") if last else body
        end = raw[len(body) :]
        if not width:
            width = len(row)
            out.append(body + mark + b"g" + end)
            continue
        comment = body.lstrip().startswith(b"#") and (column == 0 or len(row) != width)
        if not body or comment:
            out.append(raw)
            continue
        text = row[column].encode("latin-1").strip() if len(row) == width and not last else b""
        if NUMBER.fullmatch(text):
            out.append(body + mark + shortest(float(text) * 2 + 0.0).encode() + end)
        elif policy == "stop":
            return b"".join(out), place + 1
        elif policy != "skip":
            pad = mark * (width - len(row))
            out.append(body + pad + mark + (b"nan" if policy == "nan" else b"") + end)
    return b"".join(out), 0


def twice(z, lost):
    """Return the answers that are asked for."""
    return [z * 2]


def filtered(random, data, delimiter, column, policy):
    """Return what the filter writes of data that come in pieces, and the line that it names."""
    work = Fields(Task(twice, policy), Choice([str(column + 1)], delimiter, True, labels=["g"]))
    work.chunk = random.choice([1, 7, 40, 1 << 20])  # longer rows are read in parts
    sys.modules["actcli.streams.pump"]._PART = random.choice([1, 3, 1 << 16])
    read, write = os.pipe()
    cuts = sorted(random.choices(range(len(data) + 1), k=random.randint(0, 4)))

    def feed():
        with open(write, "wb", buffering=0) as file:
            for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True):
                file.write(data[start:stop])

    thread = threading.Thread(target=feed)
    thread.start()
    sink, line = io.BytesIO(), 0
    try:
        pump(read, work, sink, workers=0)
    except ActcliError as fault:
        line = int(re.match(r"standard input, line (\d+)", str(fault))[1])
    thread.join()
    os.close(read)
    return sink.getvalue(), line


def trial(seed):
    """Hold one random file against the plain reader; return what differs, or ""."""
    chance = random.Random(seed)
    delimiter, width = chance.choice(",;\t"), chance.randint(1, 4)
    column, policy = chance.randrange(width), chance.choice(["stop", "nan", "skip", "empty"])
    data = made(chance, delimiter, width)
    wanted = plain(data, delimiter, column, policy)
    found = filtered(chance, data, delimiter.encode(), column, policy)
    anything = bytes(chance.choices(b'\x00\xff\xef\xbb\xbf,;\t"\n\r #1a.-', k=chance.randint(0, 40)))
    for columns in ((), ("1",), ("a",), ("2",)):  # whatever the bytes, an answer or one sentence
        try:
            if columns:
                work = Fields(Task(twice, policy), Choice(columns, labels=["g"]))
                _, start = work.begin(anything)
                work.answer(anything[start:]) if anything[start:] else None
            else:
                read_columns(io.BytesIO(anything), "it", Wanted(()))
        except ActcliError:
            continue
    return "" if found == wanted else f"{data!r} {column=} {policy=}\n found {found}\nwanted {wanted}"


def main(seconds, seed=0):
    """Try seeds until the time is over; status 1 where one differed."""
    end, first, failed = time.monotonic() + seconds, seed, 0
    while time.monotonic() < end and failed < 5:
        try:
            difference = trial(seed)
        except Exception as fault:  # a traceback is what is looked for
            difference = f"{type(fault).__name__}: {fault}"
        if difference:
            failed += 1
            print(f"seed {seed}: {difference}")
        seed += 1
    print(f"{seed - first:,} seeds, {failed} differ")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
