"""Who may do what: the groups of staff, in one table.

`align` runs after every migrate and keeps the groups in line with this table. Not a data migration: the rights of an
app exist only once that app's own migrations ran, and a data migration of the clinic would have to wait for the apps
that build on it. A clinic that needs another mix gives a person several groups.
"""

from django.apps import AppConfig
from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import router


def _rights(app: str, models: str, *actions: str) -> set[str]:
    return {f"{app}.{action}_{model}" for model in models.split() for action in actions}


PAGES = "condition treatment article"
PARTS = (
    "section synonym medicalcode careadvice treatmentoption outcomeevidence adverseoutcome contraindication "
    "regulatorystatus answeredclaim"
)
FACTS = "source glossaryterm questiontoask"

RECORDS = "revision revisionperson revisionevent reviewevent claimrule claimwaiver"
READER_WORDS = "pagefeedback redirect factchange"

READ_CONTENT = _rights("therapies", f"page {PAGES} {PARTS} {FACTS} {RECORDS}", "view")
WRITE_CONTENT = (
    READ_CONTENT | _rights("therapies", PAGES, "add", "change") | _rights("therapies", PARTS, "add", "change", "delete")
)
# Who treats patients takes a page off the site at sight of a mistake: they must be able to find it.
TAKE_DOWN = _rights("therapies", f"page {PAGES}", "view") | {"therapies.withdraw_page"}
READ_CLINIC = _rights("clinic", "clinicprofile openinghours holiday clinician", "view")
SEE_REQUESTS = _rights(
    "inquiries",
    "inquiry inquiryevent consenttext consentrecord contactattempt patientupdate safetysignoff dailycounter "
    "note reply duplicatedecision savedreply replytarget dailyfigures",
    "view",
)
SEE_MAIL = {"clinic.view_outboxemail"}
DESK = READ_CLINIC | SEE_REQUESTS | SEE_MAIL | {"inquiries.view_figures"}
WHO = {"inquiries.view_contact"}
HEALTH = {"inquiries.view_health"}
MOVE = {"inquiries.move_inquiry"}
DECIDE = {"inquiries.decide_inquiry", "inquiries.override_priority"}
DECIDE_FLAGGED = {"inquiries.decide_flagged"}
ASSIGN = {"inquiries.assign_inquiry"}
SEE_ACCESS = {"inquiries.view_accesslog"}
REOPEN = {"inquiries.reopen_inquiry"}
ENTER = {"inquiries.enter_inquiry"}
RETRY = {"clinic.retry_outboxemail"}

ROLES = {
    "Content author": WRITE_CONTENT,
    "Editor": WRITE_CONTENT
    | _rights("therapies", FACTS, "add", "change")
    | _rights("therapies", READER_WORDS, "view")
    | _rights("therapies", "claimrule", "add", "change")
    | {"therapies.change_pagefeedback", "therapies.review_page", "therapies.publish_page", "therapies.withdraw_page"},
    "Clinical reviewer": READ_CONTENT
    | TAKE_DOWN
    | {"therapies.approve_page", "therapies.add_claimwaiver"}
    | {"inquiries.view_safetysignoff", "inquiries.sign_safety"},
    "Front desk": DESK | WHO | MOVE | ENTER | RETRY,
    "Triage nurse": DESK | WHO | HEALTH | MOVE | DECIDE | ASSIGN | REOPEN | ENTER | RETRY,
    "Clinician": DESK | WHO | HEALTH | MOVE | DECIDE | DECIDE_FLAGGED | ASSIGN | REOPEN | TAKE_DOWN,
    "Manager": DESK
    | WHO
    | ASSIGN
    | REOPEN
    | RETRY
    | _rights("inquiries", "savedreply", "add", "change")
    | _rights("inquiries", "replytarget", "change")
    | _rights("clinic", "openinghours holiday", "add", "change", "delete")
    | {"clinic.view_staff", "clinic.set_duty"},
    "Privacy officer": DESK
    | WHO
    | SEE_ACCESS
    | _rights("inquiries", "inquiry", "erase", "hold", "export")
    | {"inquiries.read_health_with_reason"},
    "Auditor": READ_CONTENT | _rights("therapies", READER_WORDS, "view") | DESK | SEE_ACCESS,
}


def align(sender: AppConfig, using: str, apps: Apps = installed, **kwargs: object) -> None:
    """Signal handler of post_migrate: give the groups the rights of this app that the table names, and no others."""
    try:
        Group = apps.get_model("auth", "Group")
        Permission = apps.get_model("auth", "Permission")
    except LookupError:
        return  # a migration plan that stops before the groups exist
    if not router.allow_migrate_model(using, Group):
        return
    # Django makes permissions in a handler of the same signal; whichever comes first, they are there now.
    create_permissions(sender, verbosity=0, using=using, apps=apps)
    known = {
        f"{sender.label}.{codename}": pk
        for codename, pk in Permission.objects.using(using)
        .filter(content_type__app_label=sender.label)
        .values_list("codename", "pk")
    }
    for name, rights in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        wanted = {known[right] for right in rights if right in known}
        held = set(group.permissions.filter(pk__in=known.values()).values_list("pk", flat=True))
        if wanted != held:
            group.permissions.remove(*(held - wanted))
            group.permissions.add(*(wanted - held))
