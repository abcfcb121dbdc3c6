"""Forms that are ready to be sent, sent at once, and what their senders were told."""

import random
import threading
import time
from dataclasses import dataclass
from uuid import UUID

from bench import posting, sends
from drill import records
from drill.report import Report
from inquiries import drafts, links

TOGETHER = 4  # forms on their way at the same time
SECONDS_TO_ANSWER = 30


@dataclass
class Form:
    """A whole form of a person of its own; `answer` is the last one that arrived whole."""

    key: UUID
    message: bytes
    answer: posting.Answer | None = None

    @property
    def is_acknowledged(self) -> bool:
        return self.answer is not None and self.answer.status == 303 and self.answer.location.endswith("/sent/")


def ready(number: int) -> list[Form]:
    """So many forms of different people, as their check pages hold them. Nobody has the phone of another: a request
    that repeats one is written differently."""
    found: list[Form] = []
    while len(found) < number:
        for each in sends.ready(str(number - len(found))):
            draft = drafts.unseal(each["fields"]["sealed"])
            assert draft is not None
            if draft.answers["phone"] not in _phones:
                _phones.add(draft.answers["phone"])
                found.append(Form(UUID(draft.submission_key), posting.form_bytes(**each)))
    return found


_phones: set[str] = set()


class Sending:
    """These forms on their way over connections of their own, each in a thread."""

    def __init__(self, port: int, forms: list[Form]) -> None:
        self.threads = [threading.Thread(target=_send, args=(port, form)) for form in forms]
        for thread in self.threads:
            thread.start()

    def wait(self) -> None:
        for thread in self.threads:
            thread.join()


def _send(port: int, form: Form) -> None:
    form.answer = None
    try:
        connection = posting.Connection(port)
    except OSError:
        return
    with connection.socket:
        connection.socket.settimeout(SECONDS_TO_ANSWER)
        try:
            connection.send(form.message)
            while form.answer is None:
                form.answer = connection.answer()
        except OSError:  # the server died
            return


def undisturbed(port: int, forms: list[Form]) -> tuple[records.Pattern, float]:
    """Send these forms to a server nobody disturbs, half of them to warm it: what is written for each, and in how many
    seconds for those of the other half, all at once."""
    for group in (forms[: len(forms) // 2], forms[len(forms) // 2 :]):
        begin = time.perf_counter()
        Sending(port, group).wait()
        seconds = time.perf_counter() - begin
    patterns = [records.pattern(inquiry) for inquiry in records.stored([form.key for form in forms])]
    if not all(form.is_acknowledged for form in forms) or len(patterns) != len(forms):
        raise RuntimeError("A Send failed though nothing disturbed it.")
    if any(each != patterns[0] for each in patterns):
        raise RuntimeError("Two Sends that nothing disturbed wrote different things.")
    return patterns[0], seconds


def a_moment_of(seconds: float) -> float:
    """At random from the begin of Sends that take so long to a little after their end."""
    return random.uniform(0, 1.2 * seconds)  # noqa: S311 (no secret)


def check(forms: list[Form], whole: records.Pattern, report: Report, moment: str) -> None:
    """What was acknowledged is stored, and what is stored is whole."""
    found = {inquiry.submission_key: inquiry for inquiry in records.stored([form.key for form in forms])}
    for form in forms:
        inquiry = found.get(form.key)
        if form.is_acknowledged and inquiry is None:
            report.breaches.append(f"{moment}: acknowledged, but not stored")
        elif inquiry and (lacks := records.missing(inquiry)):
            report.breaches.append(f"{moment}: stored without the right {', '.join(lacks)}")
        elif inquiry and (differs := records.unlike(inquiry, whole)):
            report.breaches.append(f"{moment}: stored unlike an undisturbed Send: {', '.join(differs)}")
        elif form.is_acknowledged and form.answer and links.inquiry_of(form.answer.location.split("/")[2]) != inquiry:
            report.breaches.append(f"{moment}: the confirmation is of another request")
        if inquiry and not form.is_acknowledged:
            report.count("stored, and the answer lost")
        report.count("acknowledged", form.is_acknowledged)
        report.count("not stored", inquiry is None)


def check_sent_again(forms: list[Form], whole: records.Pattern, report: Report) -> None:
    """Each form was sent once more to a server that is well: confirmed, of the same request, and not doubled."""
    again = Report()
    check(forms, whole, again, "sent again")
    report.breaches += again.breaches
    unconfirmed = sum(not form.is_acknowledged for form in forms)
    if unconfirmed:
        report.breaches.append(f"sent again: {unconfirmed} not confirmed")


def check_all(report: Report) -> None:
    """What shows only in the whole database."""
    if number := records.people_twice():
        report.breaches.append(f"{number} requests stored twice")
    if number := records.mails_about_nothing():
        report.breaches.append(f"{number} messages about requests that are not stored")
