"""Processes that are made to be killed. Forks of a loaded one, since a new one needs seconds to load Django."""

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from drill import endings

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["drill.warm"])


@contextlib.contextmanager
def running(work: Callable[..., Any], *arguments: Any) -> Iterator[BaseProcess]:
    """`work` in a process and group of its own, which speaks to a file. Killed at the end if it lives."""
    process = FORKS.Process(target=_in_a_group, args=(work, *arguments), daemon=True)
    try:
        with endings.held():
            process.start()
        endings.end_if_asked()
        yield process
    finally:
        kill(process)


def kill(process: BaseProcess) -> None:
    """kill -9 of the process and all it started."""
    if process.pid is not None:
        with contextlib.suppress(ProcessLookupError):  # it is gone, or has no group yet and so started nothing
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.join()


def log_file() -> Path:
    return Path(os.environ["DRILL_DATA"]) / "log"


def _in_a_group(work: Callable[..., Any], *arguments: Any) -> None:
    os.setsid()
    log = os.open(log_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    work(*arguments)
