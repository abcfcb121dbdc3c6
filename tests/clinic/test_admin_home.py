"""The tiles of the admin home: each shows what waits for this person, and leads to exactly the rows it counts."""

import datetime
import uuid
from unittest import mock

from django.contrib.auth.models import Group
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic import staff_session
from clinic.models import ClinicProfile
from tests import factories
from therapies import feedback, held_up, library, publishing, to_do
from therapies.models import Page, PageFeedback, Section, Source

DAY = datetime.timedelta(days=1)
TILES = [
    *("Review overdue", "Review due within 60 days", "Waiting for me", "Being edited, and cannot go on yet"),
    *("Cites a retracted or superseded source", "Scheduled", "Sources to check", "Broken links"),
    "Feedback from readers",
]


class HomeCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        ClinicProfile.objects.create(name="Example Clinic")  # a demonstration: no second step
        cls.approver = factories.clinician()
        cls.author = cls.person("Content author")
        cls.editor = cls.person("Editor")

    def setUp(self):
        forgotten = mock.patch.object(held_up, "_kept", None)
        forgotten.start()
        self.addCleanup(forgotten.stop)

    @classmethod
    def person(cls, *roles, **fields):
        person = factories.staff(**fields)
        person.groups.set(Group.objects.filter(name__in=roles))
        return person

    def sign_in(self, person):
        self.client.force_login(person)

    def tiles(self):
        return {tile.label: tile for tile in self.client.get("/admin/").context["tiles"]}

    def rows(self, label):
        """What the list behind a tile shows."""
        page = self.client.get(self.tiles()[label].url)
        self.assertEqual(page.status_code, 200)
        if "cl" in page.context:
            return list(page.context["cl"].result_list)
        return list(page.context["appointments"])

    def assert_tile(self, label, *found):
        """The tile counts these, and leads to them and no others, in this order."""
        self.assertEqual(self.tiles()[label].count, len(found))
        self.assertEqual(
            [getattr(row, "slug", None) or getattr(row, "key", None) or row for row in self.rows(label)], [*found]
        )

    def live(self, slug, due=None):
        page = factories.condition(slug=slug, title=slug)
        factories.publish(page, approved_by=self.approver)
        Page.objects.filter(pk=page.pk).update(next_review_due=due)
        return page

    def submitted(self, slug, by=None):
        page = factories.condition(slug=slug, title=slug)
        publishing.contributed(page, by or self.author)
        return publishing.submit(page, actor=by or self.author, change_note="First.")


class ReviewTiles(HomeCase):
    def test_overdue_and_due_soon_are_listed_oldest_first(self):
        today = timezone.localdate()
        for slug, days in {"ten": -10, "hundred": -100, "soon": 5, "sooner": 2, "later": 90}.items():
            self.live(slug, today + days * DAY)
        factories.condition(slug="draft")
        self.sign_in(self.editor)
        self.assert_tile("Review overdue", "hundred", "ten")
        self.assert_tile("Review due within 60 days", "sooner", "soon")


class WaitingTile(HomeCase):
    label = "Waiting for me"

    def test_an_editor_sees_what_is_in_editorial_review_and_what_may_be_published(self):
        self.submitted("new")
        approved = self.submitted("approved")
        publishing.pass_review(approved, actor=self.person("Editor"))
        publishing.approve(approved, actor=self.approver.user)
        clinical = self.submitted("clinical")
        publishing.pass_review(clinical, actor=self.person("Editor"))
        self.sign_in(self.editor)
        self.assert_tile(self.label, "approved", "new")

    def test_what_is_scheduled_waits_for_nobody(self):
        revision = self.submitted("scheduled")
        publishing.pass_review(revision, actor=self.person("Editor"))
        publishing.approve(revision, actor=self.approver.user)
        self.sign_in(self.editor)
        self.assert_tile(self.label, "scheduled")
        publishing.schedule(revision, actor=self.editor, go_live_at=timezone.now() + DAY)
        self.assert_tile(self.label)

    def test_a_clinician_sees_what_needs_a_clinician(self):
        self.submitted("new")
        publishing.pass_review(self.submitted("clinical"), actor=self.editor)
        reviewer = self.person("Clinical reviewer")
        self.sign_in(reviewer)
        self.assert_tile(self.label)
        factories.clinician(user=reviewer)
        self.assert_tile(self.label, "clinical")

    def test_a_clinician_who_left_approves_nothing(self):
        publishing.pass_review(self.submitted("clinical"), actor=self.editor)
        reviewer = self.person("Clinical reviewer")
        factories.clinician(user=reviewer, is_active=False)
        self.sign_in(reviewer)
        self.assert_tile(self.label)

    def test_nobody_sees_their_own_work(self):
        self.submitted("mine", by=self.editor)
        self.submitted("theirs")
        self.sign_in(self.editor)
        self.assert_tile(self.label, "theirs")
        both = self.person("Editor", "Clinical reviewer")
        factories.clinician(user=both)
        publishing.pass_review(self.submitted("passed"), actor=both)
        self.sign_in(both)
        self.assert_tile(self.label, "mine", "theirs")

    @override_settings(AUTHOR_MAY_EDIT=True)
    def test_where_one_person_is_both_they_see_it(self):
        self.submitted("mine", by=self.editor)
        self.sign_in(self.editor)
        self.assert_tile(self.label, "mine")

    def test_nothing_waits_for_an_author(self):
        self.submitted("new")
        self.sign_in(self.author)
        self.assert_tile(self.label)


