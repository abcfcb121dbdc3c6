"""The real site for a while: started as `make run` starts it, on a free port, with data of its own in a temporary folder."""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import env_file

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PASSWORD = re.compile(r"^\s+(\w+)\s+([a-z]{4}(?:-[a-z]{4})+)\s")
FROM_OUTSIDE = {"SITE_URL", "RELEASE", "DEBUG"}  # what this machine's environment must not decide


@dataclass
class Site:
    """Where the site answers, and the demonstration accounts it printed."""

    origin: str
    passwords: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def running() -> Iterator[Site]:
    """Start the site, wait until it answers, and take everything away afterwards, the mail it wrote too."""
    mail = ROOT / "var" / "mail"
    mail_before = set(mail.glob("*"))
    with tempfile.TemporaryDirectory(prefix="clinic-site-") as name:
        folder = Path(name)
        env_file.write_once(folder / "env")
        with (folder / "log").open("w") as log, _turn():
            port = _free_port()
            process = subprocess.Popen(
                [sys.executable, "scripts/serve.py"],
                cwd=ROOT,
                env=_environment(folder, port),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            site = Site(f"http://127.0.0.1:{port}")
            if not _read_until_ready(process, site):
                raise RuntimeError(f"The site did not start: {(folder / 'log').read_text()}")
        try:
            yield site
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
            for message in set(mail.glob("*")) - mail_before:
                message.unlink(missing_ok=True)


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """One start at a time: all share the folder of collected static files."""
    (ROOT / "var").mkdir(mode=0o700, exist_ok=True)
    with (ROOT / "var" / "starting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def _environment(folder: Path, port: int) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name not in FROM_OUTSIDE},
        "ENV_FILE": str(folder / "env"),
        "DATABASE_URL": f"sqlite:///{folder}/clinic.sqlite3",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }


def _read_until_ready(process: subprocess.Popen, site: Site) -> bool:
    for line in process.stdout:
        if found := PASSWORD.match(line):
            site.passwords[found[1]] = found[2]
        if line.startswith("Ctrl-C"):
            return True
    return False
