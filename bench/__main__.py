"""Measures on SQLite, then on a real PostgreSQL, and prints one table. Ends with 1 when SQLite misses a goal.

`python -m bench [send] [SQLite] [PostgreSQL]` measures Send alone, or on one database alone;
`python -m bench desk [keep=FOLDER] [requests] [SQLite] [PostgreSQL]` the desk with 1,000,000 requests, or with as many as
are named. A folder to keep holds the filled databases from one run to the next: filling takes most of the time, and the
next run measures alone. Remove it by hand afterwards.
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import env_file  # noqa: E402
import postgres  # noqa: E402
import processes  # noqa: E402

from bench import desk_lines, inside, memory, reading, sending, server, table, workers  # noqa: E402
from bench.table import Line, milliseconds, most, whole  # noqa: E402

ADMIN_PAGES, MOST_PAGES = 500, max(memory.SIZES)
SLOWEST = 6
SEARCH_GOAL = 10
MANY_REQUESTS = 1_000_000


def main(names: list[str]) -> int:
    if names[:1] == ["desk"]:
        return at_the_desk(names[1:])
    measured, names = (sends, names[1:]) if names[:1] == ["send"] else (everything, names)
    os.sched_setaffinity(0, {server.CORES[0]})
    results = {name: measured(name) for name in names or table.DATABASES}
    if "SQLite" in results:  # the goals are set there; PostgreSQL stands beside it
        results |= {name: table.without_goals(lines) for name, lines in results.items() if name != "SQLite"}
    table.show(results)
    missed = table.missed(next(iter(results.values())))
    print(f"\nMissed: {'; '.join(missed)}." if missed else "\nEvery goal is met.")
    return 1 if missed else 0


def at_the_desk(names: list[str]) -> int:
    """The desk alone, with very many requests: it takes minutes, and gigabytes of the disk."""
    kept = Path(names.pop(0).removeprefix("keep=")).resolve() if names and names[0].startswith("keep=") else None
    requests = int(names.pop(0)) if names and names[0].isdigit() else MANY_REQUESTS
    results = {}
    for name in names or table.DATABASES:
        with prepared(name, kept and kept / name) as (environment, _):
            say(name, f"{requests:,} requests, and looking at them")
            results[name] = desk_lines.measure(name, environment, requests)
    table.show(results)
    print("\nThe machine's load in the last minute, 5 and 15:", *(f"{load:.1f}" for load in os.getloadavg()))
    missed = [f"{name}: {what}" for name, lines in results.items() for what in table.missed(lines)]
    print(f"\nMissed: {'; '.join(missed)}." if missed else "\nEvery goal is met.")
    return 1 if missed else 0


def sends(name: str) -> list[Line]:
    """Send alone, on a new database that waits for the disk."""
    with prepared(name) as (environment, cpu):
        say(name, "sending")
        return sending.measure(environment, cpu)


def everything(name: str) -> list[Line]:
    """Everything on one database. Staff are measured on another one: their pages carry many rows."""
    with prepared(name) as (environment, cpu):
        say(name, "reading")
        lines = reading.measure(environment, cpu)
        lines += queries(environment)
        say(name, "publishing")
        lines += workers.measure(environment)
        say(name, "memory and search with more and more pages")
        inside.run(environment, "hide", min(memory.SIZES))
        lines += memory.measure(environment, min(memory.SIZES))
        inside.run(environment, "show")
        for pages in sorted(memory.SIZES)[1:]:
            inside.run(environment, "grow", pages)
            lines += memory.measure(environment, pages)
        lines += search(environment)
    with prepared(name) as (environment, _):
        say(name, "admin")
        few, before = inside.run(environment, "views"), inside.run(environment, "grow", 0)
        after = inside.run(environment, "grow", ADMIN_PAGES, "rows")
        lines += admin(few, inside.run(environment, "views"), before, after)
    return lines + sends(name)


@contextlib.contextmanager
def prepared(name: str, kept: Path | None = None) -> Iterator[tuple[dict[str, str], Callable[[], float]]]:
    """The site as it begins, on a new database: the environment of its processes, and its database's processor time.

    In a folder that is kept, it is as it was left.
    """
    with folder_of(kept) as folder, database(name, folder, kept and folder / "server") as (url, cpu):
        env_file.write_once(folder / "env")
        environment = {
            **os.environ,
            "BENCH_DATA": str(folder),
            "ENV_FILE": str(folder / "env"),
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "SITE_URL": "http://127.0.0.1:8000",
            "RELEASE": "bench",
            "DEBUG": "0",
        }
        if not (folder / desk_lines.FILLED).exists():
            inside.run(environment, "prepare")
        yield environment, cpu


@contextlib.contextmanager
def folder_of(kept: Path | None) -> Iterator[Path]:
    if kept is None:
        with tempfile.TemporaryDirectory(prefix="clinic-bench-") as name:
            yield Path(name)
        return
    kept.mkdir(mode=0o755, parents=True, exist_ok=True)
    yield kept


def queries(environment: dict[str, str]) -> list[Line]:
    visit, again = inside.run(environment, "queries", reading.PAGE)
    return [most("queries of the page", visit, 1, whole), most("queries of a 304", again, 1, whole)]


def search(environment: dict[str, str]) -> list[Line]:
    took = inside.run(environment, "searching")
    return [
        Line(f"library of {MOST_PAGES:,} pages: loading", milliseconds(took["load"])),
        Line(f"library of {MOST_PAGES:,} pages: index", milliseconds(took["index"])),
        Line(f"search in {MOST_PAGES:,} pages, p50", milliseconds(took["p50"])),
        most(f"search in {MOST_PAGES:,} pages, p95", took["p95"], SEARCH_GOAL, milliseconds),
    ]


def admin(few: dict, many: dict, before: dict, after: dict) -> list[Line]:
    """The slowest views with many rows, and whether any view asks more often than with few."""
    more = [
        f"{name} {few[name]['queries']} -> {one['queries']}"
        for name, one in many.items()
        if one["queries"] > few[name]["queries"]
    ]
    sizes = f"{after['pages']:,} pages and {after['evidence']:,} evidence rows"
    slowest = sorted(many, key=lambda name: -many[name]["ms"])[:SLOWEST]
    lines = [
        Line(f"admin, {sizes}: {name}", f"{many[name]['ms']:.0f} ms, {many[name]['queries']} queries")
        for name in slowest
    ]
    if more:
        print(f"More queries with {sizes} than with {before['pages']} and {before['evidence']}: {', '.join(more)}")
    return [*lines, most("admin: views that ask more often with more rows", len(more), 0, whole)]


@contextlib.contextmanager
def database(name: str, folder: Path, kept: Path | None = None) -> Iterator[tuple[str, Callable[[], float]]]:
    """A new database, and how to ask for the processor time of its server."""
    if name == "SQLite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}", lambda: 0.0
        return
    with postgres.running(is_durable=True, kept=kept) as url:
        data = Path(unquote(urlsplit(url).netloc.rpartition("@")[2])) / "data"
        master = int((data / "postmaster.pid").read_text().split()[0])
        yield url, lambda: sum(server.cpu_seconds(pid) for pid in [master, *server.children(master)])


def say(name: str, what: str) -> None:
    print(f"{name}: {what} ...", flush=True)


if __name__ == "__main__":
    processes.clean_up_on_stop()
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
