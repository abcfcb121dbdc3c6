"""A page of content as readers would see it: its working copy, or any frozen revision."""

from types import MappingProxyType

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from therapies import documents, library, pages, previews, snapshots
from therapies.admin.places import Places, titles
from therapies.document_words import place_in_words

PUBLIC = MappingProxyType(
    {
        "condition": ("therapies/condition.html", pages.condition_page),
        "treatment": ("therapies/treatment.html", pages.treatment_page),
        "article": ("therapies/article.html", pages.article_page),
    }
)


class PreviewPages:
    """Mixed into the admin of a kind of page."""

    def preview_urls(self):
        view = self.admin_site.admin_view(self.preview_view)
        name = f"therapies_{self.opts.model_name}_preview"
        return [
            path("<int:pk>/preview/", view, name=name),
            path("<int:pk>/preview/<int:number>/", view, name=f"{name}_revision"),
        ]

    @method_decorator(require_safe)
    def preview_view(self, request, pk, number=None):
        """The public template over the library as it is, with this document in the page's place. Nothing is written."""
        page = self.page_or_404(request, pk)
        raw = snapshots.document_of(page) if number is None else revision_or_404(page, number).document
        try:
            document = documents.validated(raw, where="")
        except documents.DocumentError as error:
            return self.not_ready(request, page, raw, error, number)
        today = timezone.localdate()
        request.library = previews.library_with(library.current(), page, document, today)
        template, build = PUBLIC[page.kind]
        shown = build(request.library, request.library.page(*previews.address_of(document)), today)
        context = {
            "public_template": template,
            "shown": shown,
            "canonical": settings.SITE_URL + shown.page.url,
            "section": shown.page.url.split("/")[1],
            "of_revision": number,
            "back": reverse(f"admin:therapies_{page.kind}_publishing", args=[page.pk]),
            "form": reverse(f"admin:therapies_{page.kind}_change", args=[page.pk]),
        }
        response = TemplateResponse(request, "admin/therapies/preview.html", context)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def not_ready(self, request, page, raw, error, number):
        """What keeps a document from being shown, and where to mend it."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"{page.title}: no preview yet",
            "opts": self.opts,
            "original": page,
            "number": number,
            "where": place_in_words(raw, error.place, titles()),
            "problem": error.problem,
            "mend": Places(page, raw).of_place(error.place) if number is None and raw else "",
        }
        return TemplateResponse(request, "admin/therapies/preview_not_ready.html", context)

    def page_or_404(self, request, pk):
        """The page, for those who may look at it."""
        page = self.get_object(request, str(pk))
        if page is None:
            raise Http404
        if not self.has_view_permission(request, page):
            raise PermissionDenied
        return page


def revision_or_404(page, number):
    """A frozen revision of the page; a draft has no text of its own."""
    revision = page.revisions.exclude(state="draft").filter(number=number).first() if number < 2**31 else None
    if revision is None:
        raise Http404
    return revision
