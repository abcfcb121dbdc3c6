"""Who reaches which address: every address of the site, by every role, by GET and POST, against one written table."""

import contextlib
import os
from pathlib import Path
from unittest import mock

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory, TestCase
from django.urls import URLPattern, get_resolver, resolve, reverse
from django.utils import timezone

from clinic.roles import ROLES
from inquiries.models import AccessLog, DailyCounter, Inquiry, SavedReply
from tests import factories

TABLE = Path(__file__).parent / "addresses.txt"
METHODS = ("GET", "POST")
# Of the forms that are read before the right is asked: which revision a button stood beside. Every other is sent empty.
FORM = {"number": "1", "state": "live"}
HEAD = "# Who opens which address of the admin, by GET and by POST. Read each line that changes.\n"
TELLING = ("admin:inquiries_", "admin:index", "admin:clinic_outboxemail")
# Not asked by role: signing in and out, and what belongs to whoever is signed in.
OWN = {"login", "logout", "password_change", "password_change_done", "jsi18n", "autocomplete", "view_on_site"}
OWN |= {"two_step", "enrol", "recovery_codes", "two_step_reset", "two_step_enrol", "two_step_codes"}
SECRETS = {
    "Qyxname": "inquiries.view_contact",
    "qyxmail": "inquiries.view_contact",
    "Qyxhealth": "inquiries.view_health",
}
ABBREVIATED = {
    "Content author": "author",
    "Editor": "editor",
    "Clinical reviewer": "reviewer",
    "Front desk": "desk",
    "Triage nurse": "nurse",
    "Clinician": "clinician",
    "Manager": "manager",
    "Privacy officer": "privacy",
    "Auditor": "auditor",
}


def patterns(resolver, namespace=""):
    """(name with its namespace, names of its arguments) of every address."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}" if entry.name else "", tuple(entry.pattern.converters)
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner)


def written():
    """{(name, method): roles} of the table."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, method, *roles = line.split()
            found[name, method] = set(roles) - {"nobody"}
    return found


class AddressTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = {}
        for role in ROLES:
            cls.people[role] = factories.staff(role.replace(" ", "").lower())
            cls.people[role].groups.add(Group.objects.get(name=role))
        for make in (factories.condition, factories.treatment, factories.article):
            make(live=True)
        cls.other = factories.inquiry(full_name="Other Person", email="other@example.com", phone="")
        cls.inquiry = factories.inquiry(full_name="Qyxname Person", email="qyxmail@example.com", message="Qyxhealth")
        SavedReply.objects.create(title="Call us", body="Call us.")
        DailyCounter.objects.create(date=timezone.localdate(), name="safety shown", value=9)
        AccessLog.objects.create(staff=cls.people["Auditor"], action="view", inquiry=cls.inquiry)

    @mock.patch("clinic.admin.site.staff_session.second_step_is_due", lambda request: False)  # two queries each time
    def test_every_address_is_in_the_table_and_opens_for_those_it_names(self):
        expected, found = written(), {}
        addresses = list(self.addresses())
        for role, person in self.people.items():
            for name, url in addresses:
                for method in METHODS:
                    opened = self.opens(name, url, method, person)
                    found.setdefault((name, method), set()).update({ABBREVIATED[role]} if opened else set())
        if os.environ.get("WRITE_ADDRESSES"):  # how the table was made; whoever writes it anew reads the difference
            TABLE.write_text(f"{HEAD}{self.as_text(found)}\n", encoding="utf-8")
        self.assertEqual(self.as_text(found), self.as_text(expected))

    def opens(self, name, url, method, person):
        try:
            with self.drawn(name), transaction.atomic():
                answer = self.asked(url, method, person)
                transaction.set_rollback(True)  # the next role finds everything as this one did
        except (PermissionDenied, Http404):
            return False
        except BadRequest:
            return True
        body = b"".join(answer) if answer.streaming else answer.content
        for secret, right in SECRETS.items():
            if not person.has_perm(right) and secret.encode() in body:
                self.fail(f"{method} {name} tells {secret} to somebody without {right}")
        self.assertLess(answer.status_code, 500, f"{method} {name}")
        # Sent home, since there is no such row: nothing was told.
        return answer.status_code not in (403, 404, 405) and answer.headers.get("Location") != reverse("admin:index")

    def asked(self, url, method, person):
        """What the view answers, without what stands before it: the rights of a person are looked up once that way."""
        posted = FORM if method == "POST" else None
        request = getattr(RequestFactory(), method.lower())(url, posted)
        request.user, request.resolver_match = person, resolve(url)
        request.session = SessionStore()
        request._messages, request._dont_enforce_csrf_checks = FallbackStorage(request), True
        match = request.resolver_match
        answer = match.func(request, *match.args, **match.kwargs)
        return answer.render() if hasattr(answer, "render") and not answer.is_rendered else answer

    def drawn(self, name):
        """Only pages that could tell something about a patient are drawn: of the others the right is all that counts."""
        if name.startswith(TELLING):
            return contextlib.nullcontext()
        return mock.patch.object(SimpleTemplateResponse, "rendered_content", "")

    def addresses(self):
        """(name, address) of every page of the admin that is asked about."""
        for name, arguments in sorted(set(patterns(get_resolver()))):
            if name.startswith("admin:") and name.removeprefix("admin:") not in OWN:
                given = [self.argument(name, argument) for argument in arguments]
                yield name, reverse(name, args=["inquiries"] if name == "admin:app_list" else given)

    def argument(self, name, argument):
        """What exists: a row of the model the address is about, the first revision, another request, a move."""
        if argument in ("pk", "object_id", "id"):
            about = name.removeprefix("admin:")
            models = [m for m in admin.site._registry if about.startswith(f"{m._meta.app_label}_{m._meta.model_name}_")]
            row = self.inquiry if Inquiry in models or not models else models[0].objects.first()
            return getattr(row, "pk", 1)
        return {"number": 1, "other_id": self.other.pk, "move": "withdraw"}[argument]

    def as_text(self, table):
        """One line an address and method, the roles in their order."""
        order = list(ABBREVIATED.values())
        return "\n".join(
            f"{name:60} {method:5} {' '.join(sorted(roles, key=order.index)) or 'nobody'}"
            for (name, method), roles in sorted(table.items())
        )

    def test_a_stranger_opens_none_of_them(self):
        for name, url in self.addresses():
            for method in METHODS:
                answer = self.client.generic(method, url)
                with self.subTest(f"{method} {name}"):
                    self.assertIn(answer.status_code, (302, 403, 404, 405))
                    if answer.status_code == 302:
                        self.assertIn("/admin/login/", answer["Location"])

    def test_every_model_of_ours_with_a_page_is_asked_for(self):
        ours = {
            model for label in ("clinic", "therapies", "inquiries") for model in apps.get_app_config(label).get_models()
        }
        listed = {name for name, _ in written()}
        missing = [
            model.__name__
            for model in admin.site._registry
            if model in ours and f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" not in listed
        ]
        self.assertEqual(missing, [])
