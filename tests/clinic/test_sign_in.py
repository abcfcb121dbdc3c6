import io
import re
from unittest import mock

from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from clinic import staff_session, two_step
from clinic.models import Authenticator, ClinicProfile, Staff
from tests.clinic.test_two_step import code_at, enrol
from tests.inquiries.test_session_ends import session_ends_once_read

PASSWORD = "a-long-enough-password"
LOGIN = "/admin/login/"
TWO_STEP = "/admin/two-step/"
REFUSED = "This user name and password do not fit together"
# What a password alone opens.
OPEN = {"login", "logout", "two_step", "two_step_enrol"}


def staff(username="nina", **fields):
    defaults = {"is_staff": True, "is_superuser": True}
    return Staff.objects.create_user(username, password=PASSWORD, **defaults | fields)


def admin_addresses():
    """Every address of the admin, with values in its places that fit."""
    admin = next(part for part in get_resolver().url_patterns if getattr(part, "app_name", "") == "admin")

    def walk(patterns, prefix):
        for part in patterns:
            route = prefix + str(part.pattern).lstrip("^")
            if isinstance(part, URLResolver):
                yield from walk(part.url_patterns, route)
            elif isinstance(part, URLPattern) and part.name not in OPEN:
                route = re.sub(r"<[^>]*>", "1", route.replace("(?P<app_label>", "(").removesuffix("$"))
                yield re.sub(r"\((\w+)\|?[^)]*\)", r"\1", route).replace("(?P1.*)", "anything")

    return sorted(set(walk(admin.url_patterns, "/admin/")))


