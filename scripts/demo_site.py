"""The real site for a while: started as `make run` starts it, on a free port, with data of its own in a temporary folder."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import env_file

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Without a desk of its own it opens the same pages with less work, where the system has it.
HEADLESS = shutil.which("chromium-headless-shell") or CHROMIUM
PASSWORD = re.compile(r"^\s+(\w+)\s+([a-z]{4}(?:-[a-z]{4})+)\s")
DATABASE = "clinic.sqlite3"
FROM_OUTSIDE = {"SITE_URL", "RELEASE", "DEBUG"}  # what this machine's environment must not decide


@dataclass
class Site:
    """Where the site answers, where its rows are, and the demonstration accounts it printed."""

    origin: str
    database: Path
    passwords: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def running(prepared: Path | None = None) -> Iterator[Site]:
    """Start the site, wait until it answers, and take everything away afterwards, the mail it wrote too.

    `prepared` is a folder for the data of a site that has just been set up: the first start fills it, every later one
    begins with a copy of what it holds.
    """
    mail = ROOT / "var" / "mail"
    mail_before = set(mail.glob("*"))
    with tempfile.TemporaryDirectory(prefix="clinic-site-") as name:
        folder = Path(name)
        with (folder / "log").open("w") as log, _turn():
            site = Site(f"http://127.0.0.1:{(port := _free_port())}", folder / DATABASE)
            if prepared and prepared.exists():
                _copy(prepared, folder)
                site.passwords |= json.loads((prepared / "passwords.json").read_text())
            env_file.write_once(folder / "env")
            process = subprocess.Popen(
                [sys.executable, "scripts/serve.py"],
                cwd=ROOT,
                env=_environment(folder, port),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            if not _read_until_ready(process, site):
                raise RuntimeError(f"The site did not start: {(folder / 'log').read_text()}")
            if prepared and not prepared.exists():
                prepared.mkdir(mode=0o700)
                _copy(folder, prepared)
                (prepared / "passwords.json").write_text(json.dumps(site.passwords))
        try:
            yield site
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
            for message in set(mail.glob("*")) - mail_before:
                message.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """The secrets of a site and its database, which may be open."""
    shutil.copy(source / "env", target / "env")
    ours, theirs = sqlite3.connect(source / DATABASE), sqlite3.connect(target / DATABASE)
    with contextlib.closing(ours), contextlib.closing(theirs):
        ours.backup(theirs)


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
        "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
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
