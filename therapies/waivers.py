"""A clinician lets one claim stand, in one sentence, and says why."""

from django.db import transaction

from clinic.models import Clinician, Staff
from therapies.claims import Rule, findings
from therapies.models import ClaimRule, ClaimWaiver, Page

SHORTEST_REASON = 20  # characters: enough for a reason, too many for "ok"


class WaiverRefused(Exception):
    """A claim that may not stand: why, and what to do."""


def may_waive(actor: Staff) -> bool:
    """Is this a clinician who may approve pages, with an account linked to the clinic's list of clinicians?"""
    return actor.is_active and actor.has_perm("therapies.approve_page") and _clinician(actor) is not None


def refusal(rule: ClaimRule, sentence: str, *, actor: Staff, reason: str) -> str:
    """Why this claim may not be let stand, and what to do; "" if it may."""
    if not may_waive(actor):
        return "Only a clinician who may approve pages can let a claim stand."
    if len(reason.strip()) < SHORTEST_REASON:
        return f"Give the reason in at least {SHORTEST_REASON} characters."
    found = Rule(rule.key, rule.pattern, rule.category, "block", rule.message)
    if not findings(_one_line(sentence), [found]):
        return f"The rule “{rule.key}” finds nothing in this sentence. Copy the sentence as the gate shows it."
    return ""


@transaction.atomic
def waive(page: Page, rule: ClaimRule, sentence: str, *, actor: Staff, reason: str) -> ClaimWaiver:
    """Let what `rule` finds in `sentence` stand on this page. Other words or another rule need another waiver.

    For a clinician who may approve pages. Waived once, it stays: a second time gives the waiver that is there.
    Raises WaiverRefused with a sentence that says what to do.
    """
    if problem := refusal(rule, sentence, actor=actor, reason=reason):
        raise WaiverRefused(problem)
    waiver, _ = ClaimWaiver.objects.get_or_create(
        page_id=page.pk,
        rule=rule,
        sentence=_one_line(sentence),
        defaults={"reason": reason.strip(), "clinician": _clinician(actor), "waived_by": actor},
    )
    return waiver


def standing(page: Page, rule: ClaimRule, sentence: str) -> ClaimWaiver | None:
    """The waiver under which what `rule` finds in `sentence` stands already, if there is one."""
    waivers = ClaimWaiver.objects.filter(page_id=page.pk, rule=rule, sentence=_one_line(sentence))
    return waivers.select_related("clinician").first()


def _clinician(actor: Staff) -> Clinician | None:
    return Clinician.objects.filter(user=actor, is_active=True).first()


def _one_line(sentence: str) -> str:
    return " ".join(sentence.split())
