"""Pipes side by side: actcli against the tools that people use for the same thing, in one run.

    python tests/benchmarks/bench_pipes.py [--rows 10000000] [--rounds 5] [--folder FOLDER] [--exact]

Ten million random float64 (repr text) through a sigmoid to a file, then gelu and mish, a column of a CSV
with ten, each on one core and on all; and a stream of a gigabyte for the memory. actcli runs in turn with
each peer (A B A B): wall seconds from start to end of the process, CPU seconds of all its processes, and of
each pair the ratio, ours over theirs: medians, and in brackets the least and the largest. Memory is the most
that a process and its helpers held at one time (proportional set size), sampled in a run of its own. Peers
that are not installed are left out. With --exact every answer of actcli must be the reference to the last
bit.
"""

import argparse
import contextlib
import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

ACTCLI = [sys.executable, "-m", "actcli"]
SIGMOID = "1/(1+exp(-{z}))"
POLARS = """
import polars as pl
z = pl.col("z").cast(pl.Float64)
rows = pl.scan_csv({source!r}, has_header={header}, new_columns={names})
rows.{verb}((1 / (1 + (-z).exp())).alias("g")).sink_csv({target!r}, include_header={header})
"""
DUCKDB = """
import duckdb
rows = "read_csv('{source}', header={header}, {names})"
duckdb.sql(f"copy (select {what} from {{rows}}) to '{target}' (header {header})")
"""
NUMPY = """
import numpy as np
z = np.loadtxt({source!r})
np.savetxt({target!r}, 1 / (1 + np.exp(-z)), "%.17g")
"""


@dataclass(frozen=True)
class Peer:
    """A command; `part` is the share of the input that it is given, its times are scaled up."""

    name: str
    command: list[str]
    source: Path | None = None
    target: Path | None = None
    part: float = 1.0
    needs: str = ""

    def there(self) -> bool:
        if self.needs.startswith("python:"):
            return importlib.util.find_spec(self.needs.removeprefix("python:")) is not None
        return shutil.which(self.needs or self.command[0]) is not None


class Cost(NamedTuple):
    wall: float
    cpu: float


# ---------------------------------------------------------------------------- measuring


def started(peer: Peer) -> subprocess.Popen[bytes]:
    with open(peer.source or os.devnull, "rb") as source, open(peer.target or os.devnull, "wb") as target:
        return subprocess.Popen(peer.command, stdin=source, stdout=target)


def timed(peer: Peer) -> Cost:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    assert started(peer).wait() == 0, peer.name
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall / peer.part, cpu / peer.part)


def resident(process: int) -> int:
    """Bytes in memory of a process and its children, what they share counted once."""
    total = 0
    for each in [process, *map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())]:
        for row in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
            total += int(row.split()[1]) * 1024 if row.startswith("Pss:") else 0
    return total