def sign_in(client, username="nina", password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": username, "password": password, "next": "/admin/"}, **extra)


class RealClinicTestCase(TestCase):
    def setUp(self):
        ClinicProfile.objects.create(name="Real", is_demo=False)
        self.nina = staff()

    def pass_both(self):
        """Signed in with both steps."""
        self.codes = enrol(self.nina, now=timezone.now() - timezone.timedelta(minutes=5))
        sign_in(self.client)
        self.used_code = code_at(self.nina, timezone.now())
        self.client.post(TWO_STEP, {"code": self.used_code})


class PasswordTests(RealClinicTestCase):
    def test_leads_to_the_second_step(self):
        response = sign_in(self.client)
        self.assertRedirects(response, "/admin/", fetch_redirect_response=False)
        self.assertRedirects(
            self.client.get("/admin/"), "/admin/two-step/?next=%2Fadmin%2F", fetch_redirect_response=False
        )

    def test_every_failure_reads_the_same(self):
        staff("gone", is_active=False)
        staff("visitor", is_staff=False)
        staff("demo", is_demo=True)
        pages = set()
        for username, password in [
            ("nina", "wrong"),
            ("nobody", PASSWORD),
            ("gone", PASSWORD),
            ("visitor", PASSWORD),
            ("demo", PASSWORD),
            ("nina", "x" * 100_000),
        ]:
            response = sign_in(self.client, username, password)
            self.assertContains(response, REFUSED)
            pages.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"|value="\w+"', "", response.content.decode()))
        self.assertEqual(len(pages), 1)

    def test_odd_input_is_an_error_on_the_page(self):
        for username, password in [("a\0b", "x"), ("x" * 5000, "x"), ("ﬁﬁﬁ" * 40, "x"), ("", "")]:
            with self.subTest(username[:5]):
                self.assertEqual(sign_in(self.client, username, password).status_code, 200)

    def test_leads_to_no_other_host(self):
        for address in ["//evil.example", "https:evil.example", "/\\evil.example", "///evil.example", "javascript:x"]:
            with self.subTest(address):
                self.client.logout()
                response = self.client.post(LOGIN, {"username": "nina", "password": PASSWORD, "next": address})
                self.assertRedirects(response, "/admin/", fetch_redirect_response=False)
                response = self.client.get(TWO_STEP, {"next": address})
                self.assertNotIn("evil", response.url)
                self.assertNotIn("javascript", response.url)

    def test_gets_a_new_session_id(self):
        self.client.get(LOGIN)
        self.client.session.save()
        before = self.client.session.session_key
        sign_in(self.client)
        self.assertNotEqual(self.client.session.session_key, before)

    def test_signing_out_needs_a_post_and_no_second_step(self):
        sign_in(self.client)
        self.assertEqual(self.client.get("/admin/logout/").status_code, 405)
        self.client.post("/admin/logout/")
        self.assertNotIn("_auth_user_id", self.client.session)


@override_settings(AXES_ENABLED=True)
class LockoutTests(RealClinicTestCase):
    def fail(self, times, **extra):
        for _ in range(times):
            response = sign_in(self.client, password="wrong", **extra)
        return response

    def test_ten_wrong_passwords_lock_the_account_for_this_visitor(self):
        self.assertEqual(self.fail(9).status_code, 200)
        locked = self.fail(1)
        self.assertContains(locked, REFUSED, status_code=429)
        right = sign_in(self.client)
        self.assertContains(right, REFUSED, status_code=429)

    def test_a_visitor_elsewhere_is_not_locked(self):
        self.fail(10)
        self.assertEqual(sign_in(self.client, REMOTE_ADDR="203.0.113.9").status_code, 302)

    def test_a_made_up_forwarding_header_does_not_help(self):
        for number in range(10):
            self.fail(1, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
        self.assertEqual(sign_in(self.client, HTTP_X_FORWARDED_FOR="203.0.113.77").status_code, 429)

    @override_settings(BEHIND_PROXY=True)
    def test_behind_the_proxy_the_address_it_saw_counts(self):
        for number in range(10):
            self.fail(1, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 203.0.113.9")
        self.assertEqual(sign_in(self.client, HTTP_X_FORWARDED_FOR="203.0.113.9").status_code, 429)
        self.assertEqual(sign_in(self.client, HTTP_X_FORWARDED_FOR="203.0.113.8").status_code, 302)


class ClosedDoorTests(RealClinicTestCase):
    def test_the_walk_finds_the_admin(self):
        self.assertGreater(len(admin_addresses()), 40)
        self.assertIn("/admin/clinic/staff/1/change/", admin_addresses())

    def test_a_stranger_is_sent_to_the_password_from_every_address(self):
        for address in admin_addresses():
            with self.subTest(address):
                response = self.client.get(address)
                self.assertEqual((response.status_code, response.url.partition("?")[0]), (302, LOGIN))

    def test_a_password_alone_opens_no_address(self):
        sign_in(self.client)
        for address in admin_addresses():
            for call in (self.client.get, self.client.post):
                with self.subTest(f"{call.__name__} {address}"):
                    response = call(address)
                    self.assertEqual((response.status_code, response.url.partition("?")[0]), (302, TWO_STEP))

    def test_a_password_alone_opens_no_address_of_an_enrolled_account(self):
        enrol(self.nina)
        self.test_a_password_alone_opens_no_address()

    def test_both_steps_open_the_home(self):
        self.pass_both()
        self.assertEqual(self.client.get("/admin/").status_code, 200)


class SecondStepTests(RealClinicTestCase):
    def test_enrols_shows_the_codes_once_and_goes_on(self):
        sign_in(self.client)
        response = self.client.get(TWO_STEP, {"next": "/admin/clinic/holiday/"})
        enrolment = response.url
        self.assertEqual(enrolment, "/admin/two-step/enrol/?next=%2Fadmin%2Fclinic%2Fholiday%2F")
        self.assertNotContains(self.client.get(enrolment), "data:image")
        self.assertNotContains(self.client.get(enrolment), "Not now")
        self.assertFalse(Authenticator.objects.exists())
        begun = self.client.post(enrolment, {"begin": "Set up", "next": "/admin/clinic/holiday/"})
        page = self.client.get(begun.url)
        secret = Authenticator.objects.get().secret
        self.assertContains(page, 'src="data:image/svg+xml')
        self.assertContains(page, f"{secret[:4]} {secret[4:8]}")
        code = code_at(self.nina, timezone.now())
        before = self.client.session.session_key
        done = self.client.post(enrolment, {"code": code, "next": "/admin/clinic/holiday/"})
        codes = re.findall(r"<code>(\w{5}-\w{5})</code>", done.content.decode())
        self.assertEqual(len(codes), 10)
        self.assertContains(done, 'href="/admin/clinic/holiday/"')
        self.assertNotEqual(self.client.session.session_key, before)
        self.assertEqual(self.client.get("/admin/clinic/holiday/").status_code, 200)
        self.assertNotContains(self.client.get(enrolment, follow=True), codes[0])

    def test_what_another_session_began_is_neither_shown_nor_confirmed(self):
        enrolment = "/admin/two-step/enrol/"
        thief = self.client_class()
        sign_in(thief)
        thief.post(enrolment, {"begin": "1"})
        planted = Authenticator.objects.get().secret
        sign_in(self.client)
        self.assertNotContains(self.client.get(enrolment), "data:image")
        self.client.post(enrolment, {"code": code_at(self.nina, timezone.now())})
        self.assertIsNone(Authenticator.objects.get().confirmed_at)
        self.client.post(enrolment, {"begin": "1"})
        self.assertNotEqual(Authenticator.objects.get().secret, planted)
        self.assertContains(self.client.get(enrolment), "data:image")
        self.assertNotContains(thief.get(enrolment), "data:image")
        self.client.post(enrolment, {"code": code_at(self.nina, timezone.now())})
        self.assertIsNotNone(Authenticator.objects.get().confirmed_at)

    def test_beginning_at_the_moment_another_session_confirms_is_no_error(self):
        sign_in(self.client)
        with mock.patch("clinic.two_step.begin", side_effect=two_step.WrongCode):
            response = self.client.post("/admin/two-step/enrol/", {"begin": "1"})
        self.assertEqual(response.status_code, 302)

    def test_pages_of_the_second_step_are_kept_by_nobody(self):
        sign_in(self.client)
        for address in [LOGIN, TWO_STEP, "/admin/two-step/enrol/"]:
            with self.subTest(address):
                self.assertIn("no-store", self.client.get(address)["Cache-Control"])

    def test_a_right_code_opens_under_a_new_session_id(self):
        self.codes = enrol(self.nina, now=timezone.now() - timezone.timedelta(minutes=5))
        sign_in(self.client)
        before = self.client.session.session_key
        response = self.client.post(TWO_STEP, {"code": code_at(self.nina, timezone.now()), "next": "/admin/"})
        self.assertRedirects(response, "/admin/")
        self.assertNotEqual(self.client.session.session_key, before)

    def test_a_used_code_is_refused_in_another_session(self):
        self.pass_both()
        other = self.client_class()
        sign_in(other)
        response = other.post(TWO_STEP, {"code": self.used_code})
        self.assertContains(response, "That code did not work.")
        self.assertEqual(other.get("/admin/").status_code, 302)

    def test_a_recovery_code_opens(self):
        codes = enrol(self.nina)
        sign_in(self.client)
        self.client.post(TWO_STEP, {"code": codes[0]})
        self.assertEqual(self.client.get("/admin/").status_code, 200)

    def test_many_wrong_codes_get_429_and_the_same_words(self):
        enrol(self.nina)
        sign_in(self.client)
        for _ in range(6):
            self.assertContains(self.client.post(TWO_STEP, {"code": "000000"}), "That code did not work.")
        locked = self.client.post(TWO_STEP, {"code": code_at(self.nina, timezone.now())})
        self.assertContains(locked, "That code did not work.", status_code=429)

    def test_cannot_be_enrolled_again_with_a_password_alone(self):
        enrol(self.nina)
        sign_in(self.client)
        self.assertEqual(self.client.get("/admin/two-step/enrol/").url.partition("?")[0], TWO_STEP)
        self.client.post("/admin/two-step/enrol/", {"begin": "1"})
        self.assertIsNotNone(Authenticator.objects.get().confirmed_at)

    def test_signing_in_again_asks_again(self):
        self.pass_both()
        sign_in(self.client)
        self.assertEqual(self.client.get("/admin/").status_code, 302)

    def test_new_recovery_codes_are_made_for_a_code(self):
        self.pass_both()
        page = self.client.get("/admin/two-step/codes/")
        self.assertContains(page, "Recovery codes left: 10 of 10.")
        response = self.client.post("/admin/two-step/codes/", {"code": self.codes[0]})
        self.assertEqual(len(re.findall(r"<code>\w{5}-\w{5}</code>", response.content.decode())), 10)

    def test_a_reset_ends_the_session_that_passed(self):
        self.pass_both()
        call_command("reset_two_step", "nina", stdout=io.StringIO())
        self.assertEqual(self.client.get("/admin/").url.partition("?")[0], TWO_STEP)

    def test_the_command_knows_its_people(self):
        with self.assertRaisesMessage(CommandError, "Nobody has the user name omar."):
            call_command("reset_two_step", "omar")


class DemonstrationTests(TestCase):
    def setUp(self):
        self.nina = staff(is_demo=True)

    def opens(self, **extra):
        sign_in(self.client, **extra)
        return self.client.get("/admin/", **extra).status_code == 200

    def test_on_its_own_machine_the_second_step_is_offered_not_demanded(self):
        self.assertTrue(self.opens())
        self.assertContains(self.client.get("/admin/"), reverse("admin:two_step_enrol"))
        self.assertContains(self.client.get("/admin/two-step/enrol/"), "Not now")

    def test_from_elsewhere_it_is_demanded(self):
        self.assertFalse(self.opens(REMOTE_ADDR="203.0.113.9"))

    def test_behind_a_proxy_it_is_demanded(self):
        with override_settings(BEHIND_PROXY=True):
            self.assertFalse(self.opens(HTTP_X_FORWARDED_FOR="127.0.0.1"))

    def test_behind_a_proxy_nobody_told_us_about_it_is_demanded(self):
        self.assertFalse(self.opens(HTTP_X_FORWARDED_FOR="203.0.113.9"))

    def test_on_a_public_address_it_is_demanded(self):
        with override_settings(ON_LOOPBACK=False):
            self.assertFalse(self.opens())

    def test_who_has_set_it_up_is_asked(self):
        enrol(self.nina)
        self.assertFalse(self.opens())

    def test_a_demonstration_account_is_out_once_the_clinic_is_real(self):
        self.assertTrue(self.opens())
        ClinicProfile.objects.create(name="Real", is_demo=False)
        self.assertEqual(self.client.get("/admin/").url.partition("?")[0], LOGIN)
        self.assertContains(sign_in(self.client), REFUSED)


class SessionTests(RealClinicTestCase):
    def setUp(self):
        super().setUp()
        self.pass_both()

    def later(self, **span):
        moment = (timezone.now() + timezone.timedelta(**span)).timestamp()
        return mock.patch("clinic.staff_session.time.time", return_value=moment)

    def is_open(self):
        return self.client.get("/admin/").status_code == 200

    def test_ends_after_half_an_hour_without_a_page(self):
        with self.later(minutes=29):
            self.assertTrue(self.is_open())
        with self.later(minutes=29 + 31):
            self.assertFalse(self.is_open())

    def test_ends_after_twelve_hours_of_work(self):
        for minutes in range(25, 12 * 60, 25):
            with self.later(minutes=minutes):
                self.assertTrue(self.is_open())
        with self.later(hours=12, minutes=1):
            self.assertFalse(self.is_open())

    def test_is_written_at_most_once_a_minute(self):
        with self.later(minutes=2), mock.patch("clinic.sessions.SessionStore.save") as save:
            self.client.get("/admin/")
            self.assertEqual(save.call_count, 1)
        with self.later(minutes=2):
            self.client.get("/admin/")
        with (
            self.later(minutes=2, seconds=50),
            mock.patch("clinic.sessions.SessionStore.save") as save,
        ):
            self.client.get("/admin/")
            save.assert_not_called()

    def test_ends_when_the_account_is_deactivated(self):
        Staff.objects.update(is_active=False)
        self.assertFalse(self.is_open())
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_ends_when_the_password_changes_elsewhere(self):
        self.nina.set_password("another-long-password")
        self.nina.save()
        self.assertFalse(self.is_open())

    def test_survives_its_own_change_of_password(self):
        response = self.client.post(
            "/admin/password_change/",
            {
                "old_password": PASSWORD,
                "new_password1": "correct horse battery",
                "new_password2": "correct horse battery",
            },
        )
        self.assertEqual(response.status_code, 302)
        self.assertTrue(self.is_open())

    def test_loses_a_right_with_the_role(self):
        Staff.objects.update(is_superuser=False)
        self.nina.groups.add(Group.objects.get(name="Manager"))
        self.assertEqual(self.client.get("/admin/clinic/holiday/").status_code, 200)
        self.nina.groups.clear()
        self.assertEqual(self.client.get("/admin/clinic/holiday/").status_code, 403)

    def test_public_pages_leave_the_session_alone(self):
        with mock.patch("clinic.staff_session.end_if_over") as looked:
            self.client.get("/nowhere/")
        looked.assert_not_called()


class WrongCodeLogTests(RealClinicTestCase):
    def test_a_refused_code_is_in_the_log_without_a_name(self):
        enrol(self.nina)
        sign_in(self.client)
        with self.assertLogs("clinic.admin.two_step", "WARNING") as logs:
            self.client.post(TWO_STEP, {"code": "000000"})
        self.assertEqual(logs.output, [f"WARNING:clinic.admin.two_step:Second step refused for staff {self.nina.pk}"])
        self.assertIsInstance(two_step.Locked(), two_step.WrongCode)


class SignedOutMeanwhileTests(RealClinicTestCase):
    """In another tab, while a page was made that has something to store in the session."""

    def setUp(self):
        super().setUp()
        self.pass_both()
        session = self.client.session
        session[staff_session.SEEN] -= staff_session.SEEN_EVERY
        session.save()

    def test_a_page_asks_to_sign_in_and_leads_back(self):
        with session_ends_once_read():
            response = self.client.get("/admin/?page=2")
        self.assertRedirects(response, "/admin/?page=2", status_code=303, fetch_redirect_response=False)
        response = self.client.get("/admin/?page=2")
        self.assertRedirects(response, "/admin/login/?next=/admin/%3Fpage%3D2", fetch_redirect_response=False)

    def test_what_was_sent_leads_to_the_desk_and_not_to_an_address_that_only_takes_forms(self):
        with session_ends_once_read():
            response = self.client.post("/admin/jsi18n/")
        self.assertRedirects(response, "/admin/", status_code=303, fetch_redirect_response=False)
