"""The publishing page: the whole way of a text by its buttons, who may press which, and what stands there at any time."""

import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from tests import factories
from tests.therapies.test_admin import at
from therapies import publishing
from therapies.library import current
from therapies.models import ClaimRule, Condition, Revision, RevisionEvent, RevisionPerson
from therapies.page_states import states_of


def person(*groups, **fields):
    made = factories.staff(**fields)
    made.groups.set(Group.objects.filter(name__in=groups))
    return made


class PublishingCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.author = person("Content author", username="author")
        cls.editor = person("Editor", username="editor")
        cls.reviewer = person("Clinical reviewer", username="reviewer")
        cls.clinician = factories.clinician("reviewer", user=cls.reviewer)
        cls.auditor = person("Auditor", username="auditor")
        cls.desk = person("Front desk", username="desk")
        cls.page = factories.condition(slug="knee", title="Knee example")
        publishing.contributed(cls.page, cls.author)

    def address(self, name="publishing", *args):
        return at("condition", name, self.page.pk, *args)

    def look(self, who):
        self.client.force_login(who)
        return self.client.get(self.address())

    def press(self, who, move, revision=None, *, follow=True, **typed):
        """Press a button as it stands on the page for a revision, the newest one by default."""
        self.client.force_login(who)
        revision = revision or self.page.revisions.first()
        shown = {"number": revision.number, "state": revision.state}
        return self.client.post(self.address("move", move), {**shown, **typed}, follow=follow)

    def said(self, response):
        return " ".join(str(message) for message in response.context["messages"])

    def bring_to(self, state):
        """A revision of the page in this state, by the services. Returns it."""
        revision = publishing.submit(self.page, actor=self.author, change_note="First text.")
        for reached, go_on in (
            ("editorial_review", lambda: publishing.pass_review(revision, actor=self.editor)),
            ("clinical_review", lambda: publishing.approve(revision, actor=self.reviewer)),
            ("approved", lambda: publishing.publish_approved(revision, actor=self.editor)),
        ):
            if state == reached:
                return revision
            go_on()
        return revision

    def edit(self, **fields):
        Condition.objects.filter(pk=self.page.pk).update(**fields)
        publishing.contributed(self.page, self.author)


