"""What a condition page costs a request, beside answers that cost as little as Django can."""

import statistics
from collections.abc import Callable

from bench import load, server
from bench.table import Line, least, most, ratio

ROUNDS = 15
REQUESTS = 400  # a round; pages made from rows get a tenth
PAGE = "/conditions/knee-osteoarthritis/"
BROWSER = {"Accept-Encoding": "gzip, deflate, br"}
VISIT, AGAIN, CONSTANT, BARE, ROWS = (
    "condition page, first visit",
    "condition page, 304",
    "constant of its size, same middleware",
    "constant of its size, no middleware",
    "condition page from rows, no library",
)


def measure(environment: dict[str, str], database_cpu: Callable[[], float]) -> list[Line]:
    """Rounds of all cases in turn. A ratio is of two cases in one round, so that what else runs here strikes both."""
    with server.running(environment) as site, server.running({**environment, "BENCH_BARE": "1"}) as bare:
        first = load.ask(site.port, PAGE, BROWSER)
        size = len(first.body)
        cases = {
            VISIT: (site, PAGE, BROWSER, REQUESTS),
            AGAIN: (site, PAGE, {**BROWSER, "If-None-Match": first.headers["etag"]}, REQUESTS),
            CONSTANT: (site, f"/bench/constant/{size}/", BROWSER, REQUESTS),
            BARE: (bare, f"/bench/constant/{size}/", BROWSER, REQUESTS),
            ROWS: (site, f"/bench/rows{PAGE.removeprefix('/conditions')}", BROWSER, REQUESTS // 10),
        }
        cpu: dict[str, list[float]] = {case: [] for case in cases}
        pace: dict[str, list[float]] = {case: [] for case in cases}
        for number in range(ROUNDS + 1):
            for case, (asked, path, headers, times) in cases.items():
                before = asked.cpu_seconds() + database_cpu()
                seconds = load.seconds_for(asked.port, path, headers, times)
                if number:  # the first round warms up
                    cpu[case].append((asked.cpu_seconds() + database_cpu() - before) / times)
                    pace[case].append(times / seconds)
    return [Line("size of the page, brotli", f"{size:,} bytes"), *costs(cpu, pace), *goals(cpu)]


def costs(cpu: dict[str, list[float]], pace: dict[str, list[float]]) -> list[Line]:
    lines = []
    for case in cpu:
        lines.append(Line(f"{case}: requests a second", f"{statistics.median(pace[case]):,.0f}"))
        lines.append(Line(f"{case}: CPU a request", f"{statistics.median(cpu[case]) * 1e6:,.0f} µs"))
    return lines


def goals(cpu: dict[str, list[float]]) -> list[Line]:
    def paired(one: str, other: str) -> float:
        return statistics.median(a / b for a, b in zip(cpu[one], cpu[other], strict=True))

    return [
        least("speed of the page : constant, same middleware", paired(CONSTANT, VISIT), 0.8, ratio),
        least("speed of the page : constant, no middleware", paired(BARE, VISIT), 0.6, ratio),
        most("cost of a 304 : of the page", paired(AGAIN, VISIT), 1.25, ratio),
        Line("speed of the page : from rows", f"{paired(ROWS, VISIT):.0f} times"),
    ]
