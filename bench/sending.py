"""What Send costs, beside the two-row form and beside its own rows alone, and whether it keeps what it says it kept."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from bench import inside, posting, server
from bench.table import Line, least, milliseconds, most, ratio, whole

ROUNDS = 15
EACH = 40  # forms of each case in a round
CONNECTIONS, TOGETHER = 8, 400
SEND, ROWS, TWO = "Send", "its rows alone, by the ORM", "the two-row form"
TWO_ROWS_FORM = {
    "name": "Jane Example",
    "email": "jane@example.org",
    "phone": "+1 202 555 0100",
    "page": "page-7",
    "message": "I have had knee pain for two years and would like to know whether a consultation makes sense. " * 3,
}


@dataclass
class Measured:
    """One case: for each round forms a second and processor seconds a form, and the time of every single form."""

    pace: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def measure(environment: dict[str, str], database_cpu: Callable[[], float]) -> list[Line]:
    """Rounds of all cases in turn over one connection; then many at once over eight."""
    environment = {**environment, "BEHIND_PROXY": "1"}  # so that each request comes from an address of its own
    with (
        server.running(environment) as site,
        server.running(two_rows(environment), "bench.two_rows.wsgi:application") as yardstick,
    ):
        asked = {SEND: site, ROWS: site, TWO: yardstick}
        results = {case: Measured() for case in asked}
        forms = {case: forms_of(case, environment, EACH * (ROUNDS + 1)) for case in asked}
        for number in range(ROUNDS + 1):
            for case, where in asked.items():
                now = forms[case][EACH * number : EACH * (number + 1)]
                before = where.cpu_seconds() + database_cpu()
                answers, seconds = posting.post_all(where.port, now, connections=1)
                cpu = where.cpu_seconds() + database_cpu() - before
                acknowledged(answers, case)
                if number:  # the first round warms up
                    results[case].pace.append(len(answers) / seconds)
                    results[case].cpu.append(cpu / len(answers))
                    results[case].seconds += [answer.seconds for answer in answers]
        return [*costs(results), *goals(results), *together(environment, asked)]


def two_rows(environment: dict[str, str]) -> dict[str, str]:
    """The environment of the two-row form, on a database of its own beside the site's."""
    url = urlsplit(environment["DATABASE_URL"])
    if url.scheme == "sqlite":
        url = url._replace(path=f"{url.path}-two-rows")
    else:
        connection = psycopg2.connect(environment["DATABASE_URL"])
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE two_rows")
        connection.close()
        url = url._replace(path="/two_rows")
    # urlunsplit drops the two slashes that stand for "no host", and with them an absolute path.
    address = urlunsplit(url) if url.netloc else f"{url.scheme}://{url.path}"
    own = {**environment, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "bench.two_rows.settings"}
    subprocess.run([sys.executable, "-m", "bench.two_rows.begin"], cwd=server.ROOT, env=own, check=True)
    return own


def forms_of(case: str, environment: dict[str, str], number: int) -> list[bytes]:
    if case == SEND:
        return [posting.form_bytes(**each) for each in inside.run(environment, "ready", number)]
    path, fields = ("/bench/send/", {}) if case == ROWS else ("/inquiry/", TWO_ROWS_FORM)
    return [posting.form_bytes(path, fields)] * number


def acknowledged(answers: list[posting.Answer], case: str) -> int:
    """How many different confirmations were given. Anything but a redirect is no measurement."""
    wrong = [answer for answer in answers if answer.status not in {302, 303}]
    if wrong or (case == SEND and not all(answer.location.endswith("/sent/") for answer in answers)):
        raise RuntimeError(f"{case}: {len(wrong)} of {len(answers)} were not accepted ({answers[-1]})")
    return len({answer.location for answer in answers})


def costs(results: dict[str, Measured]) -> list[Line]:
    lines = []
    for case, one in results.items():
        lines.append(Line(f"{case}: a second, one connection", whole(statistics.median(one.pace))))
        lines.append(Line(f"{case}: CPU a form", f"{statistics.median(one.cpu) * 1e6:,.0f} µs"))
        lines.append(Line(f"{case}: p50", milliseconds(percentile(one.seconds, 0.5))))
        lines.append(Line(f"{case}: p95", milliseconds(percentile(one.seconds, 0.95))))
    return lines


def goals(results: dict[str, Measured]) -> list[Line]:
    def paired(name: str, one: str, other: str) -> float:
        return statistics.median(
            a / b for a, b in zip(getattr(results[one], name), getattr(results[other], name), strict=True)
        )

    return [
        least("rate of Send : the two-row form", paired("pace", SEND, TWO), 0.25, ratio),
        Line("CPU of the two-row form : Send", ratio(paired("cpu", TWO, SEND))),
        Line("rate of Send : its rows alone", ratio(paired("pace", SEND, ROWS))),
        Line("CPU of its rows alone : Send", ratio(paired("cpu", ROWS, SEND))),
        most("Send, p95 at one connection", percentile(results[SEND].seconds, 0.95), 25, milliseconds),
    ]


def together(environment: dict[str, str], asked: dict[str, server.Server]) -> list[Line]:
    """Many sends at once: each that was acknowledged is stored whole, and nothing else is."""
    before = inside.run(environment, "stored")
    forms = forms_of(SEND, environment, TOGETHER)
    answers, seconds = posting.post_all(asked[SEND].port, forms, CONNECTIONS)
    given = acknowledged(answers, SEND)
    after = inside.run(environment, "stored")
    stored = {what: number - before[what] for what, number in after.items()}
    _, two_seconds = posting.post_all(asked[TWO].port, forms_of(TWO, environment, TOGETHER), CONNECTIONS)
    return [
        Line(f"Send: a second, {CONNECTIONS} connections", whole(TOGETHER / seconds)),
        Line(f"the two-row form: a second, {CONNECTIONS} connections", whole(TOGETHER / two_seconds)),
        Line(
            f"Send: p95, {CONNECTIONS} connections", milliseconds(percentile([each.seconds for each in answers], 0.95))
        ),
        Line(f"of {TOGETHER} sends over {CONNECTIONS} connections acknowledged", whole(given)),
        most("acknowledged and not stored whole, or the reverse", difference(given, stored), 0, whole),
        Line("load of the machine at the end", ratio(os.getloadavg()[0])),
    ]


def difference(given: int, stored: dict[str, int]) -> int:
    """By how much what is stored differs from what was acknowledged, at worst."""
    return max(abs(number - given) for number in stored.values())


def percentile(seconds: list[float], part: float) -> float:
    """In milliseconds."""
    return sorted(seconds)[int(len(seconds) * part)] * 1000
