"""The tasks that run inside Django: small functions of strings, with results that JSON can carry."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import admin, desk, pages, sends
from therapies import library, publishing, search
from therapies.models import Page

SEARCHES = 600


def prepare() -> dict[str, int]:
    """An empty database becomes the site as `make run` begins it."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("demo_clinic", verbosity=0)
    call_command("load_content", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    return pages.counts()


def grow(number: str, rows: str = "") -> dict[str, int]:
    pages.grow(int(number), with_rows=rows == "rows")
    return pages.counts()


def hide(number: str) -> dict[str, int]:
    pages.hide_all_but(int(number))
    return pages.counts()


def show() -> dict[str, int]:
    pages.show_again()
    return pages.counts()


def publish(slug: str, summary: str) -> None:
    page = Page.objects.get(slug=slug)
    page.summary = summary
    page.save()
    publishing.publish(page, actor=None, change_note=summary, is_demonstration=True)


def addresses() -> list[str]:
    return [page.url for page in library.current().live_pages]


def queries(path: str) -> list[int]:
    """Queries of a first visit that finds the page finished, and of the visit after that."""
    client = Client(headers={"accept-encoding": "br", "host": "127.0.0.1"})
    counted = []
    headers: dict[str, str] = {}
    client.get(path)
    for _ in range(2):
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(path, headers=headers)
        headers = {"if-none-match": answer["ETag"]}
        counted.append(len(caught))
    return counted


def searching() -> dict[str, float]:
    """Searches for words of the library, every third with a slip of the finger."""
    begin = time.perf_counter()
    held = library.current()
    loaded = time.perf_counter()
    search.find(held, "knee")
    indexed = time.perf_counter()
    took = []
    for text in typed(held):
        start = time.perf_counter()
        search.find(held, text)
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    return {
        "load": (loaded - begin) * 1000,
        "index": (indexed - loaded) * 1000,
        "p50": statistics.median(took),
        "p95": took[int(len(took) * 0.95)],
    }


def typed(held: library.Library) -> list[str]:
    texts = [page.title.rstrip("0123456789 ") for page in held.live_pages]
    texts += [name for page in held.live_pages for name in page.document["synonyms"] if isinstance(name, str)]
    texts = sorted(set(texts))
    texts = (texts * (SEARCHES // len(texts) + 1))[:SEARCHES]
    return [slip(text) if number % 3 == 0 else text for number, text in enumerate(texts)]


def slip(text: str) -> str:
    """Two neighbouring letters in the wrong order."""
    middle = len(text) // 2
    return text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]


TASKS: dict[str, Callable[..., Any]] = {
    task.__name__: task
    for task in (
        *(prepare, grow, hide, show, publish, addresses, queries, searching, admin.views),
        *(sends.ready, sends.stored, desk.fill),
    )
}
TASKS["desk"] = desk.pages
