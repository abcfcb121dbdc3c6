"""One gunicorn with one worker, as the site runs it, and what it costs: processor time and memory."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORES = sorted(os.sched_getaffinity(0))
SECONDS_TO_START = 60


@dataclass
class Server:
    port: int
    process: subprocess.Popen

    @property
    def worker(self) -> int:
        return children(self.process.pid)[0]

    def cpu_seconds(self) -> float:
        return sum(cpu_seconds(pid) for pid in [self.process.pid, *children(self.process.pid)])

    def memory_mb(self) -> tuple[float, float]:
        """What the worker takes of the machine (its own memory and its part of what processes share), and resident."""
        lines = Path(f"/proc/{self.worker}/smaps_rollup").read_text().splitlines()
        sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines[1:]}
        return sizes["Pss"], sizes["Rss"]


@contextlib.contextmanager
def running(environment: dict[str, str], application: str = "clinic.wsgi:application") -> Iterator[Server]:
    """A server on a core of its own, where there are two. The site gets the settings of bench/settings.py."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        gunicorn = [sys.executable, "-m", "gunicorn", application, "--bind", f"fd://{listener.fileno()}"]
        gunicorn += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--no-control-socket"]
        process = subprocess.Popen(
            [*gunicorn, "--keep-alive", "60", "--log-level", "warning"],
            cwd=ROOT,
            env={**environment, "MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_ARENA_MAX": "1"},  # as scripts/serve.py
            pass_fds=[listener.fileno()],
        )
        os.sched_setaffinity(process.pid, {CORES[-1]})
        port = listener.getsockname()[1]
    try:
        wait_until_answers(process, port)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(30)


def wait_until_answers(process: subprocess.Popen, port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as server:
            server.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            if server.recv(16):
                return
        time.sleep(0.1)
    raise RuntimeError("The server did not start.")


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, of all its threads, to the nanosecond: the kernel's clock of that process."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:  # it has ended meanwhile
        return 0.0
