"""The web server as the site runs it, and how it dies."""

import contextlib
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.process import BaseProcess

from django.conf import settings

from drill import forks

SECONDS_TO_START = 60


@dataclass
class Server:
    port: int
    process: BaseProcess

    def kill(self) -> None:
        """kill -9 of the server and all its workers."""
        forks.kill(self.process)


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server of its own on a free port, killed at the end if it lives."""
    with contextlib.ExitStack() as at_end:
        with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
            port = listener.getsockname()[1]
            process = at_end.enter_context(forks.running(serve, listener))
        _wait_until_answers(process, port)
        yield Server(port, process)


def serve(listener: socket.socket) -> None:
    """gunicorn, until it is killed."""
    from gunicorn.app.wsgiapp import WSGIApplication

    sys.argv = ["gunicorn", "clinic.wsgi:application", "--bind", f"fd://{listener.fileno()}"]
    sys.argv += ["--worker-class", "gthread", "--workers", str(settings.WORKERS), "--threads", "4"]
    sys.argv += ["--no-control-socket", "--log-level", "critical"]
    WSGIApplication("").run()


def _wait_until_answers(process: BaseProcess, port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.is_alive():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as server:
            server.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            if server.recv(16):
                return
        time.sleep(0.02)
    raise RuntimeError("The server did not start.")