class HeldUpTile(HomeCase):
    label = "Being edited, and cannot go on yet"

    def edited(self, slug, summary="An example."):
        page = factories.condition(slug=slug, title=slug)
        Page.objects.filter(pk=page.pk).update(summary=summary)
        publishing.contributed(page, self.author)
        return page

    def test_counts_pages_that_are_not_finished_or_have_an_open_gate(self):
        self.edited("fine")
        self.edited("unfinished", summary="")
        Section.objects.filter(page=self.edited("gated")).update(body="As shown [@bad].")
        factories.source("bad", status="retracted")
        factories.condition(slug="untouched")
        self.sign_in(self.author)
        self.assert_tile(self.label, "gated", "unfinished")

    def test_looks_again_when_a_page_was_edited(self):
        page = self.edited("page", summary="")
        self.sign_in(self.author)
        self.assert_tile(self.label, "page")
        Page.objects.filter(pk=page.pk).update(summary="Said.")
        publishing.contributed(page, self.author)
        self.assert_tile(self.label)

    def test_looks_again_when_readers_see_something_new(self):
        Section.objects.filter(page=self.edited("page")).update(body="As shown [@good].")
        source = factories.source("good")
        self.sign_in(self.author)
        self.assert_tile(self.label)
        source.status = Source.Status.RETRACTED
        source.save()
        self.assert_tile(self.label, "page")

    def test_looks_again_after_a_quarter_of_an_hour_and_not_before(self):
        self.edited("page", summary="")
        with mock.patch.object(held_up, "_blocked", return_value=[]) as looked:
            held_up.now()
            held_up.now()
            self.assertEqual(looked.call_count, 1)
            with mock.patch.object(held_up.timezone, "now", return_value=timezone.now() + held_up.KEPT + DAY):
                held_up.now()
            self.assertEqual(looked.call_count, 2)

    def test_looks_at_so_many_and_says_so(self):
        for number in range(4):
            self.edited(f"page-{number}", summary="")
        self.sign_in(self.author)
        self.assertRegex(self.tiles()[self.label].note, r"^as of \d\d:\d\d$")
        with mock.patch.object(held_up, "_kept", None), mock.patch.object(held_up, "LOOKED_AT", 3):
            tile = self.tiles()[self.label]
            self.assertEqual(tile.count, 3)
            self.assertRegex(tile.note, r"^as of \d\d:\d\d, of the 3 edited last$")
            self.assert_tile(self.label, "page-1", "page-2", "page-3")


class OtherTiles(HomeCase):
    def test_pages_that_cite_what_lost_its_standing(self):
        factories.source("old", status="superseded")
        factories.source("bad", status="retracted")
        for slug, key in {"a": "old", "b": "bad", "c": "fine"}.items():
            factories.article(slug=slug, title=slug, sections=[factories.section("text", body=f"[@{key}]")])
        self.sign_in(self.author)
        self.assert_tile("Cites a retracted or superseded source", "a", "b")

    def test_what_is_scheduled(self):
        revision = self.submitted("page")
        publishing.pass_review(revision, actor=self.editor)
        publishing.approve(revision, actor=self.approver.user)
        now = timezone.now()
        publishing.schedule(revision, actor=self.editor, go_live_at=now + DAY, expire_at=now + 9 * DAY)
        self.sign_in(self.author)
        self.assertEqual(self.tiles()["Scheduled"].count, 2)
        self.assertEqual(len(self.rows("Scheduled")), 2)

    def test_sources_and_feedback(self):
        factories.source("due", next_check_due=timezone.localdate() - DAY)
        factories.source("broken", link_status=404)
        factories.source("fine")
        feedback.leave(submission_key=uuid.uuid4(), about=None, is_helpful=None, comment="Hello")
        self.sign_in(self.editor)
        self.assert_tile("Sources to check", "due")
        self.assert_tile("Broken links", "broken")
        self.assert_tile("Feedback from readers", PageFeedback.objects.get())
        feedback.mark_handled(PageFeedback.objects.all(), actor=self.editor, now=timezone.now())
        self.assert_tile("Feedback from readers")