def watched(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process and return the most memory it held, in MB."""
    most = 0
    while process.poll() is None:
        try:
            most = max(most, resident(process.pid))
        except OSError:  # it ends while it is looked at
            break
        time.sleep(0.02)
    assert process.wait() == 0
    return most / 1e6


def race(title: str, peers: list[Peer], rounds: int) -> None:
    for cores in sorted({1, len(os.sched_getaffinity(0))}):
        print(f"\n{title}, on {cores} core{'s' * (cores > 1)} of {processor()}")
        heads = ("wall s", "CPU s", "MB", "our wall / theirs", "our CPU / theirs")
        print("  {:20} {:>8} {:>8} {:>6} {:>22} {:>22}".format("", *heads))
        with on(cores):
            for peer in peers:
                compare(peers[0], peer, rounds)


def compare(ours: Peer, peer: Peer, rounds: int) -> None:
    """Time a peer in turn with ours, and print a row about it."""
    if not peer.there():
        print(f"  {peer.name:20} not installed")
        return
    pairs = [(timed(ours) if peer is not ours else None, timed(peer)) for _ in range(rounds)]
    wall, cpu = (statistics.median(found[part] for _, found in pairs) for part in (0, 1))
    row = f"  {peer.name:20} {wall:8.2f} {cpu:8.2f} {watched(started(peer)):6.0f}"
    for part in (0, 1):
        ratios = [our[part] / found[part] for our, found in pairs if our]
        row += f" {spread(ratios):>22}"
    print(row + (f"  (a {1 / peer.part:.0f}th, scaled)" if peer.part < 1 else ""), flush=True)


def spread(ratios: list[float]) -> str:
    if not ratios:
        return ""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}..{max(ratios):.2f})"


@contextlib.contextmanager
def on(cores: int) -> Iterator[None]:
    """Keep this process and its children on so many cores."""
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(all_of_them)[:cores])
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


def processor() -> str:
    rows = Path("/proc/cpuinfo").read_text().splitlines()
    return next(
        (row.partition(":")[2].strip() for row in rows if row.startswith("model name")), "a processor"
    )


# ---------------------------------------------------------------------------- inputs


def write_numbers(path: Path, rows: int) -> None:
    random = np.random.default_rng(1)
    with open(path, "w") as file:
        for start in range(0, rows, 100_000):
            values = random.normal(0, 5, min(100_000, rows - start)).tolist()
            file.write("\n".join(map(repr, values)) + "\n")


def write_csv(path: Path, rows: int) -> None:
    random = np.random.default_rng(2)
    with open(path, "w") as file:
        file.write("id,name,z,a,b,c,d,e,flag,note\n")
        for start in range(0, rows, 100_000):
            block = random.normal(0, 5, (min(100_000, rows - start), 6)).tolist()
            file.writelines(
                f"{start + i},row{i},{z!r},{a!r},{b:.4f},{c:.3f},{d!r},{e:.2f},{i % 2 == 0},some text\n"
                for i, (z, a, b, c, d, e) in enumerate(block)
            )


def head(source: Path, target: Path, lines: int) -> Path:
    with open(source, "rb") as file, open(target, "wb") as part:
        for _ in range(lines):
            part.write(next(file))
    return target


# ---------------------------------------------------------------------------- the races


def sigmoid_peers(folder: Path, rows: int) -> list[Peer]:
    source = folder / "z.txt"
    tenth = head(source, folder / "tenth.txt", rows // 10)
    python, text, to = sys.executable, str(source), lambda name: str(folder / name)
    polars = POLARS.format(source=text, header=False, names=["z"], verb="select", target=to("polars"))
    names = "columns={'z': 'double'}"
    duck = DUCKDB.format(
        what=SIGMOID.format(z="z"), source=text, header="false", names=names, target=to("duckdb")
    )
    miller = ["mlr", "--icsv", "--ocsv", "--implicit-csv-header", "--headerless-csv-output"]
    miller += ["put", "-q", f'emit1 {{"g": {SIGMOID.format(z="$1")}}}']
    mawk = ["mawk", f'{{printf "%.17g\\n", {SIGMOID.format(z="$1")}}}']
    loadtxt = NUMPY.format(source=str(tenth), target=to("numpy"))
    return [
        Peer("actcli", [*ACTCLI, "eval", "sigmoid"], source, folder / "actcli"),
        Peer("mawk", mawk, source, folder / "mawk"),
        Peer("Miller", miller, tenth, folder / "miller", part=0.1),
        Peer("DuckDB", [python, "-c", duck], needs="python:duckdb"),
        Peer("Polars", [python, "-c", polars], needs="python:polars"),
        Peer("NumPy", [python, "-c", loadtxt], part=0.1, needs="python:numpy"),
    ]


def column_peers(folder: Path) -> list[Peer]:
    source = folder / "data.csv"
    text, python = str(source), sys.executable
    names = ["id", "name", "z", "a", "b", "c", "d", "e", "flag", "note"]
    polars = POLARS.format(
        source=text, header=True, names=names, verb="with_columns", target=str(folder / "p.csv")
    )
    what = f"*, {SIGMOID.format(z='z')} as g"
    duck = DUCKDB.format(what=what, source=text, header="true", names="delim=','", target=folder / "d.csv")
    mawk = f'NR==1 {{print $0 ",g"; next}} {{printf "%s,%.17g\\n", $0, {SIGMOID.format(z="$3")}}}'
    miller = ["mlr", "--icsv", "--ocsv", "put", f"$g = {SIGMOID.format(z='$z')}"]
    return [
        Peer("actcli", [*ACTCLI, "eval", "sigmoid", "--column", "z"], source, folder / "a.csv"),
        Peer("mawk", ["mawk", "-F,", mawk], source, folder / "m.csv"),
        Peer("Miller", miller, source, folder / "i.csv"),
        Peer("DuckDB", [python, "-c", duck], needs="python:duckdb"),
        Peer("Polars", [python, "-c", polars], needs="python:polars"),
    ]


def formula_peers(folder: Path) -> list[Peer]:
    source = folder / "z.txt"
    formulas = {
        "sigmoid": "sigmoid",
        "gelu": "z*Phi(z)",
        "silu": "z*sigmoid(z)",
        "mish": "z*tanh(softplus(z))",
    }
    return [Peer(n, [*ACTCLI, "eval", f], source, folder / f"out.{n}") for n, f in formulas.items()]


def gigabyte(rounds: int = 1) -> None:
    """Stream a gigabyte and more of numbers through, with nothing kept."""
    count = 1_100_000_000 // 20
    producer = subprocess.Popen(
        f"yes 0.1234567890123456 | head -n {count}", shell=True, stdout=subprocess.PIPE
    )
    start = time.perf_counter()
    command = [*ACTCLI, "eval", "sigmoid"]
    memory = watched(subprocess.Popen(command, stdin=producer.stdout, stdout=subprocess.DEVNULL))
    seconds = time.perf_counter() - start
    print(f"\n{count * 19 / 1e9:.2f} GB through a pipe: {seconds:.1f} s, at most {memory:.0f} MB in memory")
    assert memory < 150


# ---------------------------------------------------------------------------- the answers


def sigmoid_reference(z: np.ndarray) -> np.ndarray:
    """The correctly rounded sigmoid, by way of 40 digits."""
    from mpmath import mp, mpf

    mp.prec = 200
    return np.array([float(1 / (1 + mp.exp(-mpf(value)))) for value in z.tolist()])


def check(folder: Path, exact: bool) -> None:
    """Compare what actcli wrote with a reference, and each peer with it."""
    from actcli.language.texts import shortest

    texts = (folder / "actcli").read_text().split()
    mine = np.array(texts, dtype=float)
    z = np.array((folder / "z.txt").read_text().split(), dtype=float)
    assert len(mine) == len(z), "rows were lost"
    assert all(shortest(value) == text for value, text in zip(mine[:100_000].tolist(), texts, strict=False))
    wrong = np.flatnonzero(mine[:100_000] != sigmoid_reference(z[:100_000]))
    print(f"\nof the first {min(len(z), 100_000):,} answers {len(wrong):,} are not correctly rounded")
    assert not (exact and len(wrong)), z[wrong[:5]]
    with np.errstate(over="ignore"):
        assert np.abs(mine * (1 + np.exp(-z)) - 1).max() < 4e-15
    for name in ("mawk", "miller", "duckdb", "polars", "numpy"):
        if (folder / name).exists() and (folder / name).stat().st_size:
            theirs = np.array((folder / name).read_text().split(), dtype=float)
            differ = np.count_nonzero(theirs != mine[: len(theirs)])
            print(f"  {name:8} differs in {differ:,} of {len(theirs):,}")


def bad_line(folder: Path, rows: int) -> None:
    """Check that a bad line just before the end stops the run there, with all rows before it written."""
    first, _, last, _ = (folder / "z.txt").read_bytes().rsplit(b"\n", 3)
    (folder / "dirty.txt").write_bytes(b"\n".join([first, b"1,5", last, b""]))
    with open(folder / "dirty.txt", "rb") as source, open(folder / "stopped", "wb") as target:
        done = subprocess.run(
            [*ACTCLI, "eval", "sigmoid"], stdin=source, stdout=target, stderr=subprocess.PIPE
        )
    assert done.returncode == 2 and f"line {rows - 1}: '1,5'".encode() in done.stderr
    whole, stopped = (folder / "actcli").read_bytes(), (folder / "stopped").read_bytes()
    assert whole.startswith(stopped) and whole[len(stopped) :].count(b"\n") == 2
    print(f"a bad line {rows - 1:,}: exit 2, every row before it written")


def columns_kept(folder: Path) -> None:
    """Check that a new column is all that was added."""
    with open(folder / "data.csv") as given, open(folder / "a.csv") as answered:
        for before, after in zip(given, answered, strict=True):
            assert after.startswith(before.rstrip("\n") + ",")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the files are kept; by default they are removed")
    parser.add_argument("--exact", action="store_true")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="pipes"))
    folder.mkdir(exist_ok=True)
    try:
        run(folder, options.rows, options.rounds, options.exact)
    finally:
        if not options.folder:
            shutil.rmtree(folder)


def run(folder: Path, rows: int, rounds: int, exact: bool) -> None:
    made: list[tuple[str, Callable[[Path, int], None], int]] = [
        ("z.txt", write_numbers, rows),
        ("data.csv", write_csv, rows // 5),
    ]
    for name, write, count in made:
        if not (folder / name).exists():
            write(folder / name, count)
    race(f"sigmoid of {rows:,} numbers", sigmoid_peers(folder, rows), rounds)
    check(folder, exact)
    bad_line(folder, rows)
    race("functions", formula_peers(folder), rounds)
    race(f"a column of ten, {rows // 5:,} rows", column_peers(folder), rounds)
    columns_kept(folder)
    gigabyte()


if __name__ == "__main__":
    main()
