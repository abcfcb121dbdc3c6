import datetime
import threading
from unittest import mock

from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import TestCase, TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext

from clinic import facts
from clinic.models import Clinician, ClinicProfile, Holiday, OpeningHours
from inquiries.services import append_only
from tests import factories
from therapies import library, publishing
from therapies.library import LibraryUnavailable, current
from therapies.models import GlossaryTerm, LibraryState, QuestionToAsk, Source, Treatment


def profile(**fields):
    return ClinicProfile.objects.create(name="Example Clinic", **fields)


class Current(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.treatment = factories.treatment(live=True)
        cls.condition = factories.condition(
            live=True,
            options=[factories.option("", "usual_care"), factories.option()],
            evidence=[factories.evidence()],
        )

    def test_costs_one_query_when_nothing_changed(self):
        held = current()
        with self.assertNumQueries(1):
            self.assertIs(current(), held)

    def test_loads_with_the_same_number_of_queries_for_few_pages_and_many(self):
        clinician = factories.clinician()
        factories.publish(self.condition, approved_by=clinician)
        with CaptureQueriesContext(connection) as few:
            current()
        for number in range(8):
            factories.publish(factories.condition(slug=f"condition-{number}"), approved_by=clinician)
            factories.treatment(live=True, slug=f"treatment-{number}")
            factories.source(f"source-{number}")
        with self.assertNumQueries(len(few)):
            self.assertEqual(len(current().pages("condition")), 9)

    def test_words_that_every_page_repeats_are_in_memory_once(self):
        treatment, condition = (
            page.document for page in (current().pages("treatment")[0], current().pages("condition")[0])
        )
        one, other = (next(name for name in document if name == "key_facts") for document in (treatment, condition))
        self.assertIs(one, other)
        self.assertIs(treatment["sections"][0]["aspect"], condition["sections"][0]["aspect"])

    def test_holds_what_was_frozen_and_not_the_working_copy(self):
        self.condition.title = "Another title"
        self.condition.save()
        self.condition.sections.all().delete()
        page = current().page("condition", "example-condition")
        self.assertEqual(page.title, "Example condition")
        self.assertEqual(len(page.document["sections"]), 1)
        self.assertEqual(page.url, "/conditions/example-condition/")
        self.assertEqual((page.revision, page.change_note), (1, "First published."))

    def test_sees_a_publication_and_a_withdrawal_at_once(self):
        self.assertIsNone(current().page("article", "example-article"))
        article = factories.article(live=True)
        self.assertEqual(current().page("article", "example-article").url, "/about/example-article/")
        publishing.withdraw(article, actor=factories.staff())
        self.assertIsNone(current().page("article", "example-article"))

    def test_gives_pages_by_title(self):
        for slug, title in (("b", "Beta"), ("a", "alpha")):
            factories.condition(live=True, slug=slug, title=title)
        self.assertEqual([page.title for page in current().pages("condition")], ["alpha", "Beta", "Example condition"])
        self.assertEqual(current().pages("article"), ())

    def test_a_moved_working_copy_does_not_move_the_live_page(self):
        self.condition.slug = "moved"
        self.condition.save()
        publishing.library_changed()
        self.assertIsNotNone(current().page("condition", "example-condition"))
        self.assertIsNone(current().page("condition", "moved"))

    def test_an_option_shows_where_both_sides_are_live(self):
        page = current().page("condition", "example-condition")
        self.assertEqual([row["treatment"] for row in current().shown_options(page)], ["", "example-treatment"])
        self.assertEqual(
            [(condition.slug, row["key"]) for condition, row in current().evidence_of("example-treatment")],
            [("example-condition", "ev-001")],
        )
        publishing.withdraw(self.treatment, actor=factories.staff())
        self.assertEqual([row["treatment"] for row in current().shown_options(page)], [""])
        self.assertEqual(current().evidence_of("example-treatment"), ())

    def test_evidence_goes_with_its_condition(self):
        publishing.withdraw(self.condition, actor=factories.staff())
        self.assertEqual(current().evidence_of("example-treatment"), ())

    def test_demonstration_content_is_for_a_demonstration_site_only(self):
        clinic = profile(is_demo=True)
        self.assertTrue(current().page("condition", "example-condition").is_demonstration)
        clinic.is_demo = False
        clinic.save()
        self.assertEqual(current().live_pages, ())
        factories.publish(self.condition, approved_by=factories.clinician())
        page = current().page("condition", "example-condition")
        self.assertFalse(page.is_demonstration)
        self.assertEqual(page.approved_by["name"], "Example Clinician")

    def test_dates_are_days_at_the_clinic(self):
        profile(time_zone="America/Los_Angeles")
        late = datetime.datetime(2026, 3, 2, 3, tzinfo=datetime.UTC)  # still the evening before in California
        with mock.patch("django.utils.timezone.now", return_value=late):
            factories.publish(self.condition, approved_by=factories.clinician())
        page = current().page("condition", "example-condition")
        day = datetime.date(2026, 3, 1)
        self.assertEqual((page.published_on, page.reviewed_on), (day, day))

    def test_demonstration_content_has_no_review_date(self):
        self.condition.next_review_due = datetime.date(2030, 1, 1)
        self.condition.save()
        publishing.library_changed()
        page = current().page("condition", "example-condition")
        self.assertEqual((page.approved_by, page.reviewed_on, page.next_review_due), (None, None, None))
        factories.publish(self.condition, approved_by=factories.clinician())
        page = current().page("condition", "example-condition")
        self.assertIsNotNone(page.next_review_due)


class LiveFacts(TestCase):
    """What needs no approval is public when it is saved."""

    @classmethod
    def setUpTestData(cls):
        cls.treatment = factories.treatment(
            live=True,
            regulatory=[
                {
                    **{"jurisdiction": "US", "status": "unclear", "public_statement": "Ask.", "source": ""},
                    **{"checked_on": "", "recheck_due": ""},
                }
            ],
        )

    def test_a_price(self):
        live = current().page("treatment", "example-treatment").live
        self.assertEqual((live["price_low"], live["price_includes"]), (None, ""))
        treatment = Treatment.objects.get()
        treatment.price_low, treatment.price_high, treatment.price_includes = 100, 200, "one visit"
        treatment.save()
        live = current().page("treatment", "example-treatment").live
        self.assertEqual((live["price_low"], live["price_high"], live["price_includes"]), (100, 200, "one visit"))

    def test_the_next_review_of_each_kind_of_page(self):
        due = datetime.date(2030, 1, 1)
        for kind, make in (
            ("condition", factories.condition),
            ("treatment", factories.treatment),
            ("article", factories.article),
        ):
            page = make(slug="reviewed")
            factories.publish(page, approved_by=factories.clinician())
            self.assertNotIn(current().page(kind, "reviewed").next_review_due, (None, due))
            page.next_review_due = due
            page.save()
            with self.subTest(kind):
                self.assertEqual(current().page(kind, "reviewed").next_review_due, due)

    def test_the_dates_of_an_approval_check(self):
        dates = current().page("treatment", "example-treatment").live["regulatory_dates"]
        self.assertEqual(dates, {"US": {"checked_on": None, "recheck_due": None}})
        status = self.treatment.regulatory_statuses.get()
        status.checked_on = datetime.date(2025, 1, 1)
        status.save()
        dates = current().page("treatment", "example-treatment").live["regulatory_dates"]
        self.assertEqual(dates["US"]["checked_on"], datetime.date(2025, 1, 1))

    def test_a_source(self):
        source = factories.source(check_state="to_confirm", note="For staff.")
        self.assertEqual(
            current().sources["example-source"],
            {
                **{"key": "example-source", "authors": "", "title": "An example", "publisher": "", "year": None},
                **{"doi": "", "url": "https://example.org/example-source", "kind": "systematic_review"},
                **{"kind_label": "Systematic review", "status": "current", "check": "to_confirm"},
                "superseded_by": "",
            },
        )
        source.status = Source.Status.RETRACTED
        source.save()
        self.assertEqual(current().sources["example-source"]["status"], "retracted")
        source.superseded_by = factories.source("newer-source")
        source.save()
        self.assertEqual(current().sources["example-source"]["superseded_by"], "newer-source")
        source.delete()
        self.assertEqual(list(current().sources), ["newer-source"])

    def test_words_and_questions(self):
        GlossaryTerm.objects.create(term="Example", definition="A word.")
        QuestionToAsk.objects.create(key="q-1", text="How?", why="So.", treatment=self.treatment)
        QuestionToAsk.objects.create(key="q-2", text="Why?", why="So.", kind="faq")
        self.assertEqual(current().glossary, ({"term": "Example", "definition": "A word."},))
        self.assertEqual([row["treatment"] for row in current().questions], ["example-treatment", ""])

    def test_clinicians_who_are_shown(self):
        clinician = factories.clinician("example", name="Example Person", credentials="MD")
        self.assertEqual(current().clinicians[0]["url"], "/about/clinicians/example/")
        clinician.is_active = False
        clinician.save()
        self.assertEqual(current().clinicians, ())
        self.assertEqual(Clinician.objects.count(), 1)

    def test_hours_and_holidays(self):
        OpeningHours.objects.create(weekday=0, opens=datetime.time(8), closes=datetime.time(18))
        self.assertEqual(current().clinic.hours_text, "Monday, 8 am to 6 pm")
        holiday = Holiday.objects.create(date=datetime.date(2025, 12, 25), name="Christmas Day")
        self.assertEqual(current().clinic.holidays, ((datetime.date(2025, 12, 25), "Christmas Day"),))
        holiday.delete()
        self.assertEqual(current().clinic.holidays, ())

    def test_the_profile(self):
        profile(phone="(202) 555-0142", address="1 Example Street\r\n\r\nExampletown ", email="desk@example.org")
        clinic = current().clinic
        self.assertEqual((clinic.name, clinic.tel), ("Example Clinic", "+12025550142"))
        self.assertEqual(clinic.address_lines, ("1 Example Street", "Exampletown"))

    @override_settings(
        FALLBACK_CLINIC_NAME="The clinic", FALLBACK_PHONE="(202) 555-0100", FALLBACK_EMERGENCY_NUMBER="911"
    )
    def test_without_a_profile_what_the_environment_says(self):
        publishing.library_changed()
        clinic = current().clinic
        self.assertEqual((clinic.name, clinic.phone, clinic.tel), ("The clinic", "(202) 555-0100", "+12025550100"))
        self.assertEqual((clinic.emergency_number, clinic.is_demo), ("911", True))


class HoursInWords(TestCase):
    def said(self, *rows):
        return facts.hours_in_words(
            tuple((day, datetime.time.fromisoformat(a), datetime.time.fromisoformat(b)) for day, a, b in rows)
        )

    def test_neighbouring_days_are_said_together(self):
        self.assertEqual(self.said(*((day, "08:00", "18:00") for day in range(5))), "Monday to Friday, 8 am to 6 pm")
        self.assertEqual(
            self.said(*((day, "08:30", "12:00") for day in (0, 1, 3))),
            "Monday and Tuesday, 8:30 am to noon; Thursday, 8:30 am to noon",
        )

    def test_a_lunch_break_is_said(self):
        self.assertEqual(
            self.said((5, "08:00", "12:00"), (5, "13:00", "17:15")), "Saturday, 8 am to noon and 1 pm to 5:15 pm"
        )

    def test_no_hours_are_no_words(self):
        self.assertEqual(self.said(), "")

    def test_what_is_no_number_is_not_dialled(self):
        for phone in ("", "ask at the desk", "1"):
            self.assertEqual(facts.dialled(phone, "US"), "")
        self.assertEqual(facts.dialled("020 7946 0000", "GB"), "+442079460000")


class WithoutADatabase(TransactionTestCase):
    def setUp(self):
        self.addCleanup(setattr, library, "_held", library._held)
        publishing.library_changed()

    def down(self):
        return mock.patch.object(connection, "cursor", side_effect=OperationalError("gone"))

    def test_the_last_library_held_is_served(self):
        held = current()
        with self.down(), self.assertLogs("therapies.library", "WARNING"):
            self.assertIs(current(), held)

    def test_a_process_that_never_held_one_says_so(self):
        library._held = None
        with self.down(), self.assertRaises(LibraryUnavailable):
            current()

    def test_a_dead_kept_connection_is_opened_again_once(self):
        held = current()
        ask, calls = library._ask_version, []

        def fails_once():
            calls.append(1)
            if len(calls) == 1:
                raise OperationalError("server closed the connection")
            return ask()

        with (
            mock.patch.object(library, "_ask_version", fails_once),
            mock.patch.object(connection, "close", wraps=connection.close) as close,
        ):
            self.assertIs(current(), held)
        close.assert_called_once_with()

    def test_inside_a_transaction_the_connection_stays(self):
        current()
        with (
            transaction.atomic(),
            mock.patch.object(library, "_ask_version", side_effect=DatabaseError),
            mock.patch.object(connection, "close") as close,
            self.assertLogs("therapies.library", "WARNING"),
        ):
            current()
        close.assert_not_called()

    def test_a_load_that_fails_half_way_leaves_the_last_library(self):
        held = current()
        publishing.library_changed()
        with (
            mock.patch.object(library, "read_live_pages", side_effect=OperationalError("gone")),
            self.assertLogs("therapies.library", "WARNING"),
        ):
            self.assertIs(current(), held)
        self.assertIsNot(current(), held)

    def test_a_rolled_back_change_is_not_kept(self):
        held = current()
        with transaction.atomic():
            GlossaryTerm.objects.create(term="Example", definition="A word.")
            self.assertEqual(len(current().glossary), 1)
            transaction.set_rollback(True)
        self.assertEqual(current().glossary, ())
        self.assertEqual(current().version, held.version)

    def test_while_one_thread_loads_the_others_go_on_with_the_last(self):
        held = current()
        publishing.library_changed()
        loading, go_on, seen = threading.Event(), threading.Event(), []
        load = library._load

        def slow(version):
            loading.set()
            go_on.wait(10)
            return load(version)

        def reader():
            try:
                seen.append(current())
            finally:
                connection.close()

        with mock.patch.object(library, "_load", slow):
            first = threading.Thread(target=reader)
            first.start()
            loading.wait(10)
            self.assertIs(current(), held)
            go_on.set()
            first.join(10)
        self.assertIsNot(seen[0], held)
        self.assertIs(current(), seen[0])

    def test_a_cold_process_loads_once_for_all_threads(self):
        library._held = None
        loads, load = [], library._load

        def counted(version):
            loads.append(version)
            return load(version)

        def reader():
            try:
                current()
            finally:
                connection.close()

        with mock.patch.object(library, "_load", counted):
            threads = [threading.Thread(target=reader) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(10)
        self.assertEqual(len(loads), 1)

    def test_without_a_version_row_it_loads_every_time(self):
        LibraryState.objects.all().delete()
        held = current()
        self.assertIsNot(current(), held)

    def test_an_emptied_database_has_a_version_again(self):
        append_only.unguard(connection)  # PostgreSQL would refuse
        call_command("flush", interactive=False, verbosity=0)
        self.assertEqual(len(LibraryState.objects.get().version), 32)
