"""What happens by itself when its time comes, also when its time came while nothing ran."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from therapies.models import Revision
from therapies.publishing.going_live import come_down
from therapies.publishing.records import begin
from therapies.publishing.refusal import PublishingRefused
from therapies.publishing.releasing import publish_approved
from therapies.stages import Stage


@dataclass(frozen=True)
class Done:
    """What became of one scheduled revision. `move` is publish or expire; "" if it was refused, and `said` why."""

    title: str
    number: int
    move: str
    said: str

    def __str__(self) -> str:
        return f"{self.title}, revision {self.number}: {self.said}"


def run_schedule(now: datetime) -> list[Done]:
    """Publish and take down everything whose time has come, oldest first, each in a transaction of its own.

    After downtime it catches up; what should have come and gone meanwhile comes and goes in one step. One that is
    refused stays approved, does not keep others waiting, and is tried again the next time.
    """
    approved = Revision.objects.filter(state=Stage.APPROVED, go_live_at__lte=now).order_by("go_live_at", "number")
    done = [part for revision in approved.select_related("page") for part in _publish(revision, now)]
    over = Revision.objects.live().filter(expire_at__lte=now).order_by("expire_at").select_related("page")
    return [*done, *(part for revision in over for part in _expire(revision))]


def _publish(revision: Revision, now: datetime) -> list[Done]:
    try:
        with transaction.atomic():
            publish_approved(revision, actor=None, note="Scheduled.")
            done = [Done(revision.document["title"], revision.number, "publish", "is on the site now.")]
            if revision.expire_at and revision.expire_at <= now:
                done += _expire(revision)
            return done
    except PublishingRefused as error:
        return [Done(revision.page.title, revision.number, "", f"not published. {error}")]


def _expire(revision: Revision) -> list[Done]:
    with transaction.atomic():
        try:
            begin(revision, "expire")
        except PublishingRefused:
            return []  # somebody withdrew or replaced it in this moment
        come_down(revision, "expire", actor=None, note="Its time was over.")
    return [Done(revision.document["title"], revision.number, "expire", "is off the site: its time was over.")]
