"""How soon every worker shows what was published."""

import time

from bench import inside, load, server
from bench.table import Line, milliseconds, most, whole

TIMES = 12
WORKERS = 2
PAGE = "/conditions/knee-osteoarthritis/"


def measure(environment: dict[str, str]) -> list[Line]:
    """Publish again and again; after each time ask every worker once."""
    with server.running(environment) as first, server.running(environment) as second:
        workers = [first, second]
        for worker in workers:
            load.ask(worker.port, PAGE)
        stale, took = 0, []
        for number in range(TIMES):
            said = f"Published for the {number + 1}. measurement."
            inside.run(environment, "publish", PAGE.split("/")[2], said)
            begin = time.perf_counter()
            for worker in workers:
                stale += said not in load.ask(worker.port, PAGE).body.decode()
            took.append((time.perf_counter() - begin) * 1000)
    return [
        most("answers that were old after publishing", stale, 0, whole),
        Line(f"until {WORKERS} workers have shown it, median", milliseconds(sorted(took)[TIMES // 2])),
    ]
