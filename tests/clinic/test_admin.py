import uuid
from datetime import UTC, date, datetime, time, timedelta
from unittest import mock

from django.contrib.auth.models import Group
from django.test import TestCase, override_settings
from django.utils import timezone

from clinic import demo, outbox
from clinic.admin.going_real import still_missing
from clinic.models import Clinician, ClinicProfile, Holiday, OpeningHours, OutboxEmail, Staff
from tests import factories
from tests.clinic.test_two_step import enrol
from therapies import publishing
from therapies.models import Article

PROFILE = "/admin/clinic/clinicprofile/1/change/"
MAIL = "/admin/clinic/outboxemail/"
REAL_MACHINE = override_settings(
    HTTPS=True, EMAIL_HOST="mail.clinic.org", FALLBACK_PHONE="202 222 2222", FALLBACK_EMERGENCY_NUMBER="911"
)
REAL_FACTS = {"phone": "202 222 2222", "email": "desk@clinic.org", "address": "5 Long Road", "emergency_number": "911"}


def person(username="nina", role="", **fields):
    staff = Staff.objects.create(username=username, is_staff=True, is_superuser=not role, **fields)
    staff.groups.set(Group.objects.filter(name=role))
    return staff


def owe(number=1, **fields):
    email = outbox.owe(
        kind="acknowledgement", about=("x", uuid.uuid4()), to=f"reader{number}@example.org", dedupe_key=str(number)
    )
    OutboxEmail.objects.filter(pk=email.pk).update(**fields or {"kind": "acknowledgement"})
    return email


class AdminTestCase(TestCase):
    role = ""

    def setUp(self):
        self.nina = person(role=self.role)
        self.client.force_login(self.nina)


class HomeTests(AdminTestCase):
    def test_says_that_the_second_step_is_missing(self):
        self.assertContains(self.client.get("/admin/"), "Your account is protected by a password alone.")

    def test_says_what_the_demonstration_is_and_what_is_missing(self):
        demo.make_clinic(date(2026, 1, 1))
        page = self.client.get("/admin/")
        self.assertContains(page, "This is a demonstration")
        self.assertContains(page, "things are missing before it can be real")
        self.assertContains(page, "written to files under var/mail")

    def test_says_that_there_is_no_profile(self):
        self.assertContains(self.client.get("/admin/"), "The clinic has no name, number or address yet.")

    def test_says_that_a_real_clinic_sends_no_mail(self):
        enrol(self.nina)
        ClinicProfile.objects.create(name="Real", is_demo=False)
        owe()
        with mock.patch("clinic.staff_session.passed_second_step", return_value=True):
            page = self.client.get("/admin/")
        self.assertContains(page, "No mail server is set (EMAIL_HOST). Nothing is sent; 1 messages stay queued.")

    def test_says_that_mail_is_late(self):
        owe(send_after=timezone.now() - timedelta(minutes=20))
        self.assertContains(self.client.get("/admin/"), "Mail is delayed: 1 messages wait")

    def test_says_that_mail_failed(self):
        owe(state="failed")
        self.assertContains(self.client.get("/admin/"), "1 messages could not be delivered.")

    def test_is_quiet_to_who_can_do_nothing_about_it(self):
        author = person("author", "Content author")
        self.client.force_login(author)
        owe(state="failed")
        page = self.client.get("/admin/")
        self.assertNotContains(page, "could not be delivered")
        self.assertNotContains(page, "no name, number")

    def test_loads_nothing_from_elsewhere_and_nothing_inline(self):
        html = self.client.get("/admin/").content.decode()
        for forbidden in ["style=", "<style", "onclick", "javascript:", "http://", "https://"]:
            self.assertNotIn(forbidden, html.replace('xmlns="http://www.w3.org/2000/svg"', ""))


