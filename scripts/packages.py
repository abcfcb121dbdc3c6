"""The virtual environment `.venv` and its packages: made once, filled again only when the requirements change.

`python3 scripts/packages.py requirements-dev.txt` brings it up to date. Runs on the machine's own Python, standard library only.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "var" / "pip.log"


class CannotPrepare(Exception):
    """The machine lacks something. The text is one sentence for the person who typed the command."""


def bring_up_to_date(requirements):
    """Install `requirements` (a file name in the project's root) unless exactly these are installed already."""
    if sys.version_info < (3, 11):
        raise CannotPrepare("Python 3.11 or newer is needed; this is {}.{}.".format(*sys.version_info[:2]))
    stamp = VENV / (requirements + ".stamp")
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == _wanted(requirements):
        return
    if not _works():
        _create()
    print(f"Installing {requirements} into .venv ...", flush=True)
    _install(requirements)
    stamp.write_text(_wanted(requirements))


def _wanted(requirements):
    """A hash of all that decides what is installed: the files, those they name, and the interpreter."""
    digest = hashlib.sha256(str(PYTHON.resolve()).encode())
    files = [requirements]
    for name in files:
        text = (ROOT / name).read_text(encoding="utf-8")
        digest.update(text.encode())
        files += [line.split()[1] for line in text.splitlines() if line.startswith(("-r ", "-c "))]
    return digest.hexdigest()


def _works():
    """Whether `.venv` is whole: an interrupted start or an upgrade of Python can leave half of one."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([str(PYTHON), "-c", probe], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _create():
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise CannotPrepare(
            "Python cannot make a virtual environment here. Install it first: sudo apt install python3-venv"
        )
    print("Making the virtual environment .venv ...", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        last = ((made.stderr or made.stdout).strip().splitlines() or ["no reason given"])[-1]
        raise CannotPrepare(f"The virtual environment .venv could not be made: {last}")


def _install(requirements):
    LOG.parent.mkdir(mode=0o700, exist_ok=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--retries", "2"]
    if os.environ.get("CI") == "true" and not os.environ.get("PYTHONDONTWRITEBYTECODE"):
        pip.append("--no-compile")  # most of it is never imported there; Python compiles what is, and keeps it
    with LOG.open("w", encoding="utf-8") as log:
        result = subprocess.run(
            [*pip, "--timeout", "20", "-r", requirements], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, check=False
        )
    if result.returncode == 0:
        return
    text = LOG.read_text(encoding="utf-8", errors="replace")
    if "Retrying (" in text:
        raise CannotPrepare(
            "pip could not reach the package index. Check the network and try again; var/pip.log has the details."
        )
    errors = [line[6:].strip() for line in text.splitlines() if line.startswith("ERROR:")]
    why = f" ({errors[-1][:200]})" if errors else ""
    raise CannotPrepare(f"pip could not install {requirements}{why}; var/pip.log has the details.")


if __name__ == "__main__":
    try:
        bring_up_to_date(sys.argv[1])
    except CannotPrepare as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)
