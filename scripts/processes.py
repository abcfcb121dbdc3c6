"""Programs that run together: when one ends, or a person says stop, all end."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_TO_STOP = 10
SECONDS_TO_ANSWER = 60


def clean_up_on_stop():
    """Let SIGTERM and SIGHUP end this program as Ctrl-C does: what it started is stopped on the way out."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))


class Family:
    """Starts programs in sessions of their own, so that Ctrl-C reaches only us and they are stopped in good order."""

    def __init__(self):
        self.members = {}
        self.stops = 0

    def __enter__(self):
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)
        return self

    def __exit__(self, *error):
        for process in self.members.values():
            if process.poll() is None:
                process.terminate()
        asked, deadline = self.stops, time.monotonic() + SECONDS_TO_STOP
        while any(process.poll() is None for process in self.members.values()):
            if time.monotonic() > deadline or self.stops > asked:  # too slow, or Ctrl-C a second time
                for process in self.members.values():
                    _kill_session(process)
            time.sleep(0.05)

    def _stop(self, number, frame):
        self.stops += 1

    def start(self, name, command, **options):
        self.members[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **options)

    def wait_until_answers(self, address):
        """True once a server at `address` answers HTTP, False when that will not happen any more."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address[0], address[0])  # noqa: S104
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not self.stops and not self._ended() and time.monotonic() < deadline:
            connection = http.client.HTTPConnection(host, address[1], timeout=1)
            try:
                connection.request("GET", "/healthz")
                connection.getresponse()
                return True
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()
        return False

    def wait(self):
        """Until a person says stop (0) or a member ends by itself (1, with a sentence)."""
        while not self.stops:
            for name in self._ended():
                code = self.members[name].returncode
                how = f"exit code {code}" if code >= 0 else f"signal {-code}"
                print(f"The {name} ended by itself ({how}), so everything is stopped.", file=sys.stderr)
                return 1
            time.sleep(0.1)
        return 0

    def _ended(self):
        return [name for name, process in self.members.items() if process.poll() is not None]


def _kill_session(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
