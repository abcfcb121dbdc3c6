"""`make test`: the whole suite, browser tests aside, on SQLite, then every test that touches a database on a real PostgreSQL.

Both always run; one closing line counts what ran.
Arguments go to pytest: `make test ARGS="tests/therapies -k wording"`.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import postgres
import processes

ROOT = Path(__file__).resolve().parent.parent
MOST_WORKERS = 4  # each needs its own database and its own connections
NOTHING_RAN = 5  # pytest's exit code


@dataclass
class Result:
    """What one run of pytest came to. Errors count as failures; so does a run that broke off or ran nothing."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    may_be_empty: bool = False

    @property
    def good(self) -> bool:
        return (self.passed > 0 or self.may_be_empty) and self.failed == 0

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def main(arguments: list[str]) -> list[Result]:
    return [on_sqlite(arguments), on_postgresql(arguments)]


def on_sqlite(arguments: list[str]) -> Result:
    environment = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    return run_pytest("SQLite", parallel(arguments), environment)


def on_postgresql(arguments: list[str]) -> Result:
    """Tests that touch no database cannot know which one it is: tests/conftest.py leaves them out here.

    Of tests that were asked for by name all may be of that kind.
    """
    options = ["--only-database", *parallel(arguments)]
    try:
        if os.environ.get("TEST_DATABASE_URL"):
            return run_pytest("TEST_DATABASE_URL", options, dict(os.environ), may_be_empty=bool(arguments))
        with postgres.running() as url:
            environment = {**os.environ, "TEST_DATABASE_URL": url}
            return run_pytest("PostgreSQL", options, environment, may_be_empty=bool(arguments))
    except postgres.NoPostgres as problem:
        print(f"PostgreSQL: {problem}", flush=True)
        return Result("PostgreSQL", failed=1)


def parallel(arguments: list[str]) -> list[str]:
    """A worker takes tests in their order, so what a class prepares once is prepared once; an idle one helps out."""
    workers = str(min(os.cpu_count() or 1, MOST_WORKERS))
    return ["-n", workers, "--dist", "worksteal", "--ignore=tests/browser", *arguments]


def run_pytest(name: str, arguments: list[str], environment: dict[str, str], *, may_be_empty: bool = False) -> Result:
    print(f"\n--- {name} ---", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        code = subprocess.run(
            [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments], cwd=ROOT, env=environment, check=False
        ).returncode
        result = read_report(name, report)
    result.may_be_empty = may_be_empty and code in {0, NOTHING_RAN}
    if code and not result.failed and not result.may_be_empty:  # broke off, was interrupted, or found no test
        result.failed = 1
    return result


def read_report(name: str, report: Path) -> Result:
    """Counts tests by name: pytest reports each subtest as a case of its own."""
    worst: dict[tuple, str] = {}
    for case in ElementTree.parse(report).iter("testcase") if report.exists() else ():  # noqa: S314  pytest wrote it
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        key = (case.get("classname"), case.get("name"))
        worst[key] = max(worst.get(key, outcome), outcome, key=["passed", "skipped", "failed"].index)
    return Result(name, *(list(worst.values()).count(outcome) for outcome in ("passed", "failed", "skipped")))


def closing_line(results: list[Result]) -> str:
    """Readable by a program that counts tests."""
    total = Result("", *(sum(getattr(result, part) for result in results) for part in ("passed", "failed", "skipped")))
    return "\n".join(["", *(f"{result.name}: {result}" for result in results), f"RESULT: {total}"])


if __name__ == "__main__":
    processes.clean_up_on_stop()
    try:
        outcome = main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
    print(closing_line(outcome), flush=True)
    sys.exit(0 if all(result.good for result in outcome) else 1)