class TheWay(PublishingCase):
    def test_leads_from_the_working_copy_to_readers_and_back(self):
        response = self.press(self.author, "submit", change_note="First text.", note="Please look at the summary.")
        self.assertIn("Revision 1 was submitted for review.", self.said(response))
        response = self.press(self.editor, "pass_review", note="Reads well.")
        self.assertIn("Revision 1 passed editorial review.", self.said(response))
        response = self.press(self.reviewer, "approve", whole_page="on")
        self.assertIn("Revision 1 was approved.", self.said(response))
        self.assertIsNone(current().page("condition", "knee"))
        response = self.press(self.editor, "publish")
        self.assertIn("Revision 1 is on the site now.", self.said(response))
        self.assertEqual(current().page("condition", "knee").change_note, "First text.")
        response = self.press(self.reviewer, "withdraw")
        self.assertIn("Revision 1 is off the site.", self.said(response))
        self.assertIsNone(current().page("condition", "knee"))

    def test_is_told_with_who_and_why(self):
        self.press(self.author, "submit", change_note="First text.", note="Look at the <summary>.")
        self.press(self.editor, "reject", note="Too long.")
        response = self.look(self.auditor)
        self.assertContains(response, "<td>Revision 1 was submitted for review</td>", html=True)
        self.assertContains(response, "<td>Look at the &lt;summary&gt;.</td>")
        self.assertContains(response, "<td>Revision 1 was sent back</td>", html=True)
        self.assertContains(response, "<td>Too long.</td>", html=True)
        self.assertContains(response, "Sent back")

    def test_answers_each_press_with_a_page_that_may_be_reloaded(self):
        response = self.press(self.author, "submit", change_note="First text.", follow=False)
        self.assertEqual((response.status_code, response["Location"]), (303, self.address()))

    def test_back_from_review_needs_a_reason_and_keeps_what_was_typed(self):
        revision = self.bring_to("editorial_review")
        response = self.press(self.editor, "reject", note="   ")
        self.assertIn("Say why", self.said(response))
        revision.refresh_from_db()
        self.assertEqual(revision.state, "editorial_review")

    def test_without_a_word_for_readers_keeps_the_note(self):
        response = self.press(self.author, "submit", note="A long note for the editor.")
        self.assertContains(response, "A long note for the editor.</textarea>")
        self.assertContains(response, "This field is required.")
        self.assertEqual(self.page.revisions.get().state, "draft")

    def test_refused_by_a_gate_keeps_the_note(self):
        revision = self.bring_to("clinical_review")
        self.page.options.all().delete()
        self.press(self.author, "submit", self.next_draft(), change_note="Shorter.", note="Options gone.")
        response = self.client.get(self.address())
        self.assertContains(response, "Readers cannot compare with usual care.")
        revision.refresh_from_db()
        self.assertEqual(revision.state, "clinical_review")

    def next_draft(self):
        return Revision(page=self.page, number=self.page.revisions.first().number + 1)

    def test_with_a_minor_correction_needs_no_clinician(self):
        self.bring_to("live")
        self.edit(summary="An exmple.")
        self.assertContains(self.look(self.author), "A minor correction")
        self.press(self.author, "submit", change_note="Spelling.", is_minor_correction="on")
        response = self.press(self.editor, "pass_review")
        self.assertIn("passed editorial review", self.said(response))
        self.assertEqual(self.page.revisions.first().state, "approved")

    def test_of_a_first_text_knows_no_minor_correction(self):
        self.assertNotContains(self.look(self.author), "A minor correction")

    def test_waits_for_its_hour(self):
        revision = self.bring_to("approved")
        later = timezone.localtime() + datetime.timedelta(days=400)
        typed = {"go_live_at": later.strftime("%Y-%m-%dT09:00"), "expire_at": later.strftime("%Y-%m-%dT18:00")}
        self.assertIn("Revision 1 was scheduled.", self.said(self.press(self.editor, "schedule", **typed)))
        revision.refresh_from_db()
        self.assertEqual(timezone.localtime(revision.go_live_at).strftime("%Y-%m-%dT%H:%M"), typed["go_live_at"])
        self.assertIn(later.strftime("%Y 09:00"), str(states_of([self.page])[self.page.pk]))
        response = self.press(self.editor, "schedule", **typed)
        self.assertIn("It is scheduled like this already.", self.said(response))

    def test_without_an_hour_nothing_is_scheduled(self):
        self.bring_to("approved")
        response = self.press(self.editor, "schedule", go_live_at="", expire_at="")
        self.assertIn("Say when it goes live or comes down. Nothing was done.", self.said(response))
        response = self.press(self.editor, "schedule", go_live_at="2001-01-01T09:00", note="Hurry.")
        self.assertIn("It would go live in the past", self.said(response))
        self.assertContains(response, "Hurry.</textarea>")

    def test_an_hour_that_nobody_means_is_refused(self):
        self.bring_to("approved")
        for name in ("go_live_at", "expire_at"):
            with self.subTest(name):
                response = self.press(self.editor, "schedule", **{name: "9999-12-31T23:59"})
                self.assertIn("Choose a time within the next ten years.", self.said(response))

    def test_of_a_reviewed_text_can_be_reviewed_again_without_a_change(self):
        self.bring_to("live")
        self.assertNotContains(self.look(self.editor), "Record a review")
        self.assertContains(self.look(self.reviewer), "Record a review")
        data = {"kind": "whole_page", "outcome": "Still right."}
        response = self.client.post(self.address("review"), data, follow=True)
        self.assertIn("A review was recorded: the whole page.", self.said(response))
        self.assertContains(response, "Still right.")
        response = self.client.post(self.address("review"), data, follow=True)
        self.assertIn("You recorded this review today already.", self.said(response))
        self.assertEqual(self.page.review_events.filter(outcome="Still right.").count(), 1)
        self.client.force_login(self.editor)
        self.assertEqual(self.client.post(self.address("review"), data).status_code, 403)

    def test_of_a_review_that_is_refused_says_why(self):
        self.client.force_login(self.reviewer)
        response = self.client.post(self.address("review"), {"kind": "whole_page"})
        self.assertIn("is not live with an approval", self.said(response))


