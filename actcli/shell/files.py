"""Files that are written: whole or not at all where that can be had, else in place, and none harmed."""

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_OPEN = re.compile(r"/dev/stderr|/(?:dev|proc/self)/fd/([0-9]{1,9})")


@contextlib.contextmanager
def kept(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to be written under its name, and keep what the name is: a link, a device, a pipe.

    A regular file is written beside its name and takes its place once all is written, with the mode and the
    owner it had. What is no regular file, has several names, or stands in a folder that takes no other
    file, is written in place; what is open already is written on. Raises OSError with the name given.
    """
    if number := _OPEN.fullmatch(str(path)):
        with _named(path):
            opened = os.fdopen(os.dup(int(number[1] or 2)), "wb")
        with opened:
            yield opened
        return
    there = path.exists()
    target = Path(os.path.realpath(path)) if path.is_file() or not there else path  # /dev/fd/63 is a pipe
    before = target.stat() if there else None
    with _named(path):
        if target.is_symlink() and not there:
            raise OSError(errno.ELOOP, "this link leads back to itself")
        beside = None if before and _has_to_stay(before) else _beside(target, before)
        in_place = target.open("wb") if beside is None else None
    if in_place:
        with in_place:
            yield in_place
    elif beside:
        with _replacing(target, beside, path) as file:
            yield file


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Let a fault tell the name that was given, not that of a temporary file."""
    try:
        yield
    except OSError as fault:
        fault.filename, fault.filename2 = str(path), None
        raise


def _has_to_stay(before: os.stat_result) -> bool:
    """Tell whether a file would be another one if a new one took its place."""
    return not stat.S_ISREG(before.st_mode) or before.st_nlink > 1


def _beside(target: Path, before: os.stat_result | None) -> tuple[int, str] | None:
    """Return a temporary file in the same folder, with mode and owner; None where there can be none."""
    import tempfile

    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    except PermissionError:
        if before is None:
            raise
        return None
    try:
        os.chmod(name, stat.S_IMODE(before.st_mode) if before else 0o666 & ~_umask())
        if before and (before.st_uid, before.st_gid) != (os.fstat(handle).st_uid, os.fstat(handle).st_gid):
            os.chown(name, before.st_uid, before.st_gid)
    except OSError:
        os.close(handle)
        os.unlink(name)
        return None
    return handle, name


@contextlib.contextmanager
def _replacing(target: Path, beside: tuple[int, str], path: Path) -> Iterator[IO[bytes]]:
    handle, name = beside
    try:
        with os.fdopen(handle, "wb") as file:
            if target.exists() and not os.access(target, os.W_OK):
                raise PermissionError(13, "Permission denied", str(path))
            yield file
        with _named(path):
            os.replace(name, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
