"""`make check`: everything that must hold before a change lands. Every step runs; the summary names those that failed.

On a build machine (CI=true) nothing may be skipped. Elsewhere a missing Node.js or Chromium is said plainly.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import demo_site
import env_file
import node_packages
import processes
import suite

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
IN_CI = os.environ.get("CI") == "true"


class Skipped(Exception):
    """This machine lacks something that only a build machine must have. The text says what."""


def tool(name: str, *arguments: str, **environment: str) -> bool:
    """Run a Python tool of the virtual environment, whole output shown. True when it found nothing wrong."""
    command = [sys.executable, "-m", name, *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode == 0


def manage(*arguments: str, **environment: str) -> bool:
    """Run a management command with secrets of its own, so that no `.env` and no data of this machine matter."""
    with tempfile.TemporaryDirectory() as folder:
        secrets = Path(folder) / "env"
        env_file.write_once(secrets)
        own = {"ENV_FILE": str(secrets), "DATABASE_URL": f"sqlite:///{folder}/check.sqlite3", "DEBUG": "0"}
        command = [sys.executable, "-W", "error::RuntimeWarning", "manage.py", *arguments]
        environment = {**os.environ, **own, **environment}
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def types() -> bool:
    from tests.architecture.floors import typed_paths

    return tool("mypy", *typed_paths(ROOT))


def templates() -> bool:
    return tool("djlint", "templates", "--lint", "--quiet")


def production() -> bool:
    """Django's and our own checks with the settings of a real site."""
    return manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SITE_URL="https://clinic.example",
        DATABASE_URL="postgresql://clinic@db.example/clinic",
        EMAIL_HOST="mail.example",
        BEHIND_PROXY="1",
        RELEASE="check",
    )


def stylesheet() -> bool:
    try:
        node_packages.bring_up_to_date()
    except node_packages.NoNode as problem:
        if IN_CI or shutil.which("npm"):
            print(problem)
            return False
        raise Skipped("no Node.js here, so the stylesheet was not compared with its sources") from None
    return subprocess.run(["node", "scripts/build_css.mjs", "--check"], cwd=ROOT, check=False).returncode == 0


def browser(results: list[suite.Result]) -> bool:
    if not demo_site.HEADLESS:
        if IN_CI:
            print("Chromium is required on a build machine: sudo apt install chromium")
            return False
        raise Skipped("no Chromium here, so the pages were not opened in a browser")
    result = suite.run_pytest("Browser", ["tests/browser", "-n", "2"], dict(os.environ))
    results.append(result)
    return result.good


def tests(results: list[suite.Result]) -> bool:
    results.extend(suite.main([]))
    return all(result.good for result in results)


def run(name: str, step: Callable[[], bool]) -> tuple[str, str]:
    print(f"\n=== {name}", flush=True)
    try:
        return name, "ok" if step() else "FAILED"
    except Skipped as reason:
        print(f"Skipped: {reason}.", flush=True)
        return name, f"skipped: {reason}"


def main() -> int:
    results: list[suite.Result] = []
    steps: list[tuple[str, Callable[[], bool]]] = [
        ("lint", lambda: tool("ruff", "check", ".")),
        ("format", lambda: tool("ruff", "format", "--check", ".")),
        ("types", types),
        ("templates", templates),
        ("migrations", lambda: manage("makemigrations", "--check", "--dry-run")),
        ("production settings", production),
        ("stylesheet", stylesheet),
        ("tests", lambda: tests(results)),
        ("browser", lambda: browser(results)),
        ("drill", lambda: tool("drill", "short")),
    ]
    outcomes = [run(name, step) for name, step in steps]
    print("\n=== summary")
    for name, outcome in outcomes:
        print(f"{name:20} {outcome}")
    print(suite.closing_line(results), flush=True)
    return 1 if any(outcome == "FAILED" for _, outcome in outcomes) else 0


if __name__ == "__main__":
    processes.clean_up_on_stop()
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
