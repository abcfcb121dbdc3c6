"""The desk's part of the table: its goals, and how many times more a plain Django admin costs."""

import json
import math
from pathlib import Path

from bench import inside
from bench.table import Line, least, milliseconds, most

FILLED = "filled.json"  # in the folder of a database: how it was filled
P50, P95, FINDING, LARGEST_KB, TIMES_CHEAPER = 150, 300, 60, 100, 4
PLAIN = "the same rows in a plain Django admin"
ONE = "page of one request"


def measure(name: str, environment: dict[str, str], requests: int) -> list[Line]:
    """Fill the database with so many requests, unless it was filled before, and measure everything on it."""
    notes = Path(environment["BENCH_DATA"]) / FILLED
    if not notes.exists():
        notes.write_text(json.dumps({"requests": requests, **inside.run(environment, "fill", requests)}))
    filled = json.loads(notes.read_text())
    if filled["requests"] != requests:
        raise SystemExit(f"{notes.parent} was filled with {filled['requests']:,} requests: name another folder.")
    lines = [
        Line(f"{requests:,} requests: filled in", f"{filled['seconds']:,.0f} s"),
        Line(f"{requests:,} requests: size", f"{filled['bytes'] / 1e9:,.1f} GB"),
    ]
    return lines + lines_of(name, inside.run(environment, "desk"))


def lines_of(name: str, found: dict[str, dict[str, float]]) -> list[Line]:
    """Two lines for each page with its goals; none for what stands there to compare with."""
    lines = []
    for what, one in found.items():
        if what.startswith("finding"):
            lines.append(most(f"{what}: p95", one["p95"], FINDING, milliseconds))
            continue
        p50, p95 = (math.inf, math.inf) if what.startswith(PLAIN) else (P50, P95)
        lines.append(most(f"{what}: p50", one["p50"], p50, milliseconds))
        lines.append(most(f"{what}: p95", one["p95"], p95, milliseconds))
        lines.append(Line(f"{what}: processor time", milliseconds(one["cpu"])))
        lines.append(Line(f"{what}: queries, size", f"{one['queries']:.0f}, {one['kB']:.0f} kB"))
    lines.append(most(f"{ONE}: size", found[ONE]["kB"], LARGEST_KB, lambda kilobytes: f"{kilobytes:.0f} kB"))
    times = found[f"{PLAIN}: first page"]["cpu"] / found["list, first page"]["cpu"]
    shown = "a plain admin costs so many times more"
    # Elsewhere it is told; the goal is PostgreSQL's.
    lines.append(least(shown, times, TIMES_CHEAPER, _times) if name == "PostgreSQL" else Line(shown, _times(times)))
    return lines


def _times(number: float) -> str:
    return f"{number:.1f} times"
