"""plot --follow: pictures of data that grow, in a terminal of their own."""

import os
import signal

from terminals import Terminal


def feed(pipe, text):
    os.write(pipe, text.encode())


def test_a_pipe_is_drawn_as_it_grows_and_stays_when_it_ends():
    reading, writing = os.pipe()
    terminal = Terminal("plot", "-", "--follow", "--title", "run", stdin=reading)
    os.close(reading)
    terminal.screen("there are no rows")
    feed(writing, "step loss\n1 2\n2 1\n3 0.")
    assert "2.0" in terminal.screen("loss")[-3]  # the row that is not whole is not read
    feed(writing, "5\n4 7")
    terminal.screen("3.0")
    terminal.resize(60, 12)
    while len(lines := terminal.screen("loss")) > 11:
        pass
    assert max(map(len, lines)) <= 60
    os.close(writing)
    assert terminal.ended() == 0
    assert terminal.left.count(" loss") == 1 and "run" in terminal.left and "4.0" in terminal.left


def test_a_file_is_drawn_as_it_grows_until_a_signal(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("z,y\n1,2\n")
    terminal = Terminal("plot", "relu", "--data", path, "--follow")
    terminal.screen("relu")
    with path.open("a") as file:
        file.write("90,80\n")
    terminal.screen("80")
    path.write_text("z,y\n1,bad\n2,3\n")
    terminal.screen("'bad' is not a number")
    path.unlink()  # as logs are rotated
    (tmp_path / "new").write_text("z,y\n1,2\n7,7\n")
    (tmp_path / "new").rename(path)
    terminal.screen(" 7")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.ended() == 130 and "relu" in terminal.left and "7" in terminal.left


def test_what_cannot_be_followed_is_told(program, actcli):
    done = program("plot", "-", "--follow", input=b"1 2\n")
    assert done.status == 2 and "--follow draws on a terminal" in done.err and not done.out
    assert "give --data" in actcli("plot", "relu", "--follow").err
    assert "leave out -o" in actcli("plot", "--data", __file__, "--follow", "-o", "a.svg").err


def test_what_a_terminal_would_obey_is_not_sent_to_one(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes(b"# \x1b]0;pwn\x07\nz,a\x1b[31m\xc2\x9b1m\t\xe2\x80\xae\n1,\xff\n2,\xc3\xa9\n")
    for words in (["--column", "z", path], ["--digits", "3", "--on-error", "nan", "-"]):
        with path.open("rb") as file:
            terminal = Terminal("eval", "relu", *words, stdin=file)
            assert terminal.process.wait(20) == 0
        told = os.read(terminal.main, 1 << 16)
        assert not {*told} & {0x07, 0x1B, 0xFF, 0xAE} and b"# ?]0;pwn?" in told
    assert b"z,a?[31m?1m" not in told
