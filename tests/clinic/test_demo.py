import io
from datetime import date, time

from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase

from clinic import demo
from clinic.facts import read_clinic
from clinic.models import ClinicProfile, Holiday, OpeningHours, Staff
from clinic.roles import ROLES
from clinic.us_holidays import federal_holidays
from tests.clinic.test_two_step import enrol


def run(command, *arguments):
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def printed_passwords(said):
    return {words[0]: words[1] for line in said.splitlines() if len(words := line.split()) > 2 and "-" in words[1]}


class HolidayTests(SimpleTestCase):
    def test_agrees_with_the_calendar_of_2026(self):
        days = dict((name, day) for day, name in federal_holidays(2026))
        self.assertEqual(days["Martin Luther King Jr. Day"], date(2026, 1, 19))
        self.assertEqual(days["Presidents' Day"], date(2026, 2, 16))
        self.assertEqual(days["Memorial Day"], date(2026, 5, 25))
        self.assertEqual(days["Labor Day"], date(2026, 9, 7))
        self.assertEqual(days["Columbus Day"], date(2026, 10, 12))
        self.assertEqual(days["Thanksgiving Day"], date(2026, 11, 26))

    def test_every_year_has_eleven_in_order(self):
        for year in range(2024, 2040):
            with self.subTest(year):
                days = [day for day, _ in federal_holidays(year)]
                self.assertEqual(len(set(days)), 11)
                self.assertEqual(days, sorted(days))

    def test_weekday_rules_hold_in_every_year(self):
        for year in range(2024, 2040):
            with self.subTest(year):
                days = {name: day for day, name in federal_holidays(year)}
                self.assertEqual(days["Memorial Day"].weekday(), 0)
                self.assertGreater(days["Memorial Day"].day, 24)
                self.assertEqual(days["Thanksgiving Day"].weekday(), 3)
                self.assertIn(days["Thanksgiving Day"].day, range(22, 29))


class DemoClinicTests(TestCase):
    def test_makes_a_clinic_that_says_it_is_none(self):
        run("demo_clinic")
        clinic = read_clinic()
        self.assertTrue(clinic.is_demo)
        self.assertEqual((clinic.name, clinic.tagline), ("Alderway", "Pain and regenerative medicine"))
        self.assertEqual((clinic.phone, clinic.emergency_number), ("(202) 555-0143", "911"))
        self.assertEqual(clinic.hours_text, "Monday to Friday, 8 am to 6 pm")
        self.assertEqual(Holiday.objects.count(), 22)

    def test_changes_nothing_when_there_is_a_clinic(self):
        ClinicProfile.objects.create(name="Real", is_demo=False)
        OpeningHours.objects.create(weekday=0, opens=time(9), closes=time(10))
        self.assertIn("nothing was changed", run("demo_clinic"))
        self.assertEqual(ClinicProfile.objects.get().name, "Real")
        self.assertEqual((OpeningHours.objects.count(), Holiday.objects.count()), (1, 0))

    def test_its_profile_is_valid(self):
        ClinicProfile(**demo.PROFILE).full_clean(exclude=["id"])


class DemoStaffTests(TestCase):
    def test_makes_one_account_for_each_role_and_prints_passwords_that_work(self):
        passwords = printed_passwords(run("demo_staff"))
        self.assertEqual(set(passwords), set(demo.ACCOUNTS))
        self.assertEqual({role for role in demo.ACCOUNTS.values() if role}, set(ROLES))
        for username, password in passwords.items():
            with self.subTest(username):
                self.assertGreaterEqual(len(password), 15)
                staff = authenticate(None, username=username, password=password)
                self.assertTrue(staff.is_staff and staff.is_demo)
                self.assertEqual(staff.is_superuser, username == "admin")
                roles = [group.name for group in staff.groups.all()]
                self.assertEqual(roles, [demo.ACCOUNTS[username]] if username != "admin" else [])

    def test_a_second_run_prints_nothing_new_and_destroys_nothing(self):
        run("demo_staff")
        before = list(Staff.objects.order_by("pk").values_list("username", "password"))
        self.assertEqual(printed_passwords(run("demo_staff")), {})
        self.assertEqual(list(Staff.objects.order_by("pk").values_list("username", "password")), before)

    def test_a_reset_makes_new_passwords_and_forgets_authenticators(self):
        old = printed_passwords(run("demo_staff"))
        enrol(Staff.objects.get(username="nurse"))
        new = printed_passwords(run("demo_staff", "--reset"))
        self.assertNotEqual(old["nurse"], new["nurse"])
        self.assertIsNotNone(authenticate(None, username="nurse", password=new["nurse"]))
        self.assertEqual(Staff.objects.get(username="nurse").two_step_key, "")

    def test_never_touches_an_account_somebody_made(self):
        Staff.objects.create_user("admin", password="a-person-chose-this")
        self.assertNotIn("admin", printed_passwords(run("demo_staff", "--reset")))
        self.assertIsNotNone(authenticate(None, username="admin", password="a-person-chose-this"))

    def test_a_real_clinic_gets_no_accounts(self):
        ClinicProfile.objects.create(name="Real", is_demo=False)
        with self.assertRaisesMessage(CommandError, "The clinic is real"):
            run("demo_staff")
        self.assertFalse(Staff.objects.exists())
