"""Files that are written: what a name is stays what it is, and nothing half written is left."""

import os
import signal
import stat
import subprocess
import sys
import threading

import pytest

ACTCLI = [sys.executable, "-m", "actcli"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and modes of POSIX")


def test_a_link_is_followed(actcli, tmp_path):
    (tmp_path / "real.txt").write_text("before")
    (tmp_path / "link.txt").symlink_to("real.txt")
    assert actcli("eval", "relu", "1", "-o", tmp_path / "link.txt").status == 0
    assert (tmp_path / "link.txt").is_symlink() and (tmp_path / "real.txt").read_text() == "1\n"


def test_a_link_to_nothing_yet_makes_what_it_names(actcli, tmp_path):
    (tmp_path / "link.txt").symlink_to("new.txt")
    actcli("eval", "relu", "1", "-o", tmp_path / "link.txt")
    assert (tmp_path / "new.txt").read_text() == "1\n"


def test_a_hard_link_is_not_cut(actcli, tmp_path):
    (tmp_path / "a.txt").write_text("before")
    os.link(tmp_path / "a.txt", tmp_path / "b.txt")
    actcli("eval", "relu", "1", "-o", tmp_path / "a.txt")
    assert (tmp_path / "b.txt").read_text() == "1\n"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_mode_stays(actcli, tmp_path, mode):
    path = tmp_path / "a.svg"
    path.write_text("before")
    path.chmod(mode)
    actcli("plot", "relu", "-o", path)
    assert stat.S_IMODE(path.stat().st_mode) == mode and path.read_text().startswith("<svg")


def test_a_new_file_has_the_mode_that_the_umask_leaves(actcli, tmp_path):
    before = os.umask(0o027)
    try:
        actcli("eval", "relu", "1", "-o", tmp_path / "a.txt")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


def test_a_pipe_with_a_name_is_written_and_stays(actcli, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_text()))
    reader.start()
    assert actcli("eval", "relu", "1", "2", "-o", pipe).status == 0
    reader.join(10)
    assert received == ["1\n2\n"] and stat.S_ISFIFO(pipe.stat().st_mode)


def test_an_open_pipe_of_the_shell_is_written(actcli):
    reader, writer = os.pipe()
    done = actcli("eval", "relu", "1", "2", "-o", f"/dev/fd/{writer}")
    os.close(writer)
    assert (done.status, done.err, os.read(reader, 99)) == (0, "", b"1\n2\n")
    os.close(reader)


def test_a_link_that_leads_nowhere_stays(actcli, tmp_path):
    link = tmp_path / "loop"
    link.symlink_to("loop")
    done = actcli("eval", "relu", "1", "-o", link)
    assert done.status == 1 and link.is_symlink() and "leads back to itself" in done.err


def test_standard_output_by_its_name_is_not_replaced(tmp_path):
    with (tmp_path / "out").open("w") as file:
        subprocess.run([*ACTCLI, "eval", "relu", "1", "-o", "/dev/stdout"], stdout=file, check=True)
        file.seek(0, os.SEEK_END)
        file.write("more\n")
    assert (tmp_path / "out").read_text() == "1\nmore\n"


def test_a_device_stays_a_device(actcli, tmp_path):
    null = tmp_path / "null"
    try:
        os.mknod(null, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        null.write_text("")
    except OSError:
        pytest.skip("devices are made by root alone")
    assert actcli("eval", "relu", "1", "-o", null).status == 0
    assert stat.S_ISCHR(null.stat().st_mode)


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_in_a_folder_that_takes_no_other_is_written_in_place(actcli, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text("before")
    folder.chmod(0o555)
    assert actcli("eval", "relu", "1", "-o", folder / "a.txt").status == 0
    assert (folder / "a.txt").read_text() == "1\n"


def test_a_minus_is_standard_output(actcli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert actcli("eval", "relu", "1", "-o", "-").out == "1\n"
    assert actcli("plot", "relu", "-o", "-").out == actcli("plot", "relu").out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["missing/a.svg", "folder.svg"])
def test_no_message_names_a_temporary_file(program, tmp_path, name):
    (tmp_path / "folder.svg").mkdir()
    result = program("plot", "relu", "-o", tmp_path / name)
    assert result.status == 1 and f"{tmp_path / name}: " in result.err
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("number", "status"),
    [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130), ("SIGPIPE", 141), ("SIGIO", 157)],
)
def test_a_signal_leaves_nothing_half_written(tmp_path, number, status):
    if signal.getsignal(getattr(signal, number)) == signal.SIG_IGN:
        pytest.skip("a background job has no Ctrl-C, one under nohup no SIGHUP")
    kept = tmp_path / "kept.txt"
    kept.write_text("before")
    with subprocess.Popen([*ACTCLI, "eval", "relu", "-o", kept], stdin=-1, stderr=-1) as process:
        process.stdin.write(b"1\n" * 100_000)
        process.stdin.flush()
        while len(list(tmp_path.iterdir())) < 2:
            assert process.poll() is None
        process.send_signal(getattr(signal, number))
        assert process.wait(20) == status
        assert process.stderr.read() == b""
        process.stdin.close()
    assert kept.read_text() == "before" and list(tmp_path.iterdir()) == [kept]


def test_what_is_open_already_is_written_on(tmp_path):
    log = tmp_path / "log"
    actcli = " ".join(map(str, ACTCLI))
    script = (
        f"echo a; {actcli} eval relu 1 -o /dev/fd/1; echo b; {actcli} eval relu 2 -o /dev/fd/5 5>&1; echo c"
    )
    with log.open("wb") as out:
        subprocess.run(["sh", "-c", script], stdout=out, check=True)
    assert log.read_text().split() == ["a", "1", "b", "2", "c"]
