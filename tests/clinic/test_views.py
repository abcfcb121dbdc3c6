import datetime
import json
from unittest import mock

from django.db import OperationalError, connection
from django.test import TestCase
from django.urls import reverse

from clinic import demo
from clinic.canary import WrongKeys
from clinic.models import ClinicProfile, Holiday, OpeningHours
from tests import factories
from therapies.models import BodyRegion

TODAY = datetime.date(2026, 3, 2)
NOON = datetime.datetime(2026, 3, 2, 17, tzinfo=datetime.UTC)
PUBLIC = ("/", "/about/", "/about/contact/", "/about/clinicians/")


def real_clinic(**fields):
    return ClinicProfile.objects.create(**{"name": "Northside", "is_demo": False, **fields})


class DemonstrationTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        demo.make_clinic(TODAY)

    def test_says_on_every_page_that_it_is_no_clinic_and_is_not_indexed(self):
        for address in (*PUBLIC, "/consultation/", "/glossary/"):
            with self.subTest(address):
                response = self.client.get(address)
                self.assertContains(response, "is not a real clinic")
                self.assertContains(response, '<meta name="robots" content="noindex">')
                self.assertEqual(response["X-Robots-Tag"], "noindex")

    def test_keeps_search_engines_out(self):
        self.assertContains(self.client.get("/robots.txt"), "Disallow: /\n")
        self.assertNotContains(self.client.get("/robots.txt"), "Sitemap")
        self.assertNotContains(self.client.get("/sitemap.xml"), "<url>")

    def test_lists_no_invented_clinicians(self):
        self.assertContains(self.client.get("/about/clinicians/"), "we do not invent people")


class RealSiteTests(TestCase):
    def setUp(self):
        real_clinic()

    def test_shows_no_banner_and_may_be_indexed(self):
        for address in PUBLIC:
            with self.subTest(address):
                response = self.client.get(address)
                self.assertNotContains(response, "not a real clinic")
                self.assertNotContains(response, "noindex")
                self.assertNotIn("X-Robots-Tag", response)

    def test_robots_may_read_all_but_staff_and_patients_pages(self):
        text = self.client.get("/robots.txt").content.decode().splitlines()
        self.assertEqual(
            text[:4], ["User-agent: *", "Disallow: /admin/", "Disallow: /consultation/", "Disallow: /request/"]
        )
        self.assertIn("Sitemap: http://127.0.0.1:8000/sitemap.xml", text)

    def test_sitemap_names_approved_pages_with_their_last_change(self):
        page = factories.article(slug="privacy", title="Privacy")
        with mock.patch("django.utils.timezone.now", return_value=NOON):
            factories.publish(page, approved_by=factories.clinician())
        response = self.client.get("/sitemap.xml")
        self.assertEqual(response["Content-Type"], "application/xml; charset=utf-8")
        self.assertContains(
            response, "<loc>http://127.0.0.1:8000/about/privacy/</loc><lastmod>2026-03-02</lastmod>", count=1
        )
        self.assertContains(response, "<loc>http://127.0.0.1:8000/</loc>", count=1)

    def test_says_that_there_are_no_clinicians_yet(self):
        self.assertContains(self.client.get("/about/clinicians/"), "No clinicians are listed yet.")


class EveryPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        demo.make_clinic(TODAY)
        factories.article(live=True, slug="privacy", title="Privacy")

    def test_has_skip_link_navigation_and_emergency_line(self):
        for address in (*PUBLIC, "/about/privacy/", "/consultation/"):
            with self.subTest(address):
                response = self.client.get(address)
                self.assertContains(response, '<a class="skip" href="#main">')
                self.assertContains(response, '<main id="main"')
                self.assertContains(response, "<h1", count=1)
                self.assertContains(response, 'aria-label="Main"')
                self.assertContains(response, "In an emergency call <a")
                self.assertContains(response, 'href="tel:911"')
                self.assertContains(response, 'href="/about/privacy/"')

    def test_leads_back_to_where_it_stands(self):
        for address in (*PUBLIC[1:], "/about/privacy/"):
            with self.subTest(address):
                self.assertContains(self.client.get(address), 'aria-label="Breadcrumb"')

    def test_names_its_one_address_and_says_what_it_is_to_those_who_share_it(self):
        response = self.client.get("/about/contact/?utm_source=x")
        self.assertContains(response, '<link rel="canonical" href="http://127.0.0.1:8000/about/contact/">')
        self.assertContains(response, '<meta property="og:title" content="Contact and how to find us">')
        self.assertContains(response, '<meta property="og:url" content="http://127.0.0.1:8000/about/contact/">')

    def test_marks_where_the_reader_is_in_the_navigation(self):
        self.assertContains(self.client.get("/conditions/"), '<a href="/conditions/" aria-current="page">', count=2)
        factories.condition(live=True)
        below = self.client.get("/conditions/example-condition/")
        self.assertContains(below, '<a href="/conditions/" aria-current="true">', count=2)

    def test_asks_no_other_host_for_anything(self):
        for address in PUBLIC:
            for asked in self.client.get(address).content.decode().split('src="')[1:]:
                self.assertTrue(asked.startswith("/static/"), asked[:80])

    def test_runs_no_script(self):
        for address in PUBLIC:
            text = self.client.get(address).content.decode()
            self.assertNotIn("<script", text.replace('<script type="application/ld+json">', ""))