class Buttons(PublishingCase):
    ALL = {"Submit for review", "Pass editorial review", "Approve as a clinician", "Send back", "Schedule"} | {
        *("Publish now", "Change when it comes down", "Withdraw: take off the site at once")
    }

    def buttons(self, who):
        """What can be pressed, and what is shown as not possible now."""
        pairs = [button for card in self.look(who).context["cards"] for button in card.buttons]
        return ({one.move.label for one in pairs if one.form}, {one.move.label: one.why_not for one in pairs})

    def test_of_a_working_copy_are_the_authors_and_editors(self):
        for who, expected in (
            (self.author, {"Submit for review"}),
            (self.editor, {"Submit for review"}),
            (self.reviewer, set()),
            (self.auditor, set()),
        ):
            self.assertEqual(self.buttons(who)[0], expected, who)

    def test_of_each_stage_are_those_of_the_role(self):
        table = {
            "editorial_review": {"author": set(), "editor": {"Pass editorial review", "Send back"}, "reviewer": set()},
            "clinical_review": {
                **{"author": set(), "editor": set()},
                "reviewer": {"Approve as a clinician", "Send back"},
            },
            "approved": {
                "author": set(),
                "editor": {"Schedule", "Publish now", "Send back"},
                "reviewer": {"Send back"},
            },
            "live": {
                "author": set(),
                "editor": {"Change when it comes down", "Withdraw: take off the site at once"},
                "reviewer": {"Withdraw: take off the site at once"},
            },
        }
        revision = self.bring_to("live")
        RevisionPerson.objects.all().delete()  # what people have done already is another test
        for state, roles in table.items():
            Revision.objects.filter(pk=revision.pk).update(state=state)
            for who in (self.author, self.editor, self.reviewer, self.auditor):
                with self.subTest(state=state, who=who.username):
                    expected = roles.get(who.username, set())
                    self.assertEqual(self.buttons(who)[0] - {"Submit for review"}, expected)

    def test_that_cannot_be_pressed_say_why(self):
        self.bring_to("editorial_review")
        self.assertEqual(self.buttons(self.author)[1]["Pass editorial review"], "An editor does this.")
        publishing.contributed(self.page, self.editor)
        self.edit(summary="Another one.")
        publishing.submit(self.page, actor=self.author, change_note="Again.")
        why = self.buttons(self.editor)[1]["Pass editorial review"]
        self.assertEqual(why, "You helped to make this version. Another editor must pass it.")
        self.assertContains(self.look(self.editor), why)
        with override_settings(AUTHOR_MAY_EDIT=True):
            self.assertIn("Pass editorial review", self.buttons(self.editor)[0])

    def test_to_approve_are_not_for_who_wrote_passed_or_is_no_clinician(self):
        revision = self.bring_to("clinical_review")
        mine = RevisionPerson.objects.create(revision=revision, staff=self.reviewer, part="contributor")
        why = self.buttons(self.reviewer)[1]["Approve as a clinician"]
        self.assertEqual(why, "You helped to make this version. Another clinician must approve it.")
        RevisionPerson.objects.filter(pk=mine.pk).update(part="editor")
        self.assertIn("You passed this version", self.buttons(self.reviewer)[1]["Approve as a clinician"])
        mine.delete()
        other = person("Clinical reviewer")
        self.assertIn("not linked to an active clinician", self.buttons(other)[1]["Approve as a clinician"])

    def test_of_a_text_that_readers_have_already_say_so(self):
        self.bring_to("live")
        self.assertEqual(
            self.buttons(self.author)[1]["Submit for review"],
            "It says what revision 1 says. Change something first.",
        )

    def test_wait_for_open_gates_and_for_what_is_no_document(self):
        self.page.options.all().delete()
        self.assertEqual(self.buttons(self.author)[1]["Submit for review"], "1 gate must be closed first, see below.")
        Condition.objects.filter(pk=self.page.pk).update(key_facts="no label")
        self.assertIn("must be mended first", self.buttons(self.author)[1]["Submit for review"])
        response = self.look(self.author)
        self.assertContains(response, "Key facts: write a label, a colon and the fact")
        self.assertContains(response, f'href="{at("condition", "change", self.page.pk)}#id_key_facts"')