class ProfileTests(AdminTestCase):
    def setUp(self):
        super().setUp()
        demo.make_clinic(date(2026, 1, 1))
        self.profile = ClinicProfile.objects.get()

    def send(self, **changes):
        fields = [field.name for field in ClinicProfile._meta.fields if field.name not in {"id", "is_demo"}]
        data = {name: getattr(self.profile, name) or "" for name in fields} | {"is_demo": "on"} | changes
        return self.client.post(PROFILE, {name: value for name, value in data.items() if value is not None})

    def make_everything_real(self):
        enrol(self.nina)
        person("desk", "Front desk")
        for article in Article.objects.filter(category="policy"):
            article.delete()
        Article.objects.create(slug="privacy", title="Privacy", category="policy", summary="x")

    def test_the_list_is_the_form(self):
        self.assertRedirects(self.client.get("/admin/clinic/clinicprofile/"), PROFILE)

    def test_there_is_one_and_it_stays(self):
        self.assertEqual(self.client.get("/admin/clinic/clinicprofile/add/").status_code, 403)
        self.assertEqual(self.client.get("/admin/clinic/clinicprofile/1/delete/").status_code, 403)

    def test_says_at_the_top_what_is_missing(self):
        page = self.client.get(PROFILE)
        for sentence in still_missing(self.profile):
            self.assertContains(page, sentence.replace("'", "&#x27;"))
        self.assertContains(page, "A telephone number that is answered")

    def test_can_be_changed_while_it_is_a_demonstration(self):
        self.assertEqual(self.send(tagline="Another").status_code, 302)
        self.assertEqual(ClinicProfile.objects.get().tagline, "Another")

    def test_the_demonstration_does_not_end_while_something_is_missing(self):
        response = self.send(is_demo=None)
        self.assertContains(response, "The demonstration cannot end yet.")
        self.assertContains(response, "<li>A mail server (EMAIL_HOST in the environment).</li>", html=True)
        self.assertTrue(ClinicProfile.objects.get().is_demo)

    def test_a_real_clinic_changes_its_number_whatever_is_missing(self):
        ClinicProfile.objects.update(is_demo=False)
        with mock.patch("clinic.staff_session.second_step_is_due", return_value=False):
            self.assertEqual(self.send(phone="(202) 555-0177", is_demo=None).status_code, 302)
        self.assertEqual(ClinicProfile.objects.get().phone, "(202) 555-0177")

    @REAL_MACHINE
    def test_the_demonstration_ends_when_everything_is_real(self):
        self.make_everything_real()
        real = REAL_FACTS | {"legal_texts_confirmed_on": "2026-02-01", "is_demo": None}
        with mock.patch("clinic.staff_session.passed_second_step", return_value=True):
            response = self.send(**real)
            self.assertContains(response, "Approved policies. Still demonstration texts: Privacy.")
            Article.objects.get().delete()
            self.assertContains(self.send(**real), "Policies: there are none yet.")
            policy = factories.article(title="Privacy")
            passed = publishing.pass_review(factories.submitted(policy), actor=factories.staff(is_demo=True))
            publishing.publish_approved(passed, actor=factories.staff())
            self.assertContains(self.send(**real), "Approved policies. Still demonstration texts: Privacy.")
            policy.summary = "Another example."
            policy.save()
            factories.released(policy)
            self.assertEqual(self.send(**real).status_code, 302)
        self.assertFalse(ClinicProfile.objects.get().is_demo)
        self.assertContains(self.client.get("/about/example-article/"), "Another example.")

    @REAL_MACHINE
    def test_a_demonstration_administrator_is_not_a_real_one(self):
        Staff.objects.update(is_demo=True)
        enrol(self.nina)
        self.assertIn(
            "A real administrator: a superuser account with the second step set up.", still_missing(self.profile)
        )

    @REAL_MACHINE
    def test_each_fact_is_asked_for(self):
        self.assertEqual(len(still_missing(ClinicProfile(**REAL_FACTS))), len(still_missing(self.profile)) - 3)
        for name in REAL_FACTS:
            with self.subTest(name):
                self.assertGreater(
                    len(still_missing(ClinicProfile(**REAL_FACTS | {name: ""}))),
                    len(still_missing(ClinicProfile(**REAL_FACTS))),
                )
        OpeningHours.objects.all().delete()
        self.assertIn("Opening hours.", still_missing(ClinicProfile(**REAL_FACTS)))


