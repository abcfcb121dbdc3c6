"""One request with a word of its own in every answer goes all the way. The words turn up where staff read, only."""

import logging
from pathlib import Path
from unittest import mock

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import OperationalError, connection
from django.test import Client, TransactionTestCase
from django.urls import reverse

from clinic import delivery
from clinic.logs import JsonLine
from clinic.models import OutboxEmail
from inquiries import links
from inquiries.models import Inquiry
from inquiries.queues import QUEUES
from inquiries.services import contact_mails
from tests import factories
from tests.inquiries.journey import ANSWERS, CONSENTS, address, sealed_in
from tests.inquiries.test_views import ADVICE, CHECK, make_clinic

WORDS = {
    "who": {
        "for_whom": "other",
        "helper_name": "Qyxhelper",
        "helper_relation": "carer",
        "helper_permission": "on",
    },
    "more": {"goal": "qyxgoal", "message": "qyxmessage fever"},
    "contact": {
        "full_name": "Qyxname Zwfamily",
        "email": "qyxmail@example.org",
        "phone": "(202) 555-0177",
        "communication_needs": "qyxneeds",
    },
}
CANARIES = [
    "qyxname",
    "zwfamily",
    "qyxhelper",
    "qyxgoal",
    "qyxmessage",
    "qyxneeds",
    "qyxmail",
    "555-0177",
    "2025550177",
    "qyxadded",
    "qyxworse",
    "qyxnewmail",
    "555-0188",
    "2025550188",
    "qyxnote",
    "qyxhold",
    "qyxdesk",
    "qyxstale",
    "qyxassign",
    "qyxoverride",
    "qyxmoved",
    "qyxletter",
    "qyxexport",
    "qyxpinned",
]
HEALTH = [
    *("qyxgoal", "qyxmessage", "qyxadded", "qyxworse", "qyxnote", "qyxdesk message", "qyxstale"),
    *("qyxassign", "qyxoverride", "qyxmoved", "qyxletter", "qyxpinned"),
]
WITHOUT_HEALTH = ["Front desk", "Manager", "Auditor", "Privacy officer"]


class Recorder(logging.Handler):
    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.getMessage()} {record.__dict__} {JsonLine().format(record)}")


