"""Kills the server, refuses mail and stops the database, on SQLite and PostgreSQL. Ends with 1 when a promise broke.

`python -m drill [short] [SQLite] [PostgreSQL]`
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from drill import endings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import env_file  # noqa: E402
import postgres  # noqa: E402

LONG = {"prepare": 1, "kill": 200, "mail": 1000, "stop": 20}
SHORT = {"prepare": 0, "kill": 10, "mail": 50, "stop": 2}
NAMES = {
    "prepare": "a new site",
    "kill": "the server killed during Send",
    "mail": "a mail server that misbehaves",
    "stop": "the database stopped during Send",
}
DATABASES = ("SQLite", "PostgreSQL")

Reports = dict[str, dict[str, dict]]  # of each database, of each part


def main(arguments: list[str]) -> int:
    length = "short" if arguments[:1] == ["short"] else "long"
    times = SHORT if length == "short" else LONG
    os.environ["DRILL_LENGTH"] = length
    names = [name for name in arguments if name in DATABASES] or list(DATABASES)
    begin = time.monotonic()
    reports: Reports = {name: {} for name in names}
    with Drills() as drills:
        # Each database has its own servers and files, so they go side by side.
        for name in names:
            drills.start(name, times, reports[name])
        drills.wait()
    print(f"\nIt took {time.monotonic() - begin:.0f} seconds.")
    return verdict(reports, times)


def parts_of(name: str, times: dict[str, int]) -> dict[str, int]:
    """What is drilled on this database: SQLite has no server to stop."""
    return {part: number for part, number in times.items() if (name, part) != ("SQLite", "stop")}


class Drills:
    """The processes at work. When somebody says stop they end in good order, and no other begins."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []
        self.ended = threading.Semaphore(0)
        self.at_work: list[subprocess.Popen] = []
        self.is_over = False
        self.lock = threading.Lock()

    def __enter__(self) -> "Drills":
        return self

    def __exit__(self, *error: object) -> None:
        with self.lock:
            self.is_over = True
            for process in self.at_work:
                process.terminate()
        for thread in self.threads:
            thread.join()

    def start(self, name: str, times: dict[str, int], reports: dict[str, dict]) -> None:
        """Drill this database in a thread."""

        def run() -> None:
            try:
                self.run(name, times, reports)
            finally:
                self.ended.release()

        thread = threading.Thread(target=run)
        self.threads.append(thread)
        thread.start()

    def wait(self) -> None:
        """Until all ended. Not by join(): a signal in the middle of one makes Python forget that thread."""
        for _ in self.threads:
            self.ended.acquire()

    def run(self, name: str, times: dict[str, int], reports: dict[str, dict]) -> None:
        """All parts on one database. What a part found stands in `reports` as soon as it ends."""
        parts = parts_of(name, times)
        command = [sys.executable, "-m", "drill.inside", *(f"{part}={number}" for part, number in parts.items())]
        with (
            sorry(name),
            prepared(name) as environment,
            (Path(environment["DRILL_DATA"]) / "complaints").open("w+") as complaints,
        ):
            with self.lock:
                if self.is_over:
                    return
                process = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    text=True,
                    start_new_session=True,  # Ctrl-C reaches only us
                )
                self.at_work.append(process)
            with process:
                for line in process.stdout or ():
                    report = json.loads(line)
                    reports[report["part"]] = report
                    said = "broke a promise" if report["breaches"] else "done"
                    print(f"{name}: {NAMES[report['part']]}: {said}", flush=True)
            if process.returncode and not self.is_over:
                complaints.seek(0)
                print(f"{name}: ended with {process.returncode}: {complaints.read()[-1500:].strip()}", flush=True)


@contextlib.contextmanager
def prepared(name: str) -> Iterator[dict[str, str]]:
    """The environment of a site of its own on a new database that waits for the disk."""
    with tempfile.TemporaryDirectory(prefix="clinic-drill-") as folder, contextlib.ExitStack() as at_end:
        env_file.write_once(Path(folder) / "env")
        sqlite = f"sqlite:///{folder}/drill.sqlite3"
        url = sqlite if name == "SQLite" else at_end.enter_context(postgres.running(is_durable=True))
        yield {
            **os.environ,
            "DRILL_DATA": folder,
            "ENV_FILE": f"{folder}/env",
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "drill.settings",
            "SITE_URL": "http://127.0.0.1:8000",
            "BEHIND_PROXY": "1",  # so that each form comes from an address of its own
            "RELEASE": "drill",
            "DEBUG": "0",
        }


@contextlib.contextmanager
def sorry(name: str) -> Iterator[None]:
    """A database that cannot be had here is said in a sentence; the verdict counts its parts as not run."""
    try:
        yield
    except postgres.NoPostgres as problem:
        print(f"{name}: {problem}", flush=True)


def verdict(reports: Reports, times: dict[str, int]) -> int:
    """Print the table. 1 when a promise broke, or a part did not run."""
    breaches = []
    for name, parts in reports.items():
        for part in parts_of(name, times):
            if part not in parts:
                breaches.append(f"{name}: {NAMES[part]}: did not run")
                continue
            if parts[part]["counts"]:
                print(f"\n{name}: {NAMES[part]}")
            for what, number in parts[part]["counts"].items():
                print(f"  {what:50} {number:>6}")
            breaches += [f"{name}: {NAMES[part]}: {breach}" for breach in parts[part]["breaches"]]
    for breach in breaches:
        print(f"BROKEN  {breach}")
    print(
        f"\n{len(breaches)} promises broken." if breaches else "\nNothing lost, nothing doubled, nothing half written."
    )
    return 1 if breaches else 0


if __name__ == "__main__":
    endings.clean_up_once()
    sys.exit(main(sys.argv[1:]))
