from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.html import format_html

from clinic import two_step
from clinic.fenced import FencedModelAdmin
from clinic.models import Staff

DUTY = ["on_duty", "receives_alerts"]
NAMES = ["username", "first_name", "last_name"]


class StaffForm(UserChangeForm):
    password = None  # not even the form of its hash is shown

    class Meta(UserChangeForm.Meta):
        model = Staff


@admin.register(Staff)
class StaffAdmin(FencedModelAdmin, UserAdmin):
    """Accounts. Who may only set duty (a manager) sees names and the two duty boxes."""

    form = StaffForm
    list_display = ["username", "get_full_name", "roles", "second_step", "on_duty", "is_active"]
    list_filter = ["is_active", "on_duty", "is_superuser", "is_demo", "groups"]
    search_fields = [*NAMES, "email"]
    filter_horizontal = []
    readonly_fields = ["set_password", "second_step", "is_demo", "last_login", "date_joined"]
    actions = ["reset_second_step"]
    fieldsets = [
        (None, {"fields": [*NAMES, "email"]}),
        ("Signing in", {"fields": ["is_active", "is_staff", "set_password", "second_step", "is_demo"]}),
        ("Rights", {"fields": ["groups", "is_superuser"]}),
        ("Duty", {"fields": DUTY}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]

    def may_change_accounts(self, request):
        return request.user.has_perm("clinic.change_staff")

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) or request.user.has_perm("clinic.set_duty")

    def has_delete_permission(self, request, obj=None):
        # What a person did stays theirs. Who leaves is deactivated.
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request, obj=None):
        if obj and not self.may_change_accounts(request):
            return [(None, {"fields": [*NAMES, *DUTY]})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if self.may_change_accounts(request) else [*self.readonly_fields, *NAMES]

    def get_actions(self, request):
        return super().get_actions(request) if self.may_change_accounts(request) else {}

    def user_change_password(self, request, id, form_url=""):
        if not self.may_change_accounts(request):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        # Nine roles are nine boxes to tick: no script needed, and nothing to scroll.
        return super().formfield_for_manytomany(db_field, request, **{"widget": forms.CheckboxSelectMultiple, **kwargs})

    @admin.display(description="roles")
    def roles(self, staff):
        if staff.is_superuser:
            return "Administrator"
        return ", ".join(group.name for group in staff.groups.all()) or "None"

    @admin.display(description="second step")
    def second_step(self, staff):
        return "Set up" if staff.two_step_key else "Not set up"

    @admin.display(description="password")
    def set_password(self, staff):
        address = reverse("admin:auth_user_password_change", args=[staff.pk])
        return format_html('<a href="{}">Set a new password</a>', address)

    @admin.action(description="Reset the second step (lost authenticator)")
    def reset_second_step(self, request, queryset):
        for staff in queryset:
            two_step.reset(staff)
            self.log_change(request, staff, "Reset the second step.")
        self.message_user(request, "They set up a new authenticator at the next sign-in.", messages.SUCCESS)


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(FencedModelAdmin, GroupAdmin):
    """Roles are made by clinic/roles.py and kept in line with it after every migrate, so they are only read here."""

    list_display = ["name"]
    search_fields = ["name"]
    fields = ["name", "rights"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="may")
    def rights(self, group):
        return "\n".join(group.permissions.order_by("content_type", "codename").values_list("name", flat=True))