class CanaryTests(TransactionTestCase):
    def setUp(self):
        self.log = Recorder()
        for logger in [logging.getLogger(), logging.getLogger("django")]:
            logger.addHandler(self.log)
            self.addCleanup(logger.removeHandler, self.log)
        make_clinic()
        factories.condition(slug="knee", title="Worn knee", live=True)
        factories.treatment(slug="rest", title="Rest", live=True)
        self.nurse = factories.staff("nurse")
        self.nurse.groups.add(Group.objects.get(name="Triage nurse"))
        self.visitor = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.addresses = []

    def post(self, url, given, *, with_token=True):
        token = {"csrfmiddlewaretoken": self.visitor.get("/consultation/who/").context["csrf_token"]}
        response = self.visitor.post(url, {**given, **(token if with_token else {})})
        self.addresses.append(response.get("Location", ""))
        return response

    def send(self, **changes):
        sealed = sealed_in(self.visitor.get(CHECK))
        return self.post(CHECK, {"sealed": sealed, **CONSENTS, **changes})

    def live_through(self):
        for key, answers in ANSWERS.items():
            given = answers | WORDS.get(key, {})
            self.post(address(key), given, with_token=False)
            self.post(address(key), given | {"age_band": "", "duration": "", "contact_method": ""})
            self.post(address(key), given)
            if key == "more":
                self.advice = self.visitor.get(ADVICE)
                self.assertContains(self.advice, "You wrote about: fever.")
                self.post(ADVICE, {}, with_token=False)
                self.post(ADVICE, {})
        self.send(health_data="")
        for error in (OperationalError, ValueError):
            with mock.patch("inquiries.views.check.intake.submit", side_effect=error("gone")):
                self.send()
        drafted = session_rows() + stored()
        sealed = sealed_in(self.visitor.get(CHECK))
        with mock.patch("inquiries.spam.FASTEST_SECONDS", 0):
            sent = [self.post(CHECK, {"sealed": sealed, **CONSENTS}) for _ in range(2)]
        self.assertEqual({response.status_code for response in sent}, {303})
        self.confirmation = self.visitor.get(sent[0]["Location"])
        self.assertEqual(delivery.send_due().sent, 1)
        self.work()
        return drafted

    def work(self):
        desk = Client()
        desk.force_login(self.nurse)
        inquiry = Inquiry.objects.get()
        page = reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])
        self.assertContains(desk.get(page), "Qyxname")
        for term in ["qyxname", "qyxmail@example.org", "2025550177", inquiry.reference]:
            found = desk.post("/admin/inquiries/inquiry/", {"term": term})
            self.addresses.append(found["Location"])
            self.assertContains(desk.get(found["Location"]), inquiry.reference)
        moved = desk.post(page.replace("change", "move"), {"to": "in_review", "version": 1})
        self.addresses += [page, moved["Location"]]

    def live_on(self):
        """The patient goes on writing, staff write notes, hold it and type in another one."""
        inquiry = Inquiry.objects.get()
        for action, given in [
            ("information", {"text": "qyxadded"}),
            ("worse", {"safety": ["none"], "text": "qyxworse"}),
            ("contact", {"proof": "0177", "email": "qyxnewmail@example.org", "phone": "(202) 555-0188"}),
            ("erase", {}),
            ("consent", {"purpose": "health_data"}),
        ]:
            self.act(inquiry, action, given)
        self.post("/request/find/", {"reference": inquiry.reference, "proof": "qyxnewmail@example.org"})
        self.post("/request/find/", {"reference": inquiry.reference, "proof": ""})
        self.desk = self.signed_in("officer", "Privacy officer", "Triage nurse", "Clinician")
        noted = {"channel": "phone", "result": "reached", "note": "qyxnote"}
        self.press(inquiry, "contact", **noted)
        self.press(inquiry, "hold", reason="qyxhold")
        self.type_in_another()
        self.work_on(inquiry)
        self.act(inquiry, "withdraw", {})
        delivery.send_due()
        return inquiry

    def work_on(self, inquiry):
        """Everything else that staff can do at the desk: hand on, rank, write, merge, take back, and take out."""
        note = {"body": "qyxstale"}
        self.assertEqual(self.press(inquiry, "note", version=1, **note).status_code, 409)
        self.assertContains(self.press(inquiry, "contact", channel="phone", note="qyxstale"), "qyxstale")
        self.desk.raise_request_exception = False
        with mock.patch("inquiries.services.notes.add", side_effect=ValueError("gone")):
            self.assertEqual(self.press(inquiry, "note", **note).status_code, 500)
        self.press(inquiry, "note", body="qyxpinned", is_pinned="on")
        self.press(inquiry, "assign", to=str(self.officer.pk), reason="qyxassign")
        self.press(inquiry, "override", level="0", reason="qyxoverride")
        letter = {"step": "send", "text": "You wrote qyxgoal"}
        self.assertContains(self.press(inquiry, "reply", **letter), "You wrote qyxgoal")
        self.press(inquiry, "reply", step="send", text="Please call us.")
        self.press(inquiry, "move", to="new", reason="qyxmoved")
        self.press(inquiry, "undo")
        other = Inquiry.objects.exclude(pk=inquiry.pk).get()
        compared = self.desk.get(f"{self.url_of(inquiry, 'compare')}?with={other.reference}")
        self.assertContains(compared, "Qyxdesk")
        self.addresses.append(compared.request["QUERY_STRING"])
        inquiry.refresh_from_db()
        merged = self.desk.post(
            reverse("admin:inquiries_inquiry_merge", args=[other.pk, inquiry.pk]),
            {"version": other.version, "into_version": inquiry.version},
        )
        self.addresses.append(merged["Location"])
        self.assertEqual(Inquiry.objects.get(pk=other.pk).status, "merged")
        reason = {"reason": "qyxexport for a court"}
        columns = ["reference", "full_name", "email", "phone"]
        table = self.desk.post(reverse("admin:inquiries_inquiry_table"), {"columns": columns, **reason})
        self.assertIn(b"Qyxname", b"".join(table))
        self.assertContains(self.press(inquiry, "export", **reason), "qyxgoal")
        self.assertContains(self.desk.get(self.url_of(inquiry, "print")), "qyxgoal")
        page = self.desk.get(self.url_of(inquiry, "change"))
        for canary in ("qyxpinned", "qyxassign", "qyxoverride", "qyxmoved"):
            self.assertContains(page, canary)
        self.addresses += [str(table.headers), str(page.headers)]

    def signed_in(self, username, *roles):
        person = factories.staff(username, on_duty=True)
        person.groups.set(Group.objects.filter(name__in=roles))
        desk = Client()
        desk.force_login(person)
        setattr(self, username, person)
        return desk

    def pages_of(self, desk, inquiry):
        """What every page of the desk says to somebody, in small letters."""
        places = [self.url_of(inquiry, name) for name in ("change", "print", "history", "reply", "erase", "receipt")]
        places += [reverse(name) for name in ("admin:index", "admin:inquiries_inquiry_changelist")]
        places += [f"/admin/inquiries/inquiry/?queue={name}" for name in QUEUES]
        places += ["/admin/clinic/outboxemail/", "/admin/inquiries/inquiry/export/", "/admin/inquiries/accesslog/"]
        stale = {"version": "1", "to": "in_review", "channel": "phone", "result": "reached", "reason": "a reason"}
        answers = [desk.get(place, follow=True) for place in places]
        answers += [desk.post(self.url_of(inquiry, name), stale) for name in ("move", "contact", "note", "read")]
        return " ".join(answer.content.decode().lower() for answer in answers)

    def url_of(self, inquiry, name):
        return reverse(f"admin:inquiries_inquiry_{name}", args=[inquiry.pk])

    def act(self, inquiry, action, given):
        """What a patient does on the page of the request: the first press has lost its token."""
        inquiry.refresh_from_db()
        for with_token in (False, True):
            url = f"/request/{links.token_of(inquiry)}/{action}/"
            answer = self.post(url, given, with_token=with_token)
        self.assertEqual(answer.status_code, 303, action)
        for seen in (answer, self.visitor.get(answer["Location"])):
            self.assert_none_in(seen.content.decode())
        self.addresses += [url, answer["Location"]]

    def press(self, inquiry, name, **given):
        inquiry.refresh_from_db()
        url = self.url_of(inquiry, name)
        answer = self.desk.post(url, {"version": inquiry.version, **given})
        self.addresses += [url, answer.get("Location", "")]
        return answer

    def type_in_another(self):
        url = "/admin/inquiries/inquiry/enter/"
        shown = self.desk.post(url, {"page": "start", "source": "phone"})
        changed = {
            "more": {"message": "qyxdesk message"},
            "contact": {"full_name": "Qyxdesk", "email": "qyxdesk@example.org"},
        }
        for key, answers in [*ANSWERS.items(), ("check", CONSENTS)]:
            given = {"sealed": sealed_in(shown), "page": key, **answers, **changed.get(key, {})}
            shown = self.desk.post(url, given)
        self.addresses.append(shown["Location"])

    def assert_roles_without_health_read_none(self, inquiry):
        for role in WITHOUT_HEALTH:
            desk = self.signed_in(role.split()[0].lower(), role)
            self.assertTrue(desk.get(self.url_of(inquiry, "change")).status_code == 200, role)
            said = self.pages_of(desk, inquiry)
            self.assertEqual([canary for canary in HEALTH if canary in said], [], role)
        said = self.pages_of(self.desk, inquiry)
        self.assertEqual([canary for canary in HEALTH[:4] if canary not in said], [])  # whoever may read them does

    def assert_none_in(self, text):
        for canary in CANARIES:
            self.assertNotIn(canary, text.lower())

    def test_no_word_leaves_the_pages_where_staff_read(self):
        drafted = self.live_through()
        message = mail.outbox[0]
        headers = {name: value for name, value in message.message().items() if name != "To"}
        logged = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
        self.assertGreaterEqual(len(self.log.lines), 3)
        for text in [
            self.confirmation.content.decode(),
            self.advice.content.decode(),
            message.body,
            str(headers),
            " ".join(self.log.lines),
            " ".join(self.addresses),
            str(self.visitor.cookies),
            session_rows(),
            drafted,
            logged,
            stored(),
        ]:
            self.assert_none_in(text)

    def test_no_word_written_later_leaves_them_and_erased_none_is_left_to_decrypt(self):
        self.live_through()
        inquiry = self.live_on()
        self.assertEqual(Inquiry.objects.get(pk=inquiry.pk).status, "withdrawn")
        self.assertTrue(OutboxEmail.objects.filter(kind=contact_mails.LINK, about_id=inquiry.public_id).count() > 1)
        readable = decrypted().lower()
        for canary in ("qyxgoal", "qyxadded", "qyxworse", "qyxnewmail", "qyxnote", "qyxhold", "qyxdesk", "qyxpinned"):
            self.assertIn(canary, readable)
        self.assert_none_in(stored())
        self.assert_roles_without_health_read_none(inquiry)
        self.press(inquiry, "end_hold")
        for one in Inquiry.objects.all():
            self.press(one, "erase")
        delivery.send_due()
        self.assertFalse(Inquiry.objects.filter(anonymised_at=None).exists())
        self.assertEqual(OutboxEmail.objects.filter(state="sent", kind=contact_mails.ERASED).count(), 2)
        for message in mail.outbox:
            headers = {name: value for name, value in message.message().items() if name != "To"}
            self.assert_none_in(" ".join([message.body, str(headers), str(message.alternatives)]))
        logged = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
        shown = self.desk.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])).content.decode()
        # Why a colleague took something out is none of the patient's words: it stays, encrypted, as the access log does.
        readable = decrypted()
        self.assertEqual(readable.count("qyxexport for a court"), 2)
        readable = readable.replace("qyxexport", "")
        recorded = " ".join([*self.log.lines, *self.addresses, str(self.visitor.cookies), str(self.desk.cookies)])
        for text in [recorded, logged, shown, session_rows(), readable, stored()]:
            self.assert_none_in(text)

    def test_the_search_for_words_in_the_database_would_find_one(self):
        factories.condition(slug="other", title="Qyxname")
        self.assertIn("qyxname", stored().lower())


def decrypted():
    """Every value of every row that is about a request, as who holds the keys reads it."""
    models = [*apps.get_app_config("inquiries").get_models(), OutboxEmail]
    return " ".join(str(row) for model in models for row in model.objects.values_list())


def session_rows():
    return " ".join(str(session.get_decoded()) for session in Session.objects.all())


def stored():
    """Everything the database holds, as it lies there."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        path = Path(connection.settings_dict["NAME"])
        files = [path, path.with_name(path.name + "-wal")]
        return " ".join(file.read_bytes().decode("latin-1") for file in files if file.exists())
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT {name}::text FROM {name}")
            rows += [row[0] for row in cursor.fetchall()]
    return " ".join(rows)
