"""The second half of `make run`, inside the virtual environment: prepares the data, then serves the site and sends its mail.

Whatever can go wrong on a new machine ends in one sentence. What this script started, it stops.
"""

import errno
import hashlib
import importlib
import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import processes

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what a person opens when HOST means "every address"


class CannotServe(Exception):
    """The text is one sentence for the person who typed `make run`."""


def main() -> int:
    settings = load_settings()
    (ROOT / "var").mkdir(mode=0o700, exist_ok=True)  # database and mail are for this account alone
    with listen() as listener:
        adopt_address(settings, listener)
        prepare()
        return serve(listener)


def load_settings():
    from django.core.exceptions import ImproperlyConfigured

    try:
        return importlib.import_module("clinic.settings")
    except ImproperlyConfigured as problem:
        raise CannotServe(str(problem)) from None


def listen() -> socket.socket:
    """The socket the site will answer on. Taken before anything else, so that a busy port changes nothing."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise CannotServe(f"PORT is {port!r}. Write a whole number from 1 to 65535.")
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
        listener.listen(256)
    except (OSError, UnicodeError) as problem:
        listener.close()
        if getattr(problem, "errno", None) == errno.EADDRINUSE:
            raise CannotServe(
                f"Port {port} is busy: another program answers there. Stop it, or use another port: make run PORT=8001"
            ) from None
        raise CannotServe(f"The site cannot listen on {host}, port {port} ({problem}).") from None
    return listener


def adopt_address(settings, listener: socket.socket) -> None:
    """On this machine alone, links follow the address that is served. A public SITE_URL is left as it is."""
    host, port = listener.getsockname()[:2]
    host = EVERY_ADDRESS.get(host, host)
    site = urlsplit(settings.SITE_URL)
    if site.hostname == "localhost" and host in {"127.0.0.1", "::1"}:
        host = "localhost"
    if settings.ON_LOOPBACK and not settings.HTTPS and (site.hostname, site.port or 80) != (host, port):
        os.environ["SITE_URL"] = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    # Part of every public page's ETag: a change of the code reaches browsers that kept a page.
    if not os.environ.get("RELEASE"):
        os.environ["RELEASE"] = hash_of("clinic", "therapies", "inquiries", "templates", "static")[:12]
    importlib.reload(settings)


def prepare() -> None:
    """Bring database, starter content, demo accounts and static files up to date. Destroys nothing."""
    os.umask(0o077)  # the database and the demonstration's mail are for this account alone
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import OperationalError

    try:
        django.setup()
        print("Bringing the database and the pages up to date ...", flush=True)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("demo_clinic")
        call_command("load_content", verbosity=0)  # one line, so that the passwords below stay in sight
        from clinic.models import ClinicProfile  # only now: Django had to be set up first

        if ClinicProfile.is_demonstration():
            call_command("demo_staff")
        collect_static(call_command)
    except OperationalError as problem:
        reason = str(problem).strip().splitlines()[0]
        raise CannotServe(f"The database that DATABASE_URL names cannot be used: {reason}") from None
    except (ImproperlyConfigured, CommandError) as problem:
        raise CannotServe(str(problem)) from None


def collect_static(call_command) -> None:
    """Collect and compress the static files, unless these very files and packages were collected before."""
    packages = ROOT / ".venv" / "requirements.txt.stamp"
    wanted = hash_of("static") + (packages.read_text() if packages.exists() else "")
    stamp, manifest = ROOT / "var" / "static.stamp", ROOT / "staticfiles" / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print("Collecting and compressing the static files ...", flush=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(wanted)


def hash_of(*folders: str) -> str:
    """A hash of every file in these folders of the project, names included."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def serve(listener: socket.socket) -> int:
    from django.conf import settings

    gunicorn = [sys.executable, "-m", "gunicorn", "clinic.wsgi:application", "--bind", f"fd://{listener.fileno()}"]
    gunicorn += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
    # A warning about an address it cannot read would hold that address, and with it what somebody searched for.
    gunicorn += ["--graceful-timeout", "5", "--log-level", "error"]
    with processes.Family() as family:
        # What making the search index took goes back to the machine at once, and threads share one heap.
        environment = {**os.environ, "MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_ARENA_MAX": "1"}
        family.start("web server", gunicorn, pass_fds=[listener.fileno()], env=environment)
        family.start("mail worker", [sys.executable, "manage.py", "run_outbox"])
        if family.wait_until_answers(listener.getsockname()[:2]):
            print(f"\nThe site is running.\n  Site    {settings.SITE_URL}/\n  Staff   {settings.SITE_URL}/admin/")
            if not settings.EMAIL_HOST:
                print(f"  Mail    {settings.EMAIL_FILE_PATH} (no mail server is set, so mail goes into this folder)")
            print("Ctrl-C stops it.", flush=True)
        return family.wait()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotServe as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)