class ForgedPresses(PublishingCase):
    def test_by_a_person_without_the_right_are_refused(self):
        for state, move in (
            ("editorial_review", "pass_review"),
            ("editorial_review", "reject"),
            ("clinical_review", "approve"),
            ("approved", "publish"),
            ("approved", "schedule"),
            ("live", "withdraw"),
            ("live", "set_expiry"),
        ):
            revision = Revision(page=self.page, number=1, state=state)
            for who in (self.author, self.auditor):
                with self.subTest(move=move, who=who.username):
                    self.assertEqual(self.press(who, move, revision, note="x").status_code, 403)
        self.assertEqual(self.press(self.auditor, "submit", change_note="x").status_code, 403)
        self.assertEqual(self.press(self.desk, "submit", change_note="x").status_code, 403)
        self.assertFalse(RevisionEvent.objects.exists())

    def test_approving_ones_own_text_are_refused_by_the_service(self):
        publishing.contributed(self.page, self.reviewer)
        revision = self.bring_to("clinical_review")
        response = self.press(self.reviewer, "approve", revision, whole_page="on", note="Mine.")
        self.assertIn("helped to make this version", self.said(response))
        self.assertContains(response, "Mine.</textarea>")
        revision.refresh_from_db()
        self.assertEqual(revision.state, "clinical_review")

    def test_claiming_another_state_get_no_other_right(self):
        """Sending back is the editor's in editorial review: saying so of a revision that waits for a clinician is no way round."""
        revision = self.bring_to("clinical_review")
        revision.state = "editorial_review"
        response = self.press(self.editor, "reject", revision, note="No.")
        self.assertIn("has moved on meanwhile", self.said(response))
        revision.refresh_from_db()
        self.assertEqual(revision.state, "clinical_review")

    def test_of_nonsense_are_answered(self):
        self.client.force_login(self.editor)
        good = {"number": "1", "state": "draft", "change_note": "x"}
        for data in ({}, {**good, "number": "x"}, {**good, "number": "9" * 30}, {**good, "state": "x"}):
            self.assertEqual(self.client.post(self.address("move", "submit"), data).status_code, 400)
        self.assertEqual(
            self.client.post(self.address("move", "submit"), {**good, "state": "live", "number": "7"}).status_code, 404
        )
        for move in ("supersede", "expire", "x"):
            self.assertEqual(self.client.post(self.address("move", move), good).status_code, 404)
        self.assertEqual(self.client.get(self.address("move", "submit")).status_code, 405)
        self.assertEqual(self.client.post(at("condition", "move", 10**6, "submit"), good).status_code, 404)
        self.assertEqual(self.client.get(at("treatment", "publishing", self.page.pk)).status_code, 404)

    def test_from_another_site_are_refused(self):
        self.client.handler.enforce_csrf_checks = True
        self.addCleanup(setattr, self.client.handler, "enforce_csrf_checks", False)
        self.assertEqual(self.press(self.author, "submit", change_note="x").status_code, 403)

    def test_by_who_is_not_signed_in_lead_to_the_sign_in_page(self):
        response = self.client.post(self.address("move", "submit"), {"number": "1", "state": "draft"})
        self.assertEqual(response.status_code, 302)
        self.assertIn("/admin/login/", response["Location"])

    def test_front_desk_sees_no_publishing_page(self):
        self.assertEqual(self.look(self.desk).status_code, 403)


