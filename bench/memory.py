"""What a worker holds in memory when it has shown every page it can keep."""

import math

from bench import inside, load, server
from bench.table import Line, megabytes, most

SIZES = (15, 150, 1500)
GOAL = 150
BROWSER = {"Accept-Encoding": "br"}
MATRIX_UP_TO = 150  # beyond, every condition against every treatment is no page that anybody would ask for
MOST_ASKED = 600  # finished pages are kept up to a number of bytes, which so many more than fill


def measure(environment: dict[str, str], pages: int) -> list[Line]:
    paths = inside.run(environment, "addresses")[:MOST_ASKED]
    with server.running(environment) as worker:
        matrix = ["/evidence/"] if pages <= MATRIX_UP_TO else []
        for path in ["/", "/conditions/", "/treatments/", "/search/?q=knee+pain", *matrix, *paths]:
            answer = load.ask(worker.port, path, BROWSER)
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
        proportional, resident = worker.memory_mb()
    what = f"memory of a worker with {pages:,} pages"
    goal = GOAL if pages == max(SIZES) else math.inf
    return [most(what, proportional, goal, megabytes), Line(f"{what}, resident", megabytes(resident))]
