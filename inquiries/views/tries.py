"""A page that is posted with errors: what was typed is kept with the draft, and the answer is a redirect to the same page.

So no page in a browser's history is the answer to a POST, and Back never asks whether to send a form again. Whatever
cannot be kept is answered directly, by the page with all that was typed: nothing is ever lost for it.
"""

from django.http import QueryDict

from clinic.private_pages import is_stored
from inquiries import drafts, path
from inquiries.views import floods
from inquiries.views.private import keep, save

LARGEST = 20_000  # characters of one page, several times what its questions take


def typed_in(form, posted, *, but=()):
    """What was posted for the fields of this form, as it came; None for more than anybody types."""
    typed = {name: posted.getlist(name) for name in form.fields if name in posted and name not in but}
    try:
        size = sum(len(value.encode()) for values in typed.values() for value in values)
    except UnicodeEncodeError:  # half of a pair of characters: no browser sends it, and it could not be stored
        return None
    return typed if size <= LARGEST else None


def is_kept(request, draft, key, typed) -> bool:
    """Store the draft with what was typed on the page of this key. False: it cannot be kept, so answer directly."""
    if typed is None or not floods.may_keep(request):
        return False
    return is_stored(request, lambda: keep(request, path.with_try(draft, key, typed)))


def is_kept_beside(request, place, typed) -> bool:
    """The same for a form that has no draft, by its place."""
    if typed is None or not floods.may_keep(request):
        return False
    return is_stored(request, lambda: _keep_beside(request, {**_others(request, place), place: typed}))


def forget_beside(request, place) -> None:
    """The form of this place is done with."""
    if place in drafts.tries(request.session):
        is_stored(request, lambda: _keep_beside(request, _others(request, place)))


def tried_on(draft, key, **more):
    """What was typed on the page of this key as a form takes it, with `more`; None when nothing was tried there."""
    return _as_posted(draft.tried.get(key), **more)


def tried_beside(request, place):
    """The same for a form that has no draft."""
    return _as_posted(drafts.tries(request.session).get(place))


def _others(request, place):
    return {each: typed for each, typed in drafts.tries(request.session).items() if each != place}


def _keep_beside(request, tried):
    drafts.keep_tries(request.session, tried)
    save(request)


def _as_posted(typed, **more):
    if typed is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in {**typed, **{name: [value] for name, value in more.items()}}.items():
        data.setlist(name, values)
    return data