class PressedTwice(PublishingCase):
    def test_a_button_does_its_work_once_and_says_so(self):
        draft = self.page.revisions.get()
        self.press(self.author, "submit", draft, change_note="First text.")
        response = self.press(self.author, "submit", draft, change_note="First text.")
        self.assertIn("It was done already: revision 1 was submitted for review by author.", self.said(response))
        self.assertEqual(self.page.revisions.count(), 1)
        for who, move in ((self.editor, "pass_review"), (self.reviewer, "approve"), (self.editor, "publish")):
            shown = self.page.revisions.get()
            typed = {"whole_page": "on"} if move == "approve" else {}
            self.press(who, move, shown, **typed)
            self.assertIn("It was done already", self.said(self.press(who, move, shown, **typed)))
        self.assertEqual(RevisionEvent.objects.count(), 4)

    def test_on_a_page_that_nobody_had_edited_begins_one_revision(self):
        factories.publish(self.page)
        coming = Revision(page=self.page, number=2)
        self.press(self.author, "submit", coming, change_note="For approval.")
        response = self.press(self.author, "submit", coming, change_note="For approval.")
        self.assertIn("It was done already", self.said(response))
        self.assertEqual(self.page.revisions.count(), 2)
        response = self.press(self.author, "submit", Revision(page=self.page, number=9), change_note="x")
        self.assertIn("The page has moved on meanwhile.", self.said(response))

    def test_after_a_colleague_did_something_else_nothing_is_done(self):
        shown = self.bring_to("editorial_review")
        publishing.reject(Revision.objects.get(pk=shown.pk), actor=self.editor, note="No.")
        shown.state = "editorial_review"
        response = self.press(self.editor, "pass_review", shown)
        self.assertIn("Revision 1 has moved on meanwhile: it is in the state “rejected” now.", self.said(response))
        self.assertEqual(self.page.revisions.get(number=1).state, "rejected")


class OpenGates(PublishingCase):
    def test_are_listed_with_their_place_and_what_would_mend_it(self):
        other = factories.condition(
            slug="hip",
            title="Hip example",
            options=[factories.option("", "usual_care"), factories.option(self.treatment(), main_harms="")],
            evidence=[factories.evidence("ev-001", options=["walking"])],
        )
        other.evidence.get().sources.clear()
        other.care_advice.all().delete()
        self.client.force_login(self.author)
        response = self.client.get(at("condition", "publishing", other.pk))
        form = at("condition", "change", other.pk)
        row = at("outcomeevidence", "change", other.evidence.get().pk)
        for address, message, fix in (
            (f"{form}#options-1", "not what can go wrong", "Fill in its main harms."),
            (row, "This result names no source.", "Choose the source it comes from."),
            (f"{form}#care_advice-group", "Readers are not told when to get help", "Add a care card"),
        ):
            self.assertContains(response, f'href="{address}"')
            self.assertContains(response, message)
            self.assertContains(response, fix)
        severities = [gate.severity for gate, _ in response.context["gates"]]
        self.assertEqual(severities, sorted(severities))

    def treatment(self):
        factories.treatment(slug="walking", title="Walking")
        return "walking"


class QueryCounts(PublishingCase):
    def test_of_the_publishing_page_do_not_grow_with_its_history_and_rows(self):
        self.client.force_login(self.editor)
        self.client.get(self.address())
        with CaptureQueriesContext(connection) as few:
            self.client.get(self.address())
        treatments = [factories.treatment(slug=f"t-{number}", title=f"T {number}") for number in range(12)]
        for number in range(12):
            self.edit(summary=f"Text {number}.")
            revision = publishing.submit(self.page, actor=self.author, change_note=f"Note {number}.")
            publishing.reject(revision, actor=self.editor, note="No.")
        for number in range(12):
            option = self.page.options.create(treatment=treatments[number], role="first_line", main_harms="Some.")
            row = self.page.evidence.create(
                key=f"ev-{number}",
                outcome="pain",
                comparator="x",
                direction="uncertain",
                certainty="low",
                certainty_basis="source",
            )
            row.options.add(option)
        publishing.contributed(self.page, self.author)
        with CaptureQueriesContext(connection) as many:
            self.assertEqual(self.client.get(self.address()).status_code, 200)
        # One more asks for the pages of evidence rows, which had no gate before.
        self.assertLessEqual(len(many), len(few) + 1)


