"""A preview is the public page from the saved working copy: all its rows, for staff alone, with nothing written."""

from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.therapies.test_admin import AdminCase, at, form_of
from therapies import publishing, snapshots
from therapies.library import current
from therapies.models import Condition, LibraryState, Revision, Treatment


class PreviewCase(AdminCase):
    def preview(self, page, *number):
        name = "preview_revision" if number else "preview"
        return self.client.get(at(page.kind, name, page.pk, *number))


class OfTheWorkingCopy(PreviewCase):
    def test_shows_every_saved_row_in_the_public_page(self):
        knee = self.pages["knee"]
        Condition.objects.filter(pk=knee.pk).update(title="Knee, edited")
        knee.sections.filter(aspect="overview").update(body="An edited section.")
        knee.options.filter(treatment__slug="cells").update(what_it_takes="Two edited visits.")
        knee.evidence.filter(key="ev-001").update(outcome="edited outcome")
        knee.care_advice.filter(level="non_urgent").update(items="an edited sign")
        response = self.preview(knee)
        self.assertTemplateUsed(response, "therapies/condition.html")
        for words in ("Knee, edited", "An edited section.", "Two edited visits.", "edited outcome", "an edited sign"):
            self.assertContains(response, words)
        self.assertContains(response, "Preview: readers do not see this.")
        self.assertEqual(current().page("condition", "knee").title, "Knee example")
        public = self.client.get("/conditions/knee/")
        self.assertNotContains(public, "edited")

    def test_works_for_every_kind_of_page_live_or_not(self):
        new = [
            factories.condition(slug="new", title="New condition"),
            factories.treatment(slug="new", title="New treatment"),
            factories.article(slug="new", title="New article"),
        ]
        for page in (*self.pages.values(), *new):
            with self.subTest(page.slug):
                self.assertContains(self.preview(page), f"<h1>{page.title}</h1>")
        self.assertContains(self.preview(new[0]), 'href="http://127.0.0.1:8000/conditions/new/"')

    def test_shows_prices_as_they_are_saved(self):
        Treatment.objects.filter(slug="cells").update(price_low=111, price_high=222)
        self.assertContains(self.preview(self.pages["cells"]), "222")

    def test_of_a_page_that_moves_replaces_the_one_at_the_old_address(self):
        Condition.objects.filter(slug="knee").update(slug="moved", title="Moved")
        response = self.preview(self.pages["knee"])
        titles = [page.title for page in response.wsgi_request.library.pages("condition")]
        self.assertEqual(titles, ["Moved", "Wider condition"])

    def test_is_kept_nowhere_and_found_by_nobody(self):
        response = self.preview(self.pages["knee"])
        self.assertLessEqual({"private", "no-store"}, set(response["Cache-Control"].split(", ")))
        self.assertEqual(response["X-Robots-Tag"], "noindex")
        self.assertContains(response, '<meta name="robots" content="noindex">')

    def test_writes_nothing(self):
        page, version = self.pages["knee"], LibraryState.objects.get().version
        self.preview(page)
        with CaptureQueriesContext(connection) as queries:
            self.preview(page)
        written = [query["sql"] for query in queries if not query["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
        self.assertEqual(written, [])
        self.assertEqual(LibraryState.objects.get().version, version)
        self.assertFalse(page.revisions.filter(state="draft").exists())

    def test_is_for_those_who_may_look_at_the_page(self):
        for role, status in (
            ("Content author", 200),
            ("Clinical reviewer", 200),
            ("Auditor", 200),
            ("Front desk", 403),
        ):
            person = factories.staff()
            person.groups.set(Group.objects.filter(name=role))
            self.client.force_login(person)
            self.assertEqual(self.preview(self.pages["knee"]).status_code, status, role)
        self.client.logout()
        response = self.preview(self.pages["knee"])
        self.assertEqual(response.status_code, 302)
        self.assertIn("/admin/login/", response["Location"])

    def test_cannot_be_posted_and_is_of_a_page_that_exists(self):
        self.assertEqual(self.client.post(at("condition", "preview", self.pages["knee"].pk)).status_code, 405)
        self.assertEqual(self.client.get(at("condition", "preview", 10**6)).status_code, 404)
        self.assertEqual(self.client.get(at("article", "preview", self.pages["knee"].pk)).status_code, 404)

    def test_costs_the_same_for_1_and_for_20_rows(self):
        self.client.get(at("condition", "preview", self.pages["wider"].pk))
        with CaptureQueriesContext(connection) as few:
            self.preview(self.pages["wider"])
        rich = factories.condition(
            slug="rich",
            options=[factories.option("", "usual_care"), factories.option("cells", main_harms="Some.")],
            evidence=[factories.evidence(f"ev-{n}", options=["cells"], sources=["first-source"]) for n in range(20)],
        )
        current()
        with self.assertNumQueries(len(few)):
            self.preview(rich)


class OfAnUnfinishedWorkingCopy(PreviewCase):
    def test_says_which_row_and_how_to_mend_it(self):
        knee, cells = self.pages["knee"], self.pages["cells"]
        form = at("condition", "change", knee.pk)
        Condition.objects.filter(pk=knee.pk).update(key_facts="no label")
        response = self.preview(knee)
        self.assertContains(response, "<strong>Key facts:</strong> write a label, a colon and the fact")
        self.assertContains(response, f'href="{form}#id_key_facts"')
        Condition.objects.filter(pk=knee.pk).update(key_facts="")
        knee.care_advice.filter(level="non_urgent").update(action="See somebody")
        response = self.preview(knee)
        self.assertContains(response, "<strong>Care card “See a clinician”: what to do:</strong> the action ends in")
        self.assertContains(response, f'href="{form}#care_advice-1"')
        cells.sections.filter(aspect="before").update(heading="")
        response = self.preview(cells)
        self.assertContains(response, "this may not be empty")
        self.assertContains(response, f'href="{at("treatment", "change", cells.pk)}#sections-0"')

    def test_of_evidence_leads_to_its_own_form(self):
        row = self.pages["knee"].evidence.get(key="ev-002")
        self.pages["knee"].evidence.filter(pk=row.pk).update(outcome="")
        response = self.preview(self.pages["knee"])
        self.assertContains(response, "<strong>Evidence ev-002: what was measured:</strong> this may not be empty")
        self.assertContains(response, f'href="{at("outcomeevidence", "change", row.pk)}"')

    def test_of_options_finds_the_row_where_the_form_has_it(self):
        """Readers see usual care first, whatever its place in the form."""
        knee = self.pages["knee"]
        knee.options.filter(role="usual_care").update(position=9)
        knee.options.filter(treatment__slug="exercise").update(description="bad \u202e mark")
        response = self.preview(knee)
        self.assertContains(response, "<strong>Option “Exercise”: what it means for this condition:</strong>")
        self.assertContains(response, "#options-0")


class OfARevision(PreviewCase):
    def test_shows_what_was_frozen(self):
        Condition.objects.filter(slug="knee").update(title="Edited since")
        response = self.preview(self.pages["knee"], 1)
        self.assertContains(response, "<h1>Knee example</h1>")
        self.assertContains(response, "This is revision 1.")

    def test_that_is_a_draft_or_was_never_is_not_found(self):
        publishing.contributed(self.pages["knee"], self.chief)
        for number in (2, 99, 2**40):
            self.assertEqual(self.preview(self.pages["knee"], number).status_code, 404, number)

    def test_in_an_older_form_says_so(self):
        revision = Revision.objects.get(page=self.pages["knee"])
        document = {name: value for name, value in revision.document.items() if name != "summary"}
        Revision.objects.filter(pk=revision.pk).update(document=document)
        self.assertContains(self.preview(self.pages["knee"], 1), "Revision 1 was written in an older form")


class SaveAndPreview(PreviewCase):
    def test_saves_all_rows_and_opens_the_preview(self):
        knee = self.pages["knee"]
        address = at("condition", "change", knee.pk)
        form = self.client.get(address)
        self.assertContains(form, 'value="Save and preview"')
        response = self.post(
            address, {**form_of(form), "title": "Saved", "sections-0-body": "A saved section.", "_preview": "x"}
        )
        self.assertEqual(response.redirect_chain, [(at("condition", "preview", knee.pk), 302)])
        self.assertContains(response, "<h1>Saved</h1>")
        self.assertContains(response, "A saved section.")
        self.assertEqual(snapshots.document_of(knee)["title"], "Saved")

    def test_of_a_new_page_opens_its_preview(self):
        data = form_of(self.client.get(at("article", "add")))
        data |= {"title": "Imprint", "slug": "imprint", "summary": "Who we are.", "category": "about"}
        self.assertContains(self.post(at("article", "add"), {**data, "_preview": "x"}), "<h1>Imprint</h1>")

    def test_is_not_offered_to_who_only_looks(self):
        self.sign_in("Auditor")
        response = self.client.get(at("condition", "change", self.pages["knee"].pk))
        self.assertNotContains(response, "Save and preview")
        self.assertContains(response, at("condition", "preview", self.pages["knee"].pk))
