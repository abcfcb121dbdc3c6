"""The packages in `node_modules`: what building stylesheets and measuring pages needs. Running the site needs none of it."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = ROOT / "node_modules" / ".stamp"


class NoNode(Exception):
    """The text is one sentence for the person who typed the command."""


def bring_up_to_date() -> None:
    """Install exactly what package-lock.json names, unless that is there already."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise NoNode("Node.js with npm is needed for this: sudo apt install nodejs npm")
    (ROOT / "var").mkdir(mode=0o700, exist_ok=True)
    with (ROOT / "var" / "node_packages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second finds them installed
        _install()


def _install() -> None:
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Installing package-lock.json into node_modules ...", flush=True)
    # No script of a package runs: none of ours needs to.
    if subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT, check=False).returncode:
        raise NoNode("npm could not install what package-lock.json names; its own words are above.")
    STAMP.write_text(wanted)


if __name__ == "__main__":
    try:
        bring_up_to_date()
    except NoNode as problem:
        sys.exit(str(problem))