class Scheduled(PublishingCase):
    def test_everything_stands_in_one_list_in_order_of_time(self):
        self.client.force_login(self.auditor)
        address = at("revision") + "scheduled/"
        self.client.get(address)
        with CaptureQueriesContext(connection) as few:
            self.assertContains(self.client.get(address), "Nothing is scheduled.")
        revision = self.bring_to("approved")
        now = timezone.now()
        publishing.schedule(revision, actor=self.editor, go_live_at=now + datetime.timedelta(days=3))
        live = factories.publish(factories.condition(slug="hip", title="Hip example"))
        publishing.set_expiry(live, actor=self.editor, expire_at=now + datetime.timedelta(days=1))
        late = factories.publish(factories.condition(slug="back", title="Back example"))
        Revision.objects.filter(pk=late.pk).update(expire_at=now - datetime.timedelta(hours=2))
        with self.assertNumQueries(len(few)):
            response = self.client.get(address)
        self.assertEqual(
            [(one.title, one.what, one.is_due) for one in response.context["appointments"]],
            [
                ("Back example", "comes down", True),
                ("Hip example", "comes down", False),
                ("Knee example", "goes live", False),
            ],
        )
        self.assertContains(response, "(due, not done yet)", count=1)
        self.client.force_login(self.desk)
        self.assertEqual(self.client.get(address).status_code, 403)


class Lists(PublishingCase):
    def test_say_each_state_in_words(self):
        page = self.page
        moment = timezone.localtime().replace(month=12, day=3, hour=9, minute=0) + datetime.timedelta(days=365)
        self.assertEqual(str(states_of([page])[page.pk]), "Draft")
        revision = self.bring_to("editorial_review")
        self.assertEqual(str(states_of([page])[page.pk]), "In editorial review")
        publishing.pass_review(revision, actor=self.editor)
        self.assertEqual(str(states_of([page])[page.pk]), "Waiting for a clinician")
        self.edit(summary="New.")
        self.assertEqual(str(states_of([page])[page.pk]), "Waiting for a clinician, edited since")
        publishing.approve(revision, actor=self.reviewer)
        self.edit(summary="An example.")
        self.assertEqual(str(states_of([page])[page.pk]), "Approved, not live yet")
        publishing.schedule(revision, actor=self.editor, go_live_at=moment)
        self.assertEqual(str(states_of([page])[page.pk]), f"Scheduled {moment:%-d %b %Y} 09:00")
        publishing.publish_approved(revision, actor=self.editor)
        self.assertEqual(str(states_of([page])[page.pk]), "Live")
        self.edit(summary="New.")
        self.assertEqual(str(states_of([page])[page.pk]), "Live, edited since")
        newer = publishing.submit(page, actor=self.author, change_note="Newer.")
        self.assertEqual(str(states_of([page])[page.pk]), "Live; in editorial review")
        self.edit(summary="Newest.")
        self.assertEqual(str(states_of([page])[page.pk]), "Live; in editorial review; edited since")
        publishing.reject(newer, actor=self.editor, note="No.")
        publishing.withdraw(page, actor=self.editor)
        self.assertEqual(str(states_of([page])[page.pk]), "Sent back")

    def test_are_filtered_by_where_pages_stand(self):
        self.client.force_login(self.editor)

        def found(value):
            response = self.client.get(at("condition"), {"stands": value})
            return [page.slug for page in response.context["cl"].result_list]

        factories.publish(factories.condition(slug="hip", title="Hip example"))
        self.assertEqual(found("demonstration"), ["hip"])
        self.assertEqual(found("edited"), ["knee"])
        self.assertEqual(found("not_live"), ["knee"])
        revision = self.bring_to("editorial_review")
        for state, value in (
            ("editorial_review", "editorial_review"),
            ("clinical_review", "clinical_review"),
            ("approved", "approved"),
            ("live", "live"),
        ):
            Revision.objects.filter(pk=revision.pk).update(
                state=state, published_at=timezone.now(), needs_clinician=False
            )
            self.assertEqual(found(value), ["knee"], value)
        Revision.objects.filter(pk=revision.pk).update(state="approved", go_live_at=timezone.now())
        self.assertEqual((found("scheduled"), found("approved")), (["knee"], []))
        self.assertEqual(self.client.get(at("condition"), {"stands": "x"}).status_code, 200)


