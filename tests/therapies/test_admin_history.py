"""What changed between two texts of a page, an earlier one brought back, and two people at one form."""

from django.utils import timezone

from tests import factories
from tests.therapies.test_admin import AdminCase, at, form_of
from therapies import documents, snapshots
from therapies.admin.history import GAP, cut
from therapies.differences import ADDED, REMOVED, SAME
from therapies.models import Condition, RegulatoryStatus, Revision
from therapies.publishing import contributed


class Differences(AdminCase):
    def look(self, page, **query):
        return self.client.get(at(page.kind, "differences", page.pk), query)

    def test_of_the_working_copy_to_what_is_live_are_shown_first(self):
        knee = self.pages["knee"]
        Condition.objects.filter(pk=knee.pk).update(summary="An <b>edited</b> example.")
        knee.evidence.filter(key="ev-002").delete()
        response = self.look(knee)
        self.assertContains(response, "2 differences")
        self.assertContains(response, '<ins><span class="visually-hidden">added: </span>&lt;b&gt;edited&lt;/b&gt; ')
        self.assertContains(response, "Evidence ev-002")
        self.assertContains(response, '<span class="visually-hidden">removed: </span>')

    def test_are_between_any_two_texts_chosen(self):
        knee = self.pages["knee"]
        Condition.objects.filter(pk=knee.pk).update(title="Second")
        factories.publish(knee)
        Condition.objects.filter(pk=knee.pk).update(title="Third")
        for query, titles in (
            ({"from": "1", "to": "2"}, ("Knee example", "Second")),
            ({"from": "2", "to": "1"}, ("Second", "Knee example")),
            ({"from": "1"}, ("Knee example", "Third")),
            ({}, ("Second", "Third")),
        ):
            found = [one for one, _ in self.look(knee, **query).context["differences"]]
            self.assertEqual([(one.path, one.before, one.after) for one in found], [("Title", *titles)])
        self.assertContains(self.look(knee, **{"from": "2", "to": "2"}), "Both say the same.")

    def test_name_treatments_by_their_title(self):
        self.pages["knee"].options.filter(treatment__slug="cells").update(main_harms="Soreness.")
        self.assertContains(self.look(self.pages["knee"]), "Option “Cell injection”: main harms")

    def test_of_texts_that_are_not_there_are_not_found(self):
        contributed(self.pages["knee"], self.chief)
        for value in ("2", "99", "x", "-1", "9" * 30, "٣"):
            self.assertEqual(self.look(self.pages["knee"], to=value).status_code, 404, value)

    def test_of_a_page_nobody_has_published_are_none(self):
        self.assertContains(self.look(factories.condition(slug="new")), "Both say the same.")

    def test_are_for_those_who_may_look(self):
        self.sign_in("Auditor")
        self.assertEqual(self.look(self.pages["knee"]).status_code, 200)
        self.sign_in("Front desk")
        self.assertEqual(self.look(self.pages["knee"]).status_code, 403)

    def test_leave_out_long_passages_that_stayed(self):
        long = "word " * 200
        shown = list(cut(((SAME, long), (REMOVED, "old"), (SAME, long), (ADDED, "new"), (SAME, long))))
        self.assertEqual([kind for kind, _ in shown], [SAME, REMOVED, SAME, ADDED, SAME])
        self.assertTrue(all(GAP in text and len(text) < 340 for kind, text in shown if kind == SAME))
        self.assertTrue(shown[0][1].startswith(GAP) and shown[4][1].endswith(GAP))
        self.assertEqual(list(cut(((SAME, "short"),))), [(SAME, "short")])