class BareClinicTests(TestCase):
    """Nothing is filled in: no profile, no hours, no content."""

    def test_every_page_still_reads_well(self):
        for address in PUBLIC:
            with self.subTest(address):
                response = self.client.get(address)
                self.assertContains(response, "your local emergency number")
                self.assertNotContains(response, "tel:")
                self.assertNotContains(response, "None")

    def test_contact_says_what_is_not_known_yet(self):
        response = self.client.get("/about/contact/")
        self.assertContains(response, "Our opening hours are not published yet.")
        self.assertContains(response, "We have not written this down yet.", count=2)

    def test_home_says_which_places_have_no_page(self):
        self.assertContains(self.client.get("/"), "We have no page about this yet.", count=len(BodyRegion))


class ContactTests(TestCase):
    def page(self):
        with mock.patch("django.utils.timezone.now", return_value=NOON):
            return self.client.get("/about/contact/")

    def test_says_how_to_reach_us(self):
        demo.make_clinic(TODAY)
        response = self.page()
        for said in (
            'href="tel:+12025550143"',
            "hello@alderway.example",
            "1 Example Street",
            "There is no building to find",
            "hearing loop",
            "appointment letter",
            "Suicide &amp; Crisis Lifeline",
        ):
            with self.subTest(said):
                self.assertContains(response, said)

    def test_gives_the_hours_of_each_day(self):
        real_clinic()
        for opens, closes in ((8, 12), (13, 18)):
            OpeningHours.objects.create(weekday=0, opens=datetime.time(opens), closes=datetime.time(closes))
        response = self.page()
        self.assertContains(response, '<th scope="row">Monday</th><td>8 am to noon and 1 pm to 6 pm</td>')
        self.assertContains(response, "<td>Closed</td>", count=6)

    def test_names_the_next_days_we_are_closed_and_no_past_ones(self):
        real_clinic()
        Holiday.objects.create(date=datetime.date(2026, 3, 1), name="Yesterday")
        Holiday.objects.create(date=TODAY, name="Today")
        for day in range(10, 20):
            Holiday.objects.create(date=datetime.date(2026, 4, day), name=f"April {day}")
        response = self.page()
        self.assertNotContains(response, "Yesterday")
        self.assertContains(response, "Monday 2 March 2026</time>, Today")
        self.assertContains(response, "April 14")
        self.assertNotContains(response, "April 15")

    def test_makes_no_markup_of_what_an_editor_types(self):
        real_clinic(how_to_find_us="<script>alert(1)</script> **Bus 7**")
        response = self.page()
        self.assertNotContains(response, "<script>")
        self.assertContains(response, "<strong>Bus 7</strong>")

    def test_a_phone_that_cannot_be_dialled_is_only_shown(self):
        real_clinic(phone="ask at the desk")
        response = self.page()
        self.assertContains(response, '<span class="nowrap">ask at the desk</span>')
        self.assertNotContains(response, "tel:")


class ClinicianTests(TestCase):
    def setUp(self):
        real_clinic()
        self.clinician = factories.clinician(
            "rivera", name="Example Person", credentials="MD", bio="Treats *backs*.", competing_interests="None"
        )

    def test_says_who_the_person_is(self):
        response = self.client.get("/about/clinicians/rivera/")
        self.assertContains(response, "Example Person")
        self.assertContains(response, "<em>backs</em>")
        self.assertContains(response, "Not stated")
        self.assertContains(self.client.get("/about/clinicians/"), 'href="/about/clinicians/rivera/"')

    def test_lists_the_pages_they_approved(self):
        factories.publish(factories.condition(title="Theirs"), approved_by=self.clinician)
        factories.publish(factories.treatment(title="Another's"), approved_by=factories.clinician())
        response = self.client.get("/about/clinicians/rivera/")
        self.assertContains(response, "Theirs")
        self.assertNotContains(response, "Another")

    def test_one_who_left_is_not_found(self):
        self.clinician.is_active = False
        self.clinician.save()
        self.assertEqual(self.client.get("/about/clinicians/rivera/").status_code, 404)


class ArticleTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        demo.make_clinic(TODAY)

    def test_a_policy_stands_below_about_and_in_the_footer(self):
        factories.article(live=True, slug="funding", title="Who pays us", summary="We say who pays us.")
        self.assertContains(self.client.get("/about/funding/"), "We say who pays us.")
        self.assertContains(self.client.get("/"), '<a href="/about/funding/">Who pays us</a>')
        self.assertContains(self.client.get("/about/"), '<a href="/about/funding/">Who pays us</a>')

    def test_about_shows_its_article(self):
        factories.article(
            live=True, slug="about", title="About this clinic", category="about", summary="Who we are here."
        )
        self.assertContains(self.client.get("/about/"), "Who we are here.")

    def test_an_article_has_one_address(self):
        factories.article(live=True, slug="about", category="about")
        factories.article(live=True, slug="how-we-grade", category="method")
        self.assertRedirects(self.client.get("/about/about/"), "/about/")
        self.assertRedirects(self.client.get("/about/how-we-grade/"), "/evidence/how-we-grade/")

    def test_a_draft_is_not_found(self):
        factories.article(slug="funding")
        self.assertEqual(self.client.get("/about/funding/").status_code, 404)


class HealthTests(TestCase):
    def test_healthz_asks_no_database(self):
        with self.assertNumQueries(0):
            response = self.client.get("/healthz")
        self.assertEqual((response.content, response["Cache-Control"]), (b"ok\n", "private, no-store"))

    def test_readyz_says_that_all_is_well(self):
        with mock.patch("clinic.health.check_canaries"):
            response = self.client.get("/readyz")
        self.assertEqual((response.status_code, response.json()["ready"]), (200, True))

    def test_readyz_says_why_it_is_not_ready(self):
        with mock.patch.object(connection, "ensure_connection", side_effect=OperationalError("secret")):
            response = self.client.get("/readyz")
        self.assertEqual(response.status_code, 503)
        self.assertIn("cannot be reached", json.dumps(response.json()))
        self.assertNotContains(response, "secret", status_code=503)

    def test_readyz_tells_others_no_more_than_what_fails(self):
        with mock.patch("clinic.health.check_canaries"):
            response = self.client.get("/readyz", REMOTE_ADDR="203.0.113.9")
        self.assertEqual((response.status_code, response.json()), (200, {"ready": True, "failing": []}))
        with mock.patch("clinic.health.check_canaries", side_effect=WrongKeys):
            response = self.client.get("/readyz", headers={"X-Forwarded-For": "203.0.113.9"})
        self.assertEqual((response.status_code, response.json()), (503, {"ready": False, "failing": ["keys"]}))
        with mock.patch.object(connection, "ensure_connection", side_effect=OperationalError("secret")):
            response = self.client.get("/readyz", REMOTE_ADDR="203.0.113.9")
        self.assertEqual((response.status_code, response.json()), (503, {"ready": False, "failing": ["database"]}))

    def test_readyz_tells_the_machine_of_a_real_site_everything_when_asked_beside_the_proxy(self):
        real = {"BEHIND_PROXY": True, "ON_LOOPBACK": False}
        with mock.patch("clinic.health.check_canaries"), self.settings(**real):
            self.assertIn("outbox_waiting", self.client.get("/readyz").json())
            for asked in (
                {"headers": {"X-Forwarded-For": "127.0.0.1"}},
                {"headers": {"Forwarded": "for=127.0.0.1"}},
                {"REMOTE_ADDR": "203.0.113.9"},
                {"REMOTE_ADDR": ""},  # a socket file says nothing of who asks
            ):
                with self.subTest(asked):
                    self.assertEqual(self.client.get("/readyz", **asked).json(), {"ready": True, "failing": []})

    def test_readyz_tells_no_machine_in_front_of_which_a_proxy_may_stand_that_nobody_told_us_of(self):
        with mock.patch("clinic.health.check_canaries"), self.settings(BEHIND_PROXY=False, ON_LOOPBACK=False):
            self.assertEqual(self.client.get("/readyz").json(), {"ready": True, "failing": []})

    def test_names_have_addresses(self):
        names = {
            "clinic:home": "/",
            "clinic:about": "/about/",
            "clinic:contact": "/about/contact/",
            "clinic:clinicians": "/about/clinicians/",
        }
        for name, address in names.items():
            self.assertEqual(reverse(name), address)
