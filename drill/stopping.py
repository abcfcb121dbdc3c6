"""The database server stops and starts again while forms are being sent."""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.db import connections

from bench.server import ROOT
from drill import endings, forks, forms, web
from drill.report import Report

sys.path.insert(0, str(ROOT / "scripts"))
import postgres  # noqa: E402

SECONDS_TO_STOP = 20
TIMES_AGAIN = 20


def run(rounds: int) -> Report:
    """So many stops, by turns in good order and by a crash. Forms not acknowledged are sent again."""
    report = Report()
    database = Database()
    ready = forms.ready((rounds + 2) * forms.TOGETHER)
    with contextlib.ExitStack() as at_end, web.running() as server:
        at_end.callback(database.close)
        whole, seconds = forms.undisturbed(server.port, ready[-2 * forms.TOGETHER :])
        for number in range(rounds):
            group = ready[number * forms.TOGETHER : (number + 1) * forms.TOGETHER]
            connections.close_all()
            sending = forms.Sending(server.port, group)
            time.sleep(forms.a_moment_of(seconds))
            database.stop(signal.SIGQUIT if number % 2 else signal.SIGINT)
            sending.wait()
            for form in group:
                if form.answer is None or form.answer.status not in {303, 503}:
                    said = form.answer.status if form.answer else "no answer"
                    report.breaches.append(f"database away: {said} instead of a page that says so. {_last_error()}")
            database.start()
            forms.check(group, whole, report, "database away")
            _send_again(server.port, group)
            forms.check_sent_again(group, whole, report)
            report.count("database stopped and started")
    return report


def _send_again(port: int, group: list[forms.Form]) -> None:
    """As a person would: until it is confirmed. A server may hold connections that died with the database."""
    forms.Sending(port, group).wait()
    for _ in range(TIMES_AGAIN):
        left = [form for form in group if not form.is_acknowledged]
        if not left:
            return
        time.sleep(0.1)
        forms.Sending(port, left).wait()


def _last_error() -> str:
    """What the server's log says of it."""
    errors = [line for line in forks.log_file().read_text().splitlines() if '"ERROR"' in line]
    return errors[-1][-600:] if errors else ""


class Database:
    """The PostgreSQL that DATABASE_URL names, found by the files of its folder."""

    def __init__(self) -> None:
        self.folder = Path(unquote(urlsplit(os.environ["DATABASE_URL"]).netloc.rpartition("@")[2]))
        self.command = shlex.split((self.folder / "data" / "postmaster.opts").read_text())
        self.process: subprocess.Popen | None = None

    def stop(self, number: int) -> None:
        file = self.folder / "data" / "postmaster.pid"
        pid = int(file.read_text().split()[0])
        os.kill(pid, number)
        deadline = time.monotonic() + SECONDS_TO_STOP
        while file.exists():
            if time.monotonic() > deadline:
                raise TimeoutError("PostgreSQL did not stop.")
            time.sleep(0.02)
        if self.process:
            self.process.wait()

    def start(self) -> None:
        with endings.held():
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd=self.folder,
                **postgres.as_account(postgres.unprivileged_account()),
            )
        endings.end_if_asked()
        postgres.wait_until_ready(self.process, self.folder)

    def close(self) -> None:
        """Stop what was started here."""
        if self.process:
            postgres.stop(self.process)
