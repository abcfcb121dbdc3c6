"""How a process of the drill ends when somebody says stop."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_TO_CLEAN_UP = 30
_held: list[int] = []  # signals that came while something was being started
_is_starting = False


def clean_up_once() -> None:
    """Let each of these signals end this program with all it started. The second does not break off the cleaning up."""
    for number in SIGNALS:
        signal.signal(number, _end)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """A signal waits meanwhile: what is being started is known to whoever stops it, or was not started."""
    global _is_starting  # noqa: PLW0603 (signals belong to the process)
    _is_starting = True
    try:
        yield
    finally:
        _is_starting = False


def end_if_asked() -> None:
    """What waited takes effect, once whoever stops the new process is in charge."""
    if _held:
        _leave(_held[0])


def _end(number: int, frame: FrameType | None) -> None:
    if _is_starting:
        _held.append(number)
    else:
        _leave(number)


def _leave(number: int) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    # A finalizer that happens to run now swallows the exit: then it is asked for again.
    signal.signal(signal.SIGALRM, lambda again, frame: sys.exit(128 + number))
    signal.setitimer(signal.ITIMER_REAL, SECONDS_TO_CLEAN_UP)
    sys.exit(128 + number)