class FactTests(AdminTestCase):
    def test_hours_and_holidays_are_added(self):
        self.client.post("/admin/clinic/openinghours/add/", {"weekday": 0, "opens": "08:00", "closes": "12:00"})
        self.client.post("/admin/clinic/holiday/add/", {"date": "2026-07-04", "name": "Independence Day"})
        self.assertEqual((OpeningHours.objects.get().closes, Holiday.objects.count()), (time(12), 1))

    def test_hours_that_end_before_they_begin_are_refused_in_words(self):
        response = self.client.post(
            "/admin/clinic/openinghours/add/", {"weekday": 0, "opens": "12:00", "closes": "08:00"}
        )
        self.assertContains(response, "Closing time must be after opening time.")

    def test_a_clinician_is_never_deleted(self):
        clinician = Clinician.objects.create(slug="a", name="A")
        self.assertEqual(self.client.get(f"/admin/clinic/clinician/{clinician.pk}/delete/").status_code, 403)
        self.assertEqual(self.client.get("/admin/clinic/clinician/").status_code, 200)


class StaffTests(AdminTestCase):
    def test_shows_no_password_hash(self):
        self.nina.set_password("a-long-enough-password")
        self.nina.save()
        self.client.force_login(self.nina)
        page = self.client.get(f"/admin/clinic/staff/{self.nina.pk}/change/")
        self.assertContains(page, "Set a new password")
        self.assertNotContains(page, self.nina.password.split("$")[-1][:8])
        self.assertNotContains(page, "algorithm")

    def test_shows_role_and_second_step_and_resets_it(self):
        omar = person("omar", "Clinician")
        enrol(omar)
        self.assertContains(self.client.get("/admin/clinic/staff/"), "Set up")
        self.client.post(
            "/admin/clinic/staff/", {"action": "reset_second_step", "index": 0, "_selected_action": [omar.pk]}
        )
        omar.refresh_from_db()
        self.assertEqual(omar.two_step_key, "")

    def test_an_account_is_made_with_a_role(self):
        self.client.post(
            "/admin/clinic/staff/add/",
            {
                "username": "omar",
                "usable_password": "true",
                "password1": "correct horse battery",
                "password2": "correct horse battery",
            },
        )
        omar = Staff.objects.get(username="omar")
        role = Group.objects.get(name="Clinician")
        response = self.client.post(
            f"/admin/clinic/staff/{omar.pk}/change/",
            {"username": "omar", "is_active": "on", "is_staff": "on", "groups": [role.pk], "on_duty": "on"},
        )
        self.assertEqual(response.status_code, 302)
        omar.refresh_from_db()
        self.assertTrue(omar.is_staff and omar.on_duty and omar.groups.get() == role)

    def test_a_short_password_is_refused(self):
        response = self.client.post(
            "/admin/clinic/staff/add/",
            {"username": "omar", "usable_password": "true", "password1": "short-one", "password2": "short-one"},
        )
        self.assertContains(response, "at least 15 characters")

    def test_is_never_deleted(self):
        self.assertEqual(self.client.get(f"/admin/clinic/staff/{self.nina.pk}/delete/").status_code, 403)


