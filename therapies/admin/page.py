"""What the admin of conditions, treatments and articles shares: it edits the working copy."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from clinic.fenced import FencedModelAdmin
from clinic.live_facts import LiveFacts
from therapies import documents, publishing, snapshots
from therapies.addresses import ARTICLES
from therapies.admin.choices import EditorFields, PlainForms
from therapies.admin.history import HistoryPages
from therapies.admin.places import titles
from therapies.admin.preview import PreviewPages
from therapies.admin.saving import ConflictPages
from therapies.admin.states import PageChangeList
from therapies.admin.workflow import PublishingPages
from therapies.document_links import links_of
from therapies.document_words import place_in_words
from therapies.models import Page, Revision
from therapies.page_states import states_of

HEAD = ["title", "medical_name", "slug", "summary", "key_facts"]
UPKEEP = ("Upkeep", {"fields": ["state", "owner", "review_interval_months", "next_review_due", "last_change"]})


class PageForm(forms.ModelForm):
    """A page that readers know moves only where nothing else names its address, and never to that of another."""

    def clean_slug(self):
        slug, before = self.cleaned_data["slug"], self.initial.get("slug")
        # The constraint says the same, but the form has no kind to ask it with.
        if type(self.instance).objects.filter(slug__iexact=slug).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Another page of this kind has this address.")
        if self.instance.pk is None or slug == before or not was_published(self.instance):
            return slug
        if self.instance.kind == "article" and before in ARTICLES:
            raise ValidationError("This page keeps its address: the site links to it by name.")
        if names := naming(self.instance.kind, before):
            said = ", ".join(names)
            raise ValidationError(
                f"Live pages name this one by its address: {said}. It must keep it as long as they do."
            )
        return slug


class PageAdmin(
    LiveFacts, PublishingPages, PreviewPages, HistoryPages, ConflictPages, PlainForms, EditorFields, FencedModelAdmin
):
    """Edits the working copy. Readers see a change when the page is published."""

    form = PageForm
    change_form_template = "admin/therapies/page_form.html"
    search_fields = ["title", "medical_name", "slug", "synonyms__text"]
    search_help_text = "Searches titles, medical names, addresses and other names."
    readonly_fields = [
        "state",
        "next_review_due",
        "last_change",
    ]  # a review of the whole page moves the day, nobody else
    live_facts: list[str] = []  # public as soon as they are saved: for those who may publish
    prepopulated_fields = {"slug": ["title"]}
    actions = ["publish_as_demonstration", "withdraw"]
    save_on_top = True

    def get_urls(self):
        return [*self.publishing_urls(), *self.preview_urls(), *self.history_urls(), *super().get_urls()]

    def get_changelist(self, request, **kwargs):
        return PageChangeList

    @admin.display(description="where it stands")
    def state(self, page):
        if page.pk is None:
            return "New"
        if not hasattr(page, "found_state"):
            page.found_state = states_of([page])[page.pk]
        return str(page.found_state)

    @admin.display(description="last change", ordering="updated_at")
    def last_change(self, page):
        return date_format(localtime(page.updated_at), "DATETIME_FORMAT") if page.updated_at else "-"

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *([] if self.has_publish_permission(request) else self.live_facts)]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if was_published(obj) else self.prepopulated_fields

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not was_published(obj)

    def get_deleted_objects(self, objs, request):
        to_delete, counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        # What all kinds share goes with the page; nobody deletes that row on its own.
        return to_delete, counts, set(missing_rights) - {Page._meta.verbose_name}, protected

    def has_publish_permission(self, request):
        return request.user.has_perm("therapies.publish_page")

    def has_withdraw_permission(self, request):
        return request.user.has_perm("therapies.withdraw_page")

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        page = form.instance
        publishing.contributed(page, request.user)
        document = snapshots.document_of(page)
        try:
            documents.validated(document, where="")
        except documents.DocumentError as error:
            where = place_in_words(document, error.place, titles())
            said = f"{where}: {error.problem}" if where else error.problem
            self.message_user(request, f"Before this can be published: {said}.", messages.WARNING)
        if page.revisions.live().exists():
            self.message_user(request, f"Saved. {self.what_readers_see(request)}", messages.INFO)

    def what_readers_see(self, request):
        """What saving a page that is live has changed for readers."""
        return "Readers still see the live version until it is published again."

    def response_change(self, request, obj):
        return self.to_preview(obj) if "_preview" in request.POST else super().response_change(request, obj)

    def response_add(self, request, obj, post_url_continue=None):
        if "_preview" in request.POST:
            return self.to_preview(obj)
        return super().response_add(request, obj, post_url_continue)

    def to_preview(self, page):
        return HttpResponseRedirect(reverse(f"admin:therapies_{page.kind}_preview", args=[page.pk]))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        context |= {"show_preview": may, "is_live": bool(obj and obj.revisions.live().exists())}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @admin.action(description="Publish as demonstration content", permissions=["publish"])
    def publish_as_demonstration(self, request, queryset):
        self.each(
            request,
            queryset,
            "is on the site now, marked as not reviewed by a clinician",
            lambda page: demonstrate(page, request.user),
        )

    @admin.action(description="Withdraw: take off the site at once", permissions=["withdraw"])
    def withdraw(self, request, queryset):
        self.each(request, queryset, "is off the site", lambda page: publishing.withdraw(page, actor=request.user))

    def each(self, request, pages, done, act):
        """Do one thing to each page, and say of each whether it was done or why not."""
        for page in pages:
            try:
                act(page)
            except publishing.PublishingRefused as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.log_change(request, page, f"{page.title} {done}.")
                self.message_user(request, f"{page.title} {done}.", messages.SUCCESS)


def demonstrate(page, actor):
    """Publish as demonstration, once for one text: pressed twice, readers are told of one change."""
    live = page.revisions.live().first()
    if live and live.content_hash == documents.content_hash(snapshots.document_of(page)):
        raise publishing.PublishingRefused(f"{page.title} says what revision {live.number} says, which is live.")
    publishing.publish(page, actor=actor, change_note="Updated.", is_demonstration=True)


def was_published(page):
    """Whether readers have ever seen it: then it cannot be deleted, and moves with care. One query a request."""
    if page is None or page.pk is None:
        return False
    if not hasattr(page, "found_published"):
        page.found_published = page.revisions.filter(published_at__isnull=False).exists()
    return page.found_published


def naming(kind, slug):
    """Titles of the live pages whose text points to the page at this address."""
    live = Revision.objects.live().values_list("document", flat=True)
    return sorted(
        document["title"] for document in live if (kind, slug) in {(what, name) for what, name, _ in links_of(document)}
    )