class WhoTests(HomeCase):
    def test_each_sees_only_what_they_may_act_on_or_read(self):
        content = TILES[:6]
        for role, tiles in {
            **{"Content author": content, "Clinical reviewer": content, "Auditor": content, "Editor": TILES},
            **{"Front desk": [], "Triage nurse": [], "Clinician": [], "Manager": [], "Privacy officer": []},
        }.items():
            with self.subTest(role):
                self.sign_in(self.person(role))
                self.assertEqual(list(self.tiles()), tiles)

    def test_every_tile_leads_to_a_page_this_person_may_open(self):
        for role in ("Content author", "Clinical reviewer", "Auditor", "Editor"):
            self.sign_in(self.person(role))
            for tile in self.tiles().values():
                with self.subTest(f"{role}: {tile.label}"):
                    self.assertEqual(self.client.get(tile.url).status_code, 200)

    def test_a_clinician_who_treats_patients_takes_a_page_down_and_changes_nothing(self):
        page = self.live("wrong")
        self.sign_in(self.person("Clinician"))
        at = f"/admin/therapies/condition/{page.pk}/"
        self.assertContains(self.client.get(f"{at}publishing/"), "Withdraw: take off the site at once")
        self.assertEqual(self.client.post(f"{at}change/", {"title": "x"}).status_code, 403)
        live = page.revisions.live().get()
        self.client.post(f"{at}publishing/withdraw/", {"number": live.number, "state": "live", "note": "A wrong dose."})
        self.assertFalse(page.revisions.live().exists())

    def test_the_list_of_all_pages_is_only_read(self):
        page = factories.condition(slug="page")
        self.sign_in(self.person(is_superuser=True))
        listed = self.client.get("/admin/therapies/page/")
        self.assertContains(listed, f'<a href="/admin/therapies/condition/{page.pk}/publishing/">Example condition</a>')
        self.assertEqual(self.client.get("/admin/therapies/page/add/").status_code, 403)
        self.assertEqual(self.client.post(f"/admin/therapies/page/{page.pk}/change/", {"title": "x"}).status_code, 403)
        self.assertEqual(self.client.get(f"/admin/therapies/page/{page.pk}/delete/").status_code, 403)

    def test_an_unknown_filter_lists_everything(self):
        factories.condition(slug="page")
        self.sign_in(self.editor)
        listed = self.client.get("/admin/therapies/page/?to_do=nonsense")
        self.assertEqual(listed.context["cl"].result_count, 1)


class SizeTests(HomeCase):
    """With 500 pages the home costs what it costs with a few: each page here stands for many like it."""

    def test_costs_the_same_for_few_pages_and_many(self):
        factories.source("bad", status="retracted")
        self.fill(range(2))
        self.sign_in(self.person(is_superuser=True))
        # A session writes down once a minute that it was seen: on a slow machine in the middle of this.
        with mock.patch.object(held_up, "LOOKED_AT", 2), mock.patch.object(staff_session, "SEEN_EVERY", 10**9):
            for address in ("/admin/", *(tile.url for tile in self.tiles().values())):
                self.client.get(address)
            costs = self.costs()
            self.fill(range(2, 6))
            self.assertEqual(self.costs(), costs)

    def fill(self, numbers):
        today = timezone.localdate()
        for number in numbers:
            self.live(f"over-{number}", today - number * DAY)
            self.live(f"soon-{number}", today + (number + 1) * DAY)
            self.submitted(f"waits-{number}")
            page = factories.condition(slug=f"edited-{number}", summary="x")
            publishing.contributed(page, self.author)
            Section.objects.filter(page=page).update(body="[@bad]")
            factories.source(f"s-{number}", link_status=404, check_state="to_confirm")
            feedback.leave(submission_key=uuid.uuid4(), about=None, is_helpful=None, comment="Hello")

    def costs(self):
        library.current()  # what was published since is read again by whoever asks first
        found = {}
        for address in ("/admin/", *(f"/admin/therapies/page/?to_do={name}" for name in to_do.PAGES)):
            held_up._kept = None
            with CaptureQueriesContext(connection) as queries:
                self.client.get(address)
            found[address] = len(queries)
        return found