class ManagerTests(AdminTestCase):
    role = "Manager"

    def setUp(self):
        super().setUp()
        self.boss = person("boss")

    def test_sets_duty_and_nothing_else(self):
        address = f"/admin/clinic/staff/{self.boss.pk}/change/"
        self.assertNotContains(self.client.get(address), "is_superuser")
        self.client.post(address, {"on_duty": "on", "is_superuser": "", "username": "hacked", "is_active": ""})
        self.boss.refresh_from_db()
        self.assertEqual((self.boss.on_duty, self.boss.username), (True, "boss"))
        self.assertTrue(self.boss.is_superuser and self.boss.is_active)

    def test_does_not_raise_themselves(self):
        address = f"/admin/clinic/staff/{self.nina.pk}/change/"
        self.client.post(address, {"is_superuser": "on", "groups": [Group.objects.get(name="Clinician").pk]})
        self.nina.refresh_from_db()
        self.assertFalse(self.nina.is_superuser)
        self.assertEqual(self.nina.groups.get().name, "Manager")

    def test_sets_no_password_and_makes_no_account(self):
        for address in [f"/admin/clinic/staff/{self.boss.pk}/password/", "/admin/clinic/staff/add/"]:
            with self.subTest(address):
                self.assertEqual(self.client.get(address).status_code, 403)
                self.assertEqual(self.client.post(address, {"password1": "x" * 20}).status_code, 403)

    def test_resets_nobodys_second_step(self):
        enrol(self.boss)
        self.client.post(
            "/admin/clinic/staff/", {"action": "reset_second_step", "index": 0, "_selected_action": [self.boss.pk]}
        )
        self.boss.refresh_from_db()
        self.assertNotEqual(self.boss.two_step_key, "")

    def test_reads_the_profile_without_changing_it(self):
        demo.make_clinic(date(2026, 1, 1))
        self.assertEqual(self.client.get(PROFILE).status_code, 200)
        self.assertEqual(self.client.post(PROFILE, {"name": "Other"}).status_code, 403)


class GroupTests(AdminTestCase):
    def test_roles_are_read_only(self):
        desk = Group.objects.get(name="Front desk")
        address = f"/admin/auth/group/{desk.pk}/change/"
        self.assertContains(self.client.get(address), "Can see who sent a request")
        self.assertEqual(self.client.post(address, {"name": "x"}).status_code, 403)
        self.assertEqual(self.client.get("/admin/auth/group/add/").status_code, 403)


class OutboxTests(AdminTestCase):
    role = "Front desk"

    def test_shows_no_recipient(self):
        email = owe()
        for address in [MAIL, f"{MAIL}{email.pk}/change/"]:
            with self.subTest(address):
                page = self.client.get(address)
                self.assertContains(page, "acknowledgement")
                self.assertNotContains(page, "reader1")

    def test_a_failed_message_is_queued_again(self):
        failed, sent = owe(1, state="failed"), owe(2, state="sent", sent_at=timezone.now())
        response = self.client.post(
            MAIL, {"action": "retry", "index": 0, "_selected_action": [failed.pk, sent.pk]}, follow=True
        )
        self.assertContains(response, "Messages queued again: 1.")
        self.assertEqual(OutboxEmail.objects.get(pk=failed.pk).state, "queued")

    def test_is_only_read(self):
        email = owe()
        self.assertEqual(self.client.post(f"{MAIL}{email.pk}/change/", {"state": "sent"}).status_code, 403)
        self.assertEqual(self.client.get(f"{MAIL}{email.pk}/delete/").status_code, 403)
        self.assertEqual(self.client.get(f"{MAIL}add/").status_code, 403)

    def test_an_auditor_sees_it_and_queues_nothing(self):
        email = owe(state="failed")
        self.client.force_login(person("audit", "Auditor"))
        self.assertEqual(self.client.get(MAIL).status_code, 200)
        self.client.post(MAIL, {"action": "retry", "index": 0, "_selected_action": [email.pk]})
        self.assertEqual(OutboxEmail.objects.get(pk=email.pk).state, "failed")


class ClockTests(AdminTestCase):
    def test_staff_see_the_clinics_time(self):
        demo.make_clinic(date(2026, 1, 1))
        owe(state="sent", sent_at=timezone.make_aware(datetime(2026, 7, 1, 16, 5), UTC))
        self.assertContains(self.client.get(MAIL), "July 1, 2026, 12:05 p.m.")

    def test_without_a_profile_they_see_utc(self):
        owe(state="sent", sent_at=timezone.make_aware(datetime(2026, 7, 1, 16, 5), UTC))
        self.assertContains(self.client.get(MAIL), "July 1, 2026, 4:05 p.m.")


class LogoutTests(AdminTestCase):
    def test_says_so_and_closes_the_door(self):
        self.assertContains(self.client.post("/admin/logout/"), "You are logged out.")
        self.assertEqual(self.client.get("/admin/").status_code, 302)
