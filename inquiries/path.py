"""Where somebody is on the way through the form: what is answered, what is still to read, what comes next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from inquiries import questionnaire, safety
from inquiries.questionnaire import PAGES, Page
from inquiries.safety import Screening
from therapies.red_flags import RedFlag

ADVICE, CHECK = "advice", "check"
TEXTS = ("goal", "message", "communication_needs")  # what somebody types in their own words


@dataclass(frozen=True)
class Draft:
    """A request that is being written. `done` are the pages that were answered, `read` the reasons for advice that
    somebody has read and gone on from. `begun_at` is in seconds since the epoch, the other times are ISO texts;
    `submission_key` names this form for ever. `tried` is what was typed on a page and is not right yet: by the key of the
    page, the values of each field as the browser sent them. `lost_earlier`: what was answered before these was removed after
    the hour, and has to be asked again."""

    submission_key: str
    begun_at: float
    answers: dict[str, Any] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    advice_shown_at: str = ""
    advice_read_at: str = ""
    tried: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    lost_earlier: bool = False

    def as_data(self) -> dict[str, Any]:
        """The draft as JSON holds it."""
        held = {each.name: getattr(self, each.name) for each in fields(self)}
        for added in ("tried", "lost_earlier"):
            if not held[added]:
                del held[added]  # as drafts were before these were kept: a release behind this one can open them
        return {**held, "done": list(self.done), "read": list(self.read)}

    @cached_property
    def worrying_words(self) -> tuple[safety.DangerWord, ...]:
        """What in the person's own words raises the level."""
        return safety.danger_words(*(self.answers.get(key, "") for key in TEXTS))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Draft":
        return cls(**{**data, "done": tuple(data["done"]), "read": tuple(data["read"])})


def answered(draft: Draft, page: Page, given: Mapping[str, Any]) -> Draft:
    """The draft with this page's answers in place of earlier ones. Another region asks for other warning signs.

    What was tried on this page is done with, and so is what was agreed to on the check page, which now says something else.
    """
    answers = {key: value for key, value in draft.answers.items() if key not in {each.key for each in page.questions}}
    done, over = {*draft.done, page.key}, {page.key, CHECK}
    if page is questionnaire.WHERE and given.get("body_region") != draft.answers.get("body_region"):
        done.discard(questionnaire.SAFETY.key)
        over.add(questionnaire.SAFETY.key)
    in_order = tuple(each.key for each in PAGES if each.key in done)
    return replace(without_tries(draft, *over), answers={**answers, **given}, done=in_order)


def with_try(draft: Draft, key: str, typed: dict[str, list[str]]) -> Draft:
    """The draft with what was typed on the page of this key and is not right yet."""
    return replace(draft, tried={**draft.tried, key: typed})


def without_tries(draft: Draft, *keys: str) -> Draft:
    """The draft without what was tried on the pages of these keys; without any, on no page at all."""
    return replace(draft, tried={key: typed for key, typed in draft.tried.items() if keys and key not in keys})


def with_answers(draft: Draft, given: Mapping[str, Any]) -> Draft:
    """The draft with these answers too; which pages are answered stays as it is."""
    return replace(draft, answers={**draft.answers, **given})


def screening(draft: Draft) -> Screening:
    """What the answers about warning signs come to."""
    ticked = draft.answers.get("safety", [])
    exits = {code for code, _ in questionnaire.SAFETY_EXITS}
    return safety.screening(
        questionnaire.region(draft.answers),
        [code for code in ticked if code not in exits],
        is_unsure=questionnaire.NOT_SURE in ticked,
    )


def level(draft: Draft) -> str:
    """The safety level of the whole request."""
    return safety.worst([screening(draft).level, *(word.level for word in draft.worrying_words)])


def reasons(draft: Draft) -> tuple[str, ...]:
    """Why advice is due: the signs, not being sure, and words, as ids. Those without an alert are shown and not here."""
    screened = screening(draft)
    return (
        *(sign.id for sign in screened.signs if sign.level in safety.ALERTING),
        *(["unsure"] if screened.is_unsure else []),
        *(f"word {word.shown}" for word in draft.worrying_words),
    )


def pages_of_words(draft: Draft) -> tuple[str, ...]:
    """The pages on which somebody wrote what raises the level."""
    worrying = [key for key in TEXTS if safety.danger_words(draft.answers.get(key, ""))]
    return tuple(page.key for page in PAGES if any(question.key in worrying for question in page.questions))


def calm_signs(draft: Draft) -> tuple[RedFlag, ...]:
    """The signs somebody said yes to that alert nobody: their advice stands on the check page and stops no one."""
    return tuple(sign for sign in screening(draft).signs if sign.level not in safety.ALERTING)


def unread(draft: Draft) -> tuple[str, ...]:
    """The reasons whose advice was not read yet: advice is shown once for each."""
    return tuple(reason for reason in reasons(draft) if reason not in draft.read)


def next_stop(draft: Draft) -> str:
    """Where to go on: advice that was not read, else the first page not answered, else the check page."""
    if unread(draft):
        return ADVICE
    return next((page.key for page in PAGES if page.key not in draft.done), CHECK)


def may_open(draft: Draft, page: Page) -> bool:
    """A page may be opened when all before it are answered and no advice from before it waits to be read."""
    before = [each.key for each in PAGES[: PAGES.index(page)]]
    if not set(before) <= set(draft.done):
        return False
    return not unread(draft) or page.key in draft.done


def is_asked_again(draft: Draft, page: Page) -> bool:
    """Is this page to be answered anew, though one after it is answered: because an answer before it was changed?

    Then its old answers are still held. Where they were removed after the hour, nobody changed anything.
    """
    after = {each.key for each in PAGES[PAGES.index(page) + 1 :]}
    is_held = all(question.key in draft.answers for question in page.questions)
    return page.key not in draft.done and is_held and bool(after & set(draft.done))


def page_before(page: Page) -> str:
    """Where Back leads: the page before, or "" for the start."""
    place = PAGES.index(page)
    return PAGES[place - 1].key if place else ""
