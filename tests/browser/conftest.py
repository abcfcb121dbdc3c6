"""The real site, started as `make run` starts it, with data of its own; and a Chromium to open it."""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.watching import Visit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import env_file  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PASSWORD = re.compile(r"^\s+(\w+)\s+([a-z]{4}(?:-[a-z]{4})+)\s")


@dataclass
class Site:
    """Where the site answers, and the demonstration accounts it printed."""

    origin: str
    passwords: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    folder = tmp_path_factory.mktemp("site")
    env_file.write_once(folder / "env")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"SITE_URL", "RELEASE", "DEBUG"}},
        "ENV_FILE": str(folder / "env"),
        "DATABASE_URL": f"sqlite:///{folder}/clinic.sqlite3",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    mail = ROOT / "var" / "mail"
    mail_before = set(mail.glob("*"))
    with (folder / "log").open("w") as log, (folder.parent / "starting").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # two workers share the folder of collected static files
        process = subprocess.Popen(
            [sys.executable, "scripts/serve.py"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            started = _read_until_ready(process, Site(f"http://127.0.0.1:{port}"))
            assert started, (folder / "log").read_text()
            fcntl.flock(turn, fcntl.LOCK_UN)
            yield started
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
            for message in set(mail.glob("*")) - mail_before:
                message.unlink()


def _read_until_ready(process, site):
    for line in process.stdout:
        if found := PASSWORD.match(line):
            site.passwords[found[1]] = found[2]
        if line.startswith("Ctrl-C"):
            return site
    return None


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(site, chromium):
    """Opens pages: `page = visit("/conditions/")`, `visit(path, width=390, javascript=False)`."""
    visits = []

    def open_page(path: str, **options):
        visits.append(Visit(chromium, site.origin, **options))
        visits[-1].go(path)
        return visits[-1]

    yield open_page
    for opened in visits:
        opened.context.close()
