"""What a page said before: what changed between two of its texts, and how an earlier one comes back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_safe

from therapies import documents, publishing, snapshots
from therapies.admin.places import titles
from therapies.admin.preview import revision_or_404
from therapies.differences import SAME, differences

WORKING = "working"
KEPT = 160  # characters of unchanged text shown before and after a change
GAP = " … "


class HistoryPages:
    """Mixed into the admin of a kind of page."""

    def history_urls(self):
        wrap, name = self.admin_site.admin_view, f"therapies_{self.opts.model_name}"
        return [
            path("<int:pk>/differences/", wrap(self.differences_view), name=f"{name}_differences"),
            path("<int:pk>/restore/<int:number>/", wrap(self.restore_view), name=f"{name}_restore"),
        ]

    @method_decorator(require_safe)
    def differences_view(self, request, pk):
        """?from=3&to=working: numbers of revisions, or the working copy. Without them: live and the working copy."""
        page = self.page_or_404(request, pk)
        there = list(page.revisions.exclude(state="draft").defer("document"))
        chosen = [request.GET.get(name) or default for name, default in zip(("from", "to"), ends(there), strict=True)]
        texts = [text_of(page, value) for value in chosen]
        context = {
            **self.admin_site.each_context(request),
            "title": f"{page.title}: what changed",
            "opts": self.opts,
            "original": page,
            "choices": [(WORKING, "Working copy"), *((str(row.number), str(row)) for row in there)],
            "chosen": dict(zip(("old", "new"), chosen, strict=True)),
            "differences": shown(differences(*texts, titles=titles())),
        }
        return TemplateResponse(request, "admin/therapies/differences.html", context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def restore_view(self, request, pk, number):
        """Says what would be replaced; a POST replaces it. The working copy seen there must still be the one there."""
        page = self.page_or_404(request, pk)
        if not self.has_change_permission(request, page):
            raise PermissionDenied
        revision = revision_or_404(page, number)
        now = snapshots.document_of(page)
        seen = documents.content_hash(now)
        found = differences(now, {**revision.document, "slug": page.slug}, titles=titles())
        if request.method == "POST":
            if not found:
                self.message_user(request, f"The working copy says what revision {number} says already.")
                return self.to_publishing(page)
            if request.POST.get("seen") == seen:
                return self.restored(request, page, revision)
            said = "The working copy has changed since you opened this page. Look again at what would be replaced."
            self.message_user(request, said, messages.WARNING)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{page.title}: bring revision {number} back?",
            "opts": self.opts,
            "original": page,
            "revision": revision,
            "seen": seen,
            "differences": shown(found),
        }
        return TemplateResponse(request, "admin/therapies/restore.html", context)

    def restored(self, request, page, revision):
        try:
            publishing.restore(revision, actor=request.user)
        except publishing.PublishingRefused as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            # In the form of a saved form: whoever has the page open is told who changed it.
            self.log_change(
                request, page, [{"changed": {"name": "text", "object": f"as in revision {revision.number}"}}]
            )
            said = f"The working copy says what revision {revision.number} said. Readers see no change yet."
            self.message_user(request, said, messages.SUCCESS)
        return self.to_publishing(page)

    def to_publishing(self, page):
        response = HttpResponseRedirect(reverse(f"admin:therapies_{page.kind}_publishing", args=[page.pk]))
        response.status_code = 303
        return response


def ends(revisions):
    """What is compared if nobody chose: what is live, else the newest frozen text, and the working copy."""
    live = next((row for row in revisions if row.state == "live"), None)
    newest = live or next(iter(revisions), None)
    return (str(newest.number) if newest else WORKING), WORKING


def text_of(page, value):
    """The document of a choice. 404 for what no choice offers."""
    if value == WORKING:
        return snapshots.document_of(page)
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Http404
    return revision_or_404(page, int(value)).document


def shown(found):
    """Differences for the template: (difference, its words with long unchanged passages cut)."""
    return [(one, cut(one.words)) for one in found]


def cut(words):
    """The same words, where unchanged text is shown only near a change."""
    last = len(words) - 1
    for number, (kind, text) in enumerate(words):
        if kind != SAME or len(text) <= 2 * KEPT + len(GAP):
            yield kind, text
            continue
        before = "" if number == 0 else text[:KEPT].rsplit(" ", 1)[0]
        after = "" if number == last else text[-KEPT:].split(" ", 1)[-1]
        yield kind, f"{before}{GAP}{after}"