class LetStand(PublishingCase):
    """A clinician lets one finding of the claim guard stand."""

    SENTENCE = "It is a miracle for the knee."

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        fields = {"pattern": "miracle", "category": "x", "severity": "block", "message": "Exaggeration."}
        cls.rule = ClaimRule.objects.create(key="miracle-word", **fields)
        Condition.objects.filter(pk=cls.page.pk).update(summary=cls.SENTENCE)

    def waive(self, who, **typed):
        self.client.force_login(who)
        sent = {"rule": "miracle-word", "sentence": self.SENTENCE, "reason": "", **typed}
        return self.client.post(self.address("waive"), sent, follow=True)

    def test_is_offered_to_clinicians_and_closes_the_gate(self):
        self.assertNotContains(self.look(self.author), "Let it stand")
        unlinked = self.look(person("Clinical reviewer"))
        self.assertNotContains(unlinked, "Let it stand")
        self.assertContains(unlinked, "A clinician may let this sentence stand")
        self.assertContains(self.look(self.reviewer), "Let it stand")
        response = self.waive(self.reviewer, reason="It quotes the name of a song everybody knows.")
        self.assertIn("The sentence may stand.", self.said(response))
        self.assertNotContains(response, "Let it stand")
        self.assertContains(response, "It quotes the name of a song everybody knows.")
        self.press(self.author, "submit", change_note="First text.")
        self.assertEqual(self.page.revisions.first().state, "editorial_review")

    def test_without_a_reason_is_refused_and_keeps_what_was_typed(self):
        response = self.waive(self.reviewer, reason="Too short.")
        self.assertIn("Give the reason in at least 20 characters.", self.said(response))
        self.assertContains(response, "Too short.</textarea>")
        self.assertFalse(self.page.claim_waivers.exists())

    def test_a_second_press_says_whose_reason_is_kept(self):
        self.waive(self.reviewer, reason="It quotes the name of a song everybody knows.")
        response = self.waive(self.reviewer, reason="Another reason that is not kept at all.")
        self.assertIn("This sentence may stand already, for the reason given by", self.said(response))
        self.assertEqual(LogEntry.objects.filter(change_message__contains="Let “").count(), 1)

    def test_is_refused_to_others_and_for_rules_that_are_none(self):
        for who in (self.author, self.editor, self.auditor, self.desk):
            self.assertEqual(self.waive(who, reason="A long enough reason for it.").status_code, 403)
        self.assertEqual(self.waive(self.reviewer, rule="none").status_code, 404)
        response = self.waive(person("Clinical reviewer"), reason="A long enough reason for it.")
        self.assertIn("Only a clinician who may approve pages", self.said(response))


class ReadingLevels(PublishingCase):
    def test_stand_on_the_page_the_hardest_first_and_beside_each_text(self):
        hard = "Multidisciplinary rehabilitation interventions demonstrably ameliorate musculoskeletal disability " * 3
        easy = "We look at the knee. You can walk. It may help you. It may not help at all. Ask us."
        Condition.objects.filter(pk=self.page.pk).update(natural_progression=f"{hard}.", when_chronic=easy)
        response = self.look(self.author)
        places = [text.where for text, _ in response.context["texts"]]
        self.assertLess(places.index("Natural progression"), places.index("When chronic"))
        self.assertContains(response, "<strong>(hard)</strong>")
        form = self.client.get(at("condition", "change", self.page.pk))
        self.assertContains(form, "1 long sentence. Aim for 9 or less.")
        self.assertContains(form, "Reading level as saved: grade 0")

    def test_of_a_new_page_are_not_there_yet(self):
        self.client.force_login(self.author)
        self.assertNotContains(self.client.get(at("condition", "add")), "Reading level")
