"""`make check`: everything that must hold before a change lands. Every step runs; the summary names those that failed.

On a build machine (CI=true) nothing may be skipped. Elsewhere a missing Node.js or Chromium is said plainly.
`python scripts/check.py types templates` runs these steps alone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
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
CORES = os.cpu_count() or 1
SKIPPED = 3  # exit code of a step run by itself


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


# Each keeps one core busy.
SHORT: dict[str, Callable[[], bool]] = {
    "types": types,
    "stylesheet": stylesheet,
    "templates": templates,
    "migrations": lambda: manage("makemigrations", "--check", "--dry-run"),
    "production settings": production,
    "lint": lambda: tool("ruff", "check", "."),
    "format": lambda: tool("ruff", "format", "--check", "."),
}


def run(name: str, step: Callable[[], bool]) -> str:
    print(f"\n=== {name}", flush=True)
    try:
        return "ok" if step() else "FAILED"
    except Skipped as reason:
        print(f"Skipped: {reason}.", flush=True)
        return f"skipped: {reason}"


def side_by_side(names: list[str]) -> dict[str, str]:
    """What came of these short steps, one on each core at a time. What each said is shown whole, in the order given."""
    started: dict[str, subprocess.Popen] = {}
    outcomes = {}
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        try:
            for name in names:
                while sum(process.poll() is None for process in started.values()) >= CORES:
                    time.sleep(0.05)
                with (folder / name).open("w") as said:
                    started[name] = subprocess.Popen(
                        [sys.executable, __file__, name],
                        stdin=subprocess.DEVNULL,
                        stdout=said,
                        stderr=subprocess.STDOUT,
                    )
            for name, process in started.items():
                code = process.wait()
                text = (folder / name).read_text(errors="replace")
                print(text, end="", flush=True)
                outcomes[name] = {0: "ok", SKIPPED: text[text.rfind("Skipped") :].strip()}.get(code, "FAILED")
        finally:
            for process in started.values():
                if process.poll() is None:  # somebody said stop
                    process.terminate()
                    process.wait()
    return outcomes


def alone(names: list[str]) -> int:
    """Run these short steps here, one after the other, and tell by the exit code what came of them."""
    outcomes = {run(name, SHORT[name]) for name in names}
    return 1 if "FAILED" in outcomes else 0 if "ok" in outcomes else SKIPPED


def main() -> int:
    results: list[suite.Result] = []
    outcomes = side_by_side(list(SHORT))
    outcomes["tests"] = run("tests", lambda: tests(results))
    outcomes["browser"] = run("browser", lambda: browser(results))
    outcomes["drill"] = run("drill", lambda: tool("drill", "short"))
    print("\n=== summary")
    for name, outcome in outcomes.items():
        print(f"{name:20} {outcome}")
    print(suite.closing_line(results), flush=True)
    return 1 if "FAILED" in outcomes.values() else 0


if __name__ == "__main__":
    processes.clean_up_on_stop()
    try:
        sys.exit(alone(sys.argv[1:]) if sys.argv[1:] else main())
    except KeyboardInterrupt:
        sys.exit(130)
