"""How far a long run has come, as one line of text."""


def line(done: int, rows: int, seconds: float, total: int | None = None) -> str:
    """Return a line for so many bytes read and rows written in so many seconds.

    `total` is how many bytes there are, where that is known; then it tells the time left too.
    """
    speed = f"{rows:,} rows, {rows / seconds:,.0f} a second"
    if not total:
        return f"{size(done)}, {speed}"
    left = max(total - done, 0) * seconds / max(done, 1)
    return f"{min(100, 100 * done // total)}% of {size(total)}, {speed}, {clock(left)} left"


def size(count: int) -> str:
    """Return a number of bytes in the unit that suits it: 999 B, 1.5 MB."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def clock(seconds: float) -> str:
    """Return a time as minutes and seconds, with hours where there are any: 0:05, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
