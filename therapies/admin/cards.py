"""What stands open on a publishing page: each text that something can be done with, and how a press finds it again."""

from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import Http404

from therapies import documents, gates, stages
from therapies.admin.moves import DONE, Button
from therapies.models import Revision
from therapies.page_states import OPEN

MOVED = "Revision {number} has moved on meanwhile: it is in the state “{state}” now. Nothing was done."


@dataclass(frozen=True)
class Card:
    """One text of the page that something can be done with: the working copy, one in review, the live one."""

    heading: str
    revision: Revision
    is_working_copy: bool
    gates: tuple[gates.Gate, ...]
    buttons: list[Button]


def cards_of(mover, raw, revisions, *, hindrance, bound, is_demo, facts):
    """What stands open, newest first: the working copy, what is on its way, what is live."""
    page, draft = mover.page, draft_of(mover.page, revisions)
    hindrance = nothing_to_submit(raw, revisions) or hindrance
    cards = [Card("Working copy", draft, True, (), mover.buttons(draft, hindrance=hindrance, bound=bound))]
    for revision in revisions:
        if revision.state in OPEN:
            found = gates.open_gates(page, revision.document, is_demo=is_demo, facts=facts)
            buttons = mover.buttons(revision, hindrance=why_wait("", found), bound=bound)
            cards.append(Card(str(revision), revision, False, gates.blocking(found), buttons))
        elif revision.state == stages.Stage.LIVE:
            cards.append(Card(str(revision), revision, False, (), mover.buttons(revision, bound=bound)))
    return cards


def pressed(page, data):
    """The revision a button belonged to, as it stood when the button was shown; a draft may be yet to come."""
    number, state = data.get("number", ""), data.get("state", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10) or state not in Revision.State.values:
        raise BadRequest("No such revision.")
    revision = page.revisions.filter(number=int(number)).first()
    if revision is None:
        if state != stages.Stage.DRAFT:
            raise Http404
        revision = Revision(page_id=page.pk, number=int(number))
        revision.page = page
    revision.state = state
    return revision


def moved_meanwhile(page, shown, move):
    """What happened to a revision since its button was shown, "" if nothing did."""
    there = page.revisions.filter(number=shown.number).first()
    if there is None:
        is_next = shown.number == next_number(page.revisions.defer("document"))
        return "" if is_next else "The page has moved on meanwhile. Nothing was done."
    if there.state == shown.state:
        return ""
    before = there.events.filter(move=move.name, from_state=shown.state).select_related("actor").first()
    if before:
        return f"It was done already: revision {there.number} {DONE[move.name]} by {before.actor or 'the site'}."
    return MOVED.format(number=there.number, state=there.get_state_display().lower())


def draft_of(page, revisions):
    """The open draft; if nobody has changed the page since, the one that would begin now."""
    draft = next((row for row in revisions if row.state == stages.Stage.DRAFT), None)
    if draft is None:
        draft = Revision(page_id=page.pk, number=next_number(revisions))
        draft.page = page
    return draft


def next_number(revisions):
    return max((row.number for row in revisions), default=0) + 1


def nothing_to_submit(raw, revisions):
    said = documents.content_hash(raw)
    for row in revisions:
        if row.content_hash == said and (row.state in OPEN or (row.state == "live" and not row.is_demonstration)):
            return f"It says what revision {row.number} says. Change something first."
    return ""


def why_wait(problem, found):
    """Why what leads on must wait."""
    if problem:
        return "Something must be mended first, see below."
    if number := len(gates.blocking(found)):
        return f"{number} gate{'s' if number > 1 else ''} must be closed first, see below."
    return ""
