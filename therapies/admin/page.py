"""What the admin of conditions, treatments and articles shares."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.formats import date_format
from django.utils.timezone import localtime

from clinic.fenced import FencedChangeList, FencedModelAdmin
from therapies import documents, publishing, snapshots
from therapies.admin.choices import EditorFields
from therapies.page_states import states_of

HEAD = ["title", "medical_name", "slug", "summary", "key_facts"]
UPKEEP = ("Upkeep", {"fields": ["state", "owner", "review_interval_months", "next_review_due", "last_change"]})


class OnSite(admin.SimpleListFilter):
    title = "visibility"
    parameter_name = "on_site"

    def lookups(self, request, model_admin):
        return [("yes", "Yes"), ("demonstration", "Yes, as demonstration"), ("no", "No")]

    def queryset(self, request, queryset):
        live = {"revisions__state": "live"}
        if self.value() == "no":
            return queryset.exclude(**live)
        if self.value() in {"yes", "demonstration"}:
            return queryset.filter(**live, revisions__is_demonstration=self.value() == "demonstration")
        return queryset


class RefusedForm:
    """Mixed into the form of a request that the database has just refused."""

    def clean(self):
        super().clean()
        raise ValidationError(
            "Nothing was saved: two rows would be the same for a moment. Save again, one row at a time."
        )


class PageChangeList(FencedChangeList):
    """Finds the state of all rows at once."""

    def get_results(self, request):
        super().get_results(request)
        states = states_of(self.result_list)
        for page in self.result_list:
            page.found_state = states[page.pk]


class PageAdmin(EditorFields, FencedModelAdmin):
    """Edits the working copy. Readers see a change when the page is published."""

    search_fields = ["title", "medical_name", "slug", "synonyms__text"]
    search_help_text = "Searches titles, medical names, addresses and other names."
    readonly_fields = ["state", "last_change"]
    live_facts = ["next_review_due"]  # public as soon as they are saved: for those who may publish
    prepopulated_fields = {"slug": ["title"]}
    actions = ["publish_as_demonstration", "withdraw"]
    save_on_top = True

    def get_changelist(self, request, **kwargs):
        return PageChangeList

    @admin.display(description="state")
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
        # The address is part of what was published; a page moves with a redirect, not by typing here.
        fixed = ["slug"] if self.was_published(obj) else []
        return [*self.readonly_fields, *fixed, *([] if self.has_publish_permission(request) else self.live_facts)]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if self.was_published(obj) else self.prepopulated_fields

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not self.was_published(obj)

    def has_publish_permission(self, request):
        return request.user.has_perm("therapies.publish_page")

    def has_withdraw_permission(self, request):
        return request.user.has_perm("therapies.withdraw_page")

    def was_published(self, page):
        """Whether readers have ever seen it: then it keeps its address and cannot be deleted. One query a request."""
        if page is None or page.pk is None:
            return False
        if not hasattr(page, "found_published"):
            page.found_published = page.revisions.filter(published_at__isnull=False).exists()
        return page.found_published

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            # What no form can see: somebody else adds the same row in this moment, or two rows change places.
            # The form is shown again with everything typed into it, refused this time before it reaches the database.
            request.is_refused = True
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (RefusedForm, form), {}) if getattr(request, "is_refused", False) else form

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        page = form.instance
        publishing.contributed(page, request.user)
        try:
            documents.validated(snapshots.document_of(page), where="")
        except documents.DocumentError as error:
            self.message_user(request, f"Before this can be published: {error}.", messages.WARNING)
        if page.revisions.live().exists():
            said = "Saved. Readers still see the live version until it is published again."
            self.message_user(request, said, messages.INFO)

    @admin.action(description="Publish as demonstration content", permissions=["publish"])
    def publish_as_demonstration(self, request, queryset):
        self.each(
            request,
            queryset,
            "is on the site now, marked as not reviewed by a clinician",
            lambda page: publishing.publish(page, actor=request.user, change_note="Updated.", is_demonstration=True),
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
