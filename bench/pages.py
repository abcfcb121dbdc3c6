"""More pages than the starter content has: copies of its own, live, some with all their rows."""

import copy
import itertools

from django.db import transaction
from django.utils import timezone

from therapies import documents, publishing, snapshots, working_copy
from therapies.models import Condition, OutcomeEvidence, Page, Revision, Treatment

EVIDENCE_TIMES = 5  # a condition copied with its rows has its evidence so many times over


def live_pages() -> int:
    return Revision.objects.live().count()


@transaction.atomic
def grow(pages: int, *, with_rows: bool) -> None:
    """Copy conditions and treatments in turn until so many pages are live."""
    originals = [*Condition.objects.filter(slug__in=starters()), *Treatment.objects.filter(slug__in=starters())]
    frozen = [snapshots.document_of(page) for page in interleaved(originals)]
    numbers = itertools.count(Page.objects.count())
    for document in itertools.islice(itertools.cycle(frozen), max(0, pages - live_pages())):
        twin = twin_of(document, next(numbers), EVIDENCE_TIMES if with_rows else 1)
        page = working_copy.replace(twin) if with_rows else bare_page(twin)
        put_live(page, twin)
    publishing.new_version()


def starters() -> list[str]:
    return list(Revision.objects.live().exclude(page__slug__contains="-copy-").values_list("page__slug", flat=True))


def interleaved(pages: list[Page]) -> list[Page]:
    half = len(pages) // 2
    return [page for pair in zip(pages[:half], pages[half:], strict=False) for page in pair]


def twin_of(document: dict, number: int, times: int) -> dict:
    twin = copy.deepcopy(document)
    twin["slug"], twin["title"] = f"{twin['slug']}-copy-{number}", f"{twin['title']} {number}"
    if "evidence" in twin:
        twin["evidence"] = [
            {**row, "key": f"{row['key']}-{time}" if time else row["key"]}
            for time in range(times)
            for row in twin["evidence"]
        ]
    return twin


def bare_page(document: dict) -> Page:
    """The page's own row alone: readers see the frozen document."""
    model = {"condition": Condition, "treatment": Treatment}[document["kind"]]
    names = ("slug", "title", "medical_name", "summary", *working_copy.OWN_FIELDS[document["kind"]])
    return model.objects.create(**{name: document[name] for name in names})


def put_live(page: Page, document: dict) -> None:
    Revision.objects.create(
        page_id=page.pk,
        number=1,
        state=Revision.State.LIVE,
        document=document,
        content_hash=documents.content_hash(document),
        change_note="Copied.",
        is_demonstration=True,
        published_at=timezone.now(),
    )


def hide_all_but(pages: int) -> None:
    """Leave so many conditions and treatments live."""
    shown = Revision.objects.live().filter(page__slug__in=starters())
    kept = [revision.pk for revision in shown.order_by("-page__treatment", "pk")[:pages]]
    Revision.objects.live().exclude(pk__in=kept).update(state=Revision.State.WITHDRAWN)
    publishing.new_version()


def show_again() -> None:
    Revision.objects.filter(state=Revision.State.WITHDRAWN).update(state=Revision.State.LIVE)
    publishing.new_version()


def counts() -> dict[str, int]:
    return {"pages": Page.objects.count(), "evidence": OutcomeEvidence.objects.count(), "live": live_pages()}