class Restore(AdminCase):
    def address(self, page, number=1):
        return at(page.kind, "restore", page.pk, number)

    def restore(self, page, number=1, **changes):
        seen = self.client.get(self.address(page, number)).context["seen"]
        return self.post(self.address(page, number), {"seen": seen, **changes})

    def test_brings_an_earlier_text_back_as_the_working_copy(self):
        for slug in ("knee", "cells", "privacy"):
            page = self.pages[slug]
            before = documents.content_hash(snapshots.document_of(page))
            page.sections.all().delete()
            page.synonyms.create(text="another name")
            self.assertNotEqual(documents.content_hash(snapshots.document_of(page)), before)
            response = self.restore(page)
            self.assertSaid(response, "The working copy says what revision 1 said. Readers see no change yet.")
            self.assertEqual(documents.content_hash(snapshots.document_of(page)), before)
            draft = page.revisions.get(state="draft")
            self.assertEqual([row.staff for row in draft.people.all()], [self.chief])

    def test_says_first_what_would_be_replaced(self):
        Condition.objects.filter(slug="knee").update(summary="Typed since.")
        response = self.client.get(self.address(self.pages["knee"]))
        self.assertContains(response, "Typed since")
        self.assertContains(response, "Replace the working copy")
        self.assertEqual(Condition.objects.get(slug="knee").summary, "Typed since.")

    def test_of_what_is_there_already_has_nothing_to_do(self):
        response = self.client.get(self.address(self.pages["knee"]))
        self.assertContains(response, "Nothing: the working copy says what this revision says.")
        self.assertNotContains(response, "Replace the working copy")
        self.assertSaid(self.post(self.address(self.pages["knee"]), {"seen": "x"}), "says what revision 1 says already")
        self.assertFalse(self.pages["knee"].revisions.filter(state="draft").exists())

    def test_of_a_text_edited_meanwhile_asks_again(self):
        knee = Condition.objects.filter(slug="knee")
        knee.update(summary="Typed since.")
        seen = self.client.get(self.address(self.pages["knee"])).context["seen"]
        knee.update(summary="Typed by a colleague.")
        response = self.post(self.address(self.pages["knee"]), {"seen": seen})
        self.assertSaid(response, "The working copy has changed since you opened this page.")
        self.assertContains(response, "Typed by a colleague")
        self.assertEqual(knee.get().summary, "Typed by a colleague.")

    def test_that_is_refused_says_why(self):
        knee = self.pages["knee"]
        Condition.objects.filter(pk=knee.pk).update(summary="Typed since.")
        revision = Revision.objects.get(page=knee)
        revision.document["evidence"][0]["sources"] = ["gone-source"]
        revision.save()
        self.assertSaid(self.restore(knee), "This text points to what is no longer there: source gone-source.")
        self.assertEqual(Condition.objects.get(pk=knee.pk).summary, "Typed since.")

    def test_is_for_those_who_may_write(self):
        for role in ("Auditor", "Clinical reviewer", "Front desk"):
            self.sign_in(role)
            self.assertEqual(self.client.get(self.address(self.pages["knee"])).status_code, 403, role)
            self.assertEqual(self.client.post(self.address(self.pages["knee"]), {"seen": "x"}).status_code, 403, role)
        self.assertEqual(self.client.get(at("condition", "restore", 10**6, 1)).status_code, 404)

    def test_keeps_the_dates_of_approval_checks(self):
        cells = self.pages["cells"]
        today = timezone.localdate()
        RegulatoryStatus.objects.filter(treatment=cells, jurisdiction="US").update(checked_on=today)
        cells.sections.all().delete()
        self.restore(cells)
        self.assertEqual(RegulatoryStatus.objects.get(treatment=cells, jurisdiction="US").checked_on, today)


class TwoPeopleAtOneForm(AdminCase):
    def setUp(self):
        super().setUp()
        self.knee = self.pages["knee"]
        self.form = at("condition", "change", self.knee.pk)

    def open(self):
        """The form as one of them has it on the screen."""
        response = self.client.get(self.form)
        return {**form_of(response), "_opened": response.context["opened"]}

    def colleague_saves(self, **typed):
        mine = self.client.session.session_key, self.chief
        self.sign_in("Editor")
        response = self.post(self.form, {**self.open(), **typed})
        self.assertSaid(response, "was changed successfully")
        self.client.force_login(mine[1])

    def test_the_second_is_told_who_saved_and_keeps_what_they_typed(self):
        mine = self.open()
        self.colleague_saves(summary="Their summary.")
        response = self.post(self.form, {**mine, "summary": "My summary.", "sections-0-body": "My section."})
        self.assertContains(response, "saved this page after you had opened it.")
        self.assertContains(response, "My summary.")
        self.assertContains(response, "My section.")
        self.assertContains(response, 'value="Save anyway"')
        self.assertEqual(Condition.objects.get(pk=self.knee.pk).summary, "Their summary.")

    def test_the_second_may_save_anyway(self):
        mine = self.open()
        self.colleague_saves(summary="Their summary.")
        again = {**mine, "summary": "My summary."}
        self.post(self.form, again)
        self.assertSaid(self.post(self.form, {**again, "_save_anyway": "x"}), "was changed successfully")
        self.assertEqual(Condition.objects.get(pk=self.knee.pk).summary, "My summary.")

    def test_the_stamp_of_a_refused_form_stays_the_first(self):
        mine = self.open()
        self.colleague_saves(summary="Their summary.")
        response = self.post(self.form, {**mine, "title": ""})
        self.assertEqual(response.context["opened"], mine["_opened"])
        self.assertContains(response, "This field is required.")

    def test_a_page_brought_back_meanwhile_counts_as_saved(self):
        Condition.objects.filter(pk=self.knee.pk).update(summary="Typed since.")
        mine = self.open()
        self.sign_in("Editor")
        restore = at("condition", "restore", self.knee.pk, 1)
        self.post(restore, {"seen": self.client.get(restore).context["seen"]})
        self.client.force_login(self.chief)
        self.assertContains(self.post(self.form, mine), "saved this page after you had opened it.")

    def test_ones_own_save_and_a_colleagues_move_do_not_count(self):
        mine = self.open()
        self.post(self.form, {**mine, "summary": "Once."})
        self.sign_in("Editor")
        live = {"number": "1", "state": "live"}
        self.assertSaid(self.post(at("condition", "move", self.knee.pk, "withdraw"), live), "is off the site")
        self.client.force_login(self.chief)
        self.assertSaid(self.post(self.form, {**mine, "summary": "Twice."}), "was changed successfully")

    def test_a_stamp_that_is_none_is_no_error(self):
        for stamp in ("", "x", "2026-13-45T00:00:00", "2026-01-01T00:00:00", "\u0000"):
            self.assertEqual(self.client.post(self.form, {**self.open(), "_opened": stamp}).status_code, 302, stamp)
