from unittest import mock

from django.contrib.auth.models import Group
from django.db import IntegrityError, connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.therapies import examples
from therapies import documents, loading, publishing, snapshots, working_copy
from therapies.admin import inlines
from therapies.content_files import Content, ContentFile
from therapies.library import current
from therapies.models import (
    AdverseOutcome,
    Article,
    Condition,
    GlossaryTerm,
    LoadedContent,
    OutcomeEvidence,
    Page,
    QuestionToAsk,
    Revision,
    Source,
    Treatment,
)

MODELS = ("condition", "treatment", "article", "source", "outcomeevidence", "glossaryterm", "questiontoask", "revision")


def at(model, action="changelist", *args):
    return reverse(f"admin:therapies_{model}_{action}", args=args)


def form_of(response):
    """What a browser would send back from an admin form: every field as it stands there."""
    data = {}
    forms = [response.context["adminform"].form]
    for formset in (inline.formset for inline in response.context["inline_admin_formsets"]):
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                data[bound.html_name] = "on"
            elif isinstance(value, list | tuple):
                data[bound.html_name] = [str(item) for item in value]
            elif value is not None and value is not False:
                # A browser sends its own line ends.
                data[bound.html_name] = str(value).replace("\n", "\r\n")
    return data


class AdminCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        for item in examples.SOURCES:
            Source.objects.create(**item)
        cls.pages = {}
        for page in examples.PAGES:
            cls.pages[page["slug"]] = working_copy.replace(documents.validated(page, where=""))
            factories.publish(cls.pages[page["slug"]])
        cls.chief = factories.staff("chief", is_superuser=True)

    def setUp(self):
        self.client.force_login(self.chief)

    def sign_in(self, *groups):
        person = factories.staff()
        person.groups.set(Group.objects.filter(name__in=groups))
        self.client.force_login(person)
        return person

    def post(self, address, data):
        """Send a form; the response that follows, with the errors said if there are any."""
        response = self.client.post(address, data, follow=True)
        self.assertEqual(response.status_code, 200)
        return response

    def save(self, model, page, **changes):
        address = at(model, "change", page.pk)
        return self.post(address, {**form_of(self.client.get(address)), **changes})

    def assertSaid(self, response, words):
        self.assertIn(words, " ".join(str(message) for message in response.context["messages"]))


class Lists(AdminCase):
    def test_cost_the_same_for_1_row_and_for_30(self):
        factories.source("used-nowhere")
        GlossaryTerm.objects.create(term="Example", definition="x")
        QuestionToAsk.objects.create(key="q", text="How?", why="So.", treatment=self.pages["exercise"])
        counts = {}
        for model in MODELS:
            self.client.get(at(model))  # content types and the like are read once a process
            with CaptureQueriesContext(connection) as few:
                self.assertEqual(self.client.get(at(model)).status_code, 200)
            counts[model] = len(few)
        for number in range(30):
            treatment = factories.treatment(live=True, slug=f"t-{number}", title=f"Treatment {number}")
            factories.condition(
                live=True,
                slug=f"c-{number}",
                options=[factories.option("", "usual_care"), factories.option(treatment.slug, main_harms="Some.")],
                evidence=[factories.evidence(options=[treatment.slug], sources=["first-source"])],
            )
            factories.article(live=True, slug=f"a-{number}")
            factories.source(f"source-{number}")
            GlossaryTerm.objects.create(term=f"Term {number}", definition="x")
            QuestionToAsk.objects.create(key=f"q-{number}", text="How?", why="So.", treatment=treatment)
        for model in MODELS:
            with self.subTest(model), CaptureQueriesContext(connection) as many:
                self.assertEqual(self.client.get(at(model)).status_code, 200)
            self.assertLessEqual(len(many), counts[model], model)

    def test_say_where_each_page_stands(self):
        Condition.objects.filter(slug="wider").update(title="Wider, edited")
        factories.condition(slug="new", title="New")
        publishing.withdraw(self.pages["exercise"], actor=self.chief)
        factories.publish(self.pages["cells"], approved_by=factories.clinician())
        response = self.client.get(at("condition"))
        self.assertContains(response, '<td class="field-state">Live as demonstration, edited since</td>', count=1)
        self.assertContains(response, '<td class="field-state">Live as demonstration</td>', count=1)
        self.assertContains(response, '<td class="field-state">Draft</td>', count=1)
        response = self.client.get(at("treatment"))
        self.assertContains(response, '<td class="field-state">Withdrawn</td>', count=1)
        self.assertContains(response, '<td class="field-state">Live</td>', count=1)

    def test_find_pages_by_other_names_and_sources_by_title(self):
        response = self.client.get(at("condition"), {"q": "worn"})
        self.assertEqual([page.slug for page in response.context["cl"].result_list], ["knee"])
        response = self.client.get(at("source"), {"q": "Example second"})
        self.assertEqual([source.key for source in response.context["cl"].result_list], ["second-source"])

    def test_answer_only_declared_filters(self):
        for model, query in (
            ("condition", {"title__regex": "("}),
            ("condition", {"revisions__people__staff__password__startswith": "a"}),
            ("source", {"evidence__note__contains": "x"}),
            ("outcomeevidence", {"condition__owner__email__contains": "x"}),
        ):
            response = self.client.get(at(model), query)
            self.assertIn(response.status_code, {302, 400})

    def test_escape_what_editors_type(self):
        hostile = "<script>alert(1)</script>"
        Condition.objects.filter(slug="wider").update(title=hostile)
        Source.objects.filter(key="first-source").update(title=hostile)
        factories.publish(self.pages["wider"])
        self.pages["knee"].sections.update(heading=hostile, body="So [@first-source].")
        revision = Revision.objects.live().get(page=self.pages["wider"])
        for address in (
            at("condition"),
            at("condition", "change", self.pages["wider"].pk),
            at("source"),
            at("source", "change", Source.objects.get(key="first-source").pk),
            at("outcomeevidence"),
            at("outcomeevidence", "add"),
            at("revision", "change", revision.pk),
        ):
            response = self.client.get(address)
            self.assertNotContains(response, hostile)
            self.assertEqual(response.status_code, 200)


class ChangePages(AdminCase):
    def test_of_a_condition_costs_the_same_for_1_and_for_30_rows(self):
        treatments = [working_copy.replace(factories.treatment_document(slug=f"t-{n}")) for n in range(30)]
        claim = {"claim": "x", "verdict": "partly", "answer": "y", "sources": ["first-source"]}
        pages = {}
        for rows in (1, 30):
            pages[rows] = factories.condition(
                slug=f"with-{rows}",
                options=[factories.option(treatment.slug) for treatment in treatments[:rows]],
                evidence=[
                    factories.evidence(f"ev-{n}", options=[treatments[n].slug], sources=["first-source"])
                    for n in range(rows)
                ],
                synonyms=[{"text": f"name {n}", "is_misspelling": False} for n in range(rows)],
                answered_claims=[claim] * rows,
                sections=[factories.section("text")] * rows,
            )
        self.client.get(at("condition", "change", pages[1].pk))
        with CaptureQueriesContext(connection) as few:
            self.client.get(at("condition", "change", pages[1].pk))
        with self.assertNumQueries(len(few)):
            self.client.get(at("condition", "change", pages[30].pk))

    def test_of_a_treatment_costs_the_same_for_1_and_for_30_rows(self):
        pages = {}
        for rows in (1, 30):
            pages[rows] = factories.treatment(
                slug=f"with-{rows}",
                adverse_outcomes=[
                    {
                        **{"name": f"harm {n}", "serious": False, "frequency_n": None},
                        **{"frequency_denominator": None, "frequency_words": "", "sources": ["first-source"]},
                    }
                    for n in range(rows)
                ],
                contraindications=[{"name": f"x {n}", "degree": "relative", "explanation": ""} for n in range(rows)],
            )
        self.client.get(at("treatment", "change", pages[1].pk))
        with CaptureQueriesContext(connection) as few:
            self.client.get(at("treatment", "change", pages[1].pk))
        with self.assertNumQueries(len(few)):
            self.client.get(at("treatment", "change", pages[30].pk))

    def test_for_those_who_only_look_cost_the_same_and_take_nothing(self):
        clinician = factories.clinician("verifier")
        claim = {"claim": "x", "verdict": "partly", "answer": "y", "sources": ["first-source"]}
        code = {"system": "ICD-10", "display": "x", "edition": "", "verified_by": clinician.slug}
        pages = {
            rows: factories.condition(
                slug=f"with-{rows}",
                answered_claims=[claim] * rows,
                codes=[{**code, "code": f"X{n}", "verified_on": "2025-01-01"} for n in range(rows)],
            )
            for rows in (1, 12)
        }
        self.sign_in("Auditor")
        self.client.get(at("condition", "change", pages[1].pk))
        with CaptureQueriesContext(connection) as few:
            self.assertContains(self.client.get(at("condition", "change", pages[1].pk)), "first-source")
        with self.assertNumQueries(len(few)):
            self.client.get(at("condition", "change", pages[12].pk))
        for model, slug in (("condition", "knee"), ("treatment", "cells"), ("article", "privacy")):
            address = at(model, "change", self.pages[slug].pk)
            self.assertEqual(self.client.get(address).status_code, 200)
            self.assertEqual(self.client.post(address, {"title": "x"}).status_code, 403)
            self.assertEqual(self.client.get(at(model, "add")).status_code, 403)

    def test_saved_without_a_change_change_nothing(self):
        for model, slug in (("condition", "knee"), ("treatment", "cells"), ("article", "privacy")):
            before = documents.content_hash(snapshots.document_of(self.pages[slug]))
            response = self.save(model, self.pages[slug])
            self.assertSaid(response, "was changed successfully")
            with self.subTest(model):
                self.assertEqual(documents.content_hash(snapshots.document_of(self.pages[slug])), before)

    def test_a_change_stays_in_the_working_copy_until_it_is_published(self):
        person = self.sign_in("Editor")
        self.save("condition", self.pages["knee"], title="Knee, edited")
        self.assertEqual(current().page("condition", "knee").title, "Knee example")
        draft = self.pages["knee"].revisions.get(state="draft")
        self.assertEqual([(row.staff, row.part) for row in draft.people.all()], [(person, "contributor")])
        self.assertContains(self.client.get(at("condition")), "edited since", count=1)

    def test_rows_are_added_changed_and_deleted(self):
        response = self.save(
            "condition",
            self.pages["knee"],
            **{
                "sections-TOTAL_FORMS": "3",
                "sections-0-body": "Changed.",
                "sections-1-DELETE": "on",
                "sections-2-aspect": "symptoms",
                "sections-2-heading": "Symptoms",
                "sections-2-body": "Some.",
                "sections-2-position": "",
            },
        )
        self.assertSaid(response, "was changed successfully")
        document = snapshots.document_of(self.pages["knee"])
        self.assertEqual(
            [(row["aspect"], row["body"]) for row in document["sections"]],
            [("overview", "Changed."), ("symptoms", "Some.")],
        )

    def test_the_same_thing_twice_is_refused_in_words(self):
        for prefix, one, two in (
            (
                "sections",
                {"aspect": "symptoms", "heading": "a", "body": "b", "position": "3"},
                {"aspect": "symptoms", "heading": "c", "body": "d", "position": "4"},
            ),
            ("synonyms", {"text": "bad knee"}, {"text": "Bad Knee"}),
            (
                "codes",
                {"system": "ICD-10", "code": "X1", "display": "x"},
                {"system": "ICD-10", "code": "X1", "display": "y"},
            ),
        ):
            data = form_of(self.client.get(at("condition", "change", self.pages["wider"].pk)))
            total = int(data[f"{prefix}-TOTAL_FORMS"])
            data[f"{prefix}-TOTAL_FORMS"] = str(total + 2)
            for number, row in enumerate((one, two)):
                data |= {f"{prefix}-{total + number}-{name}": value for name, value in row.items()}
            response = self.post(at("condition", "change", self.pages["wider"].pk), data)
            self.assertContains(response, "This stands here twice.")
        self.assertEqual(
            documents.content_hash(snapshots.document_of(self.pages["wider"])), documents.content_hash(examples.WIDER)
        )

    def test_a_forged_number_of_rows_makes_none_that_were_not_sent(self):
        for model, slug in (("condition", "knee"), ("treatment", "cells"), ("article", "privacy")):
            before = documents.content_hash(snapshots.document_of(self.pages[slug]))
            sent = form_of(self.client.get(at(model, "change", self.pages[slug].pk)))
            names = [name for name in sent if name.endswith("-TOTAL_FORMS")]
            response = self.save(model, self.pages[slug], **dict.fromkeys(names, "2147483648"))
            for inline in response.context["inline_admin_formsets"]:
                with self.subTest(model, rows=inline.formset.prefix):
                    self.assertEqual(len(inline.formset.forms), int(sent[f"{inline.formset.prefix}-TOTAL_FORMS"]))
                    self.assertIn("Please submit at most", str(inline.formset.non_form_errors()))
            self.assertEqual(documents.content_hash(snapshots.document_of(self.pages[slug])), before)

    def test_a_row_far_off_makes_no_more_than_a_page_may_have(self):
        with mock.patch.object(inlines, "MOST_ROWS", 5), mock.patch.object(inlines.PageInline, "max_num", 5):
            far = {"synonyms-TOTAL_FORMS": "2000", "synonyms-1999-text": "far"}
            response = self.save("condition", self.pages["knee"], **far)
        rows = {inline.formset.prefix: inline.formset for inline in response.context["inline_admin_formsets"]}
        self.assertEqual(len(rows["synonyms"].forms), 5)

    def test_what_the_database_refuses_is_said_in_its_words(self):
        response = self.save("treatment", self.pages["exercise"], price_low="5")
        self.assertContains(response, "Give both prices, the lower one first.")
        response = self.save("condition", self.pages["knee"], **{"options-1-role": "usual_care"})
        self.assertContains(response, "Choose the treatment; only usual care has none.")
        response = self.save(
            "condition", self.pages["knee"], **{"care_advice-1-items": "", "care_advice-1-red_flags": []}
        )
        self.assertContains(response, "Name at least one sign.")

    def test_a_usual_care_option_stands_once(self):
        changes = {"options-1-role": "usual_care", "options-1-treatment": ""}
        self.assertContains(self.save("condition", self.pages["knee"], **changes), "This stands here twice.")

    def test_rows_that_change_places_get_a_sentence(self):
        sections = {"sections-0-aspect": "causes", "sections-1-aspect": "overview"}
        response = self.save("condition", self.pages["knee"], **sections, title="A title just typed")
        self.assertContains(response, "Nothing was saved: two rows would be the same")
        self.assertContains(response, 'value="A title just typed"')

    def test_two_people_adding_the_same_row_at_once_get_a_sentence(self):
        with mock.patch.object(publishing, "contributed", side_effect=IntegrityError):
            response = self.save("condition", self.pages["knee"], title="Edited")
        self.assertContains(response, "Nothing was saved: two rows would be the same")
        self.assertEqual(Condition.objects.get(slug="knee").title, "Knee example")

    def test_say_what_still_stands_against_publication(self):
        response = self.save("condition", self.pages["knee"], key_facts="no label")
        self.assertSaid(response, "Before this can be published: Key facts: write a label, a colon and the fact")

    def test_an_option_with_evidence_cannot_be_deleted(self):
        response = self.save("condition", self.pages["knee"], **{"options-2-DELETE": "on"})
        self.assertContains(response, "Evidence is about an option you are deleting: ev-001, ev-002.")
        self.assertEqual(self.pages["knee"].options.count(), 3)

    def test_signs_are_ticked_from_the_table(self):
        address = at("condition", "change", self.pages["knee"].pk)
        self.assertContains(self.client.get(address), 'value="rf-bladder-bowel"')
        data = form_of(self.client.get(address))
        self.assertEqual(data["care_advice-0-red_flags"], ["rf-bladder-bowel"])
        response = self.post(address, {**data, "care_advice-1-red_flags": ["rf-bladder-bowel"]})
        self.assertContains(response, "belongs to another card: emergency")
        response = self.post(address, {**data, "care_advice-0-red_flags": ["invented"]})
        self.assertContains(response, "Select a valid choice")
        response = self.post(address, {**data, "care_advice-0-action": "Call now"})
        self.assertContains(response, "The action ends in “if:”.")

    def test_the_address_changes_while_no_live_page_names_it(self):
        response = self.save("condition", self.pages["wider"], slug="moved")
        self.assertContains(response, "Live pages name this one by its address: Knee example.")
        self.assertTrue(Condition.objects.filter(slug="wider").exists())
        self.save("condition", self.pages["knee"], slug="moved")
        self.assertTrue(Condition.objects.filter(slug="moved").exists())
        self.assertIsNotNone(current().page("condition", "knee"))

    def test_the_address_of_a_page_the_site_links_to_stays(self):
        about = factories.article(live=True, slug="about", title="About us")
        self.assertContains(self.save("article", about, slug="us"), "This page keeps its address")

    def test_an_address_that_is_taken_is_said_beside_it(self):
        said = "Another page of this kind has this address."
        for slug in ("wider", "Wider"):
            response = self.save("condition", self.pages["knee"], slug=slug)
            self.assertEqual(response.context["adminform"].form.errors["slug"], [said])
        data = form_of(self.client.get(at("article", "add")))
        data |= {"title": "Knee", "slug": "knee", "summary": "Who we are.", "category": "about"}
        self.assertSaid(self.post(at("article", "add"), data), "was added successfully")
        self.assertContains(self.post(at("article", "add"), data), said)

    def test_a_new_page_is_made(self):
        data = form_of(self.client.get(at("article", "add")))
        response = self.post(
            at("article", "add"),
            {**data, "title": "Imprint", "slug": "imprint", "summary": "Who we are.", "category": "about"},
        )
        self.assertSaid(response, "was added successfully")
        self.assertEqual(Article.objects.get(slug="imprint").kind, "article")
        self.assertIsNone(current().page("article", "imprint"))

    def test_prices_are_public_at_once(self):
        self.save("treatment", self.pages["exercise"], price_low="50", price_high="80")
        self.assertEqual(current().page("treatment", "exercise").live["price_high"], 80)

    def test_say_that_readers_still_see_the_live_version(self):
        said = "Saved. Readers still see the live version until it is published again."
        self.assertSaid(self.save("condition", self.pages["knee"], title="Edited"), said)
        response = self.save("condition", factories.condition(slug="new"), title="Edited")
        self.assertNotContains(response, said)

    def test_what_is_public_at_once_is_said_to_who_may_change_it(self):
        at_once = "Saved. Prices and the days an approval was checked are public at once."
        self.assertSaid(self.save("treatment", self.pages["exercise"], recovery="Days."), at_once)
        self.sign_in("Content author")
        said = self.save("treatment", self.pages["exercise"], recovery="Weeks.")
        self.assertSaid(said, "Saved. Readers still see the live version")
        form = self.client.get(at("treatment", "change", self.pages["exercise"].pk))
        self.assertContains(form, "The address of a treatment, such as prp-injection, becomes a link.")

    def test_nobody_moves_the_day_of_the_next_review_by_hand(self):
        for group in ("Content author", "Editor", "Clinician"):
            with self.subTest(group):
                self.sign_in(group)
                for kind, slug in (("treatment", "cells"), ("condition", "knee")):
                    self.client.post(
                        at(kind, "change", self.pages[slug].pk),
                        {
                            **form_of(self.client.get(at(kind, "change", self.pages[slug].pk))),
                            "next_review_due": "2030-01-01",
                        },
                    )
        self.assertFalse(Page.objects.filter(next_review_due__isnull=False).exists())

    def test_live_facts_are_for_those_who_may_publish(self):
        status = self.pages["cells"].regulatory_statuses.get(jurisdiction="US")
        form = form_of(self.client.get(at("treatment", "change", self.pages["cells"].pk)))
        [row] = [
            name
            for name, value in form.items()
            if name.endswith("-id") and "regulatory" in name and value == str(status.pk)
        ]
        prefix = row.removesuffix("-id")
        changes = {
            **{"price_low": "50", "price_high": "80", "price_includes": "x", "price_on_request_reason": "y"},
            **{f"{prefix}-checked_on": "2026-01-01", f"{prefix}-recheck_due": "2030-01-01"},
        }

        def facts():
            page = Treatment.objects.get(slug="cells")
            status.refresh_from_db()
            return [page.price_low, page.price_includes, status.checked_on, status.recheck_due]

        before = facts()
        self.sign_in("Content author")
        gone = {f"{prefix}-DELETE": "on", f"{prefix}-jurisdiction": "GB"}
        response = self.save("treatment", self.pages["cells"], **changes, **gone, title="Edited")
        self.assertSaid(response, "was changed successfully")
        self.assertEqual(facts(), before)
        self.assertEqual(status.jurisdiction, "US")
        self.assertEqual(Treatment.objects.get(slug="cells").title, "Edited")
        self.sign_in("Editor")
        self.save("treatment", self.pages["cells"], **changes)
        self.assertNotIn(None, facts())

    def test_load_content_keeps_what_was_saved_here(self):
        LoadedContent.objects.create(
            kind="condition", slug="wider", content_hash=documents.content_hash(examples.WIDER)
        )
        self.save("condition", self.pages["wider"], title="An editor's title")
        file = {**documents.validated(examples.WIDER, where=""), "title": "From the file"}
        [result] = loading.load(Content({}, [ContentFile("wider.yaml", {}, page=file)]))
        self.assertEqual(result.outcome, "kept (edited)")


class Actions(AdminCase):
    def act(self, action, *pages):
        return self.post(at(pages[0].kind), {"action": action, "_selected_action": [page.pk for page in pages]})

    def test_publish_as_demonstration_content(self):
        Condition.objects.filter(slug="wider").update(title="Wider, edited")
        response = self.act("publish_as_demonstration", self.pages["wider"], self.pages["knee"])
        self.assertSaid(response, "Wider, edited is on the site now, marked as not reviewed by a clinician.")
        self.assertEqual(current().page("condition", "wider").title, "Wider, edited")
        self.assertEqual(Revision.objects.live().get(page=self.pages["wider"]).people.get().staff, self.chief)

    def test_say_why_a_page_cannot_be_published(self):
        self.pages["wider"].evidence.create(
            **{"key": "ev-1", "outcome": "pain", "comparator": "nothing", "direction": "uncertain"},
            **{"certainty": "low", "certainty_basis": "source"},
        )
        Condition.objects.filter(slug="knee").update(summary="Edited.")
        response = self.act("publish_as_demonstration", self.pages["wider"], self.pages["knee"])
        self.assertSaid(response, "Wider condition: evidence 1, options: at least 1 needed here.")
        self.assertSaid(response, "Knee example is on the site now")

    def test_the_same_text_is_published_once(self):
        Condition.objects.filter(slug="wider").update(title="Wider, edited")
        for said in ("Wider, edited is on the site now", "Wider, edited says what revision 2 says, which is live."):
            self.assertSaid(self.act("publish_as_demonstration", self.pages["wider"]), said)
        self.assertEqual(Revision.objects.filter(page=self.pages["wider"]).count(), 2)

    def test_withdraw(self):
        self.assertSaid(self.act("withdraw", self.pages["knee"]), "Knee example is off the site.")
        self.assertIsNone(current().page("condition", "knee"))
        self.assertSaid(self.act("withdraw", self.pages["knee"]), "Knee example is not on the site.")

    def test_are_for_those_who_may(self):
        for groups, offered in (
            (["Content author"], set()),
            (["Clinical reviewer"], {"withdraw"}),
            (["Editor"], {"publish_as_demonstration", "withdraw"}),
        ):
            self.sign_in(*groups)
            response = self.client.get(at("condition"))
            self.assertEqual(response.status_code, 200)
            form = response.context["action_form"]
            names = {name for name, _ in form.fields["action"].choices} if form else set()
            self.assertEqual(names - {""}, offered)
        self.sign_in("Content author")
        self.act("withdraw", self.pages["knee"])
        self.assertIsNotNone(current().page("condition", "knee"))


class Deleting(AdminCase):
    def test_a_page_readers_have_seen_is_refused(self):
        address = at("condition", "delete", self.pages["knee"].pk)
        self.assertEqual(self.client.post(address, {"post": "yes"}).status_code, 403)
        self.post(
            at("condition"),
            {"action": "delete_selected", "_selected_action": [self.pages["knee"].pk], "post": "yes"},
        )
        self.assertTrue(Page.objects.filter(slug="knee").exists())

    def test_a_page_nobody_has_seen_goes(self):
        new = factories.condition(slug="new")
        self.post(at("condition", "delete", new.pk), {"post": "yes"})
        self.assertFalse(Page.objects.filter(slug="new").exists())

    def test_a_source_in_use_is_refused_in_words(self):
        source = Source.objects.get(key="first-source")
        address = at("source", "delete", source.pk)
        self.assertContains(self.client.get(address), "evidence ev-001 of Knee example")
        self.client.post(address, {"post": "yes"})
        response = self.post(
            at("source"), {"action": "delete_selected", "_selected_action": [source.pk], "post": "yes"}
        )
        self.assertContains(response, "evidence ev-001 of Knee example")
        self.assertTrue(Source.objects.filter(key="first-source").exists())

    def test_a_source_nothing_cites_goes(self):
        source = factories.source("unused")
        self.post(at("source", "delete", source.pk), {"post": "yes"})
        self.assertFalse(Source.objects.filter(key="unused").exists())


class Sources(AdminCase):
    def test_say_what_cites_them(self):
        response = self.client.get(at("source", "change", Source.objects.get(key="first-source").pk))
        for use in (
            "evidence ev-001 of Knee example",
            "harm “Soreness” of Cell injection",
            "answered claim of Knee example",
            "section “What it is” of Cell injection",
        ):
            self.assertContains(response, use)

    def test_keep_their_key_while_something_cites_it(self):
        source = Source.objects.get(key="first-source")
        self.save("source", source, key="renamed", title="New title")
        source.refresh_from_db()
        self.assertEqual((source.key, source.title), ("first-source", "New title"))

    def test_keep_their_key_while_a_live_page_cites_it(self):
        self.pages["knee"].sections.update(body="No longer.")
        self.pages["knee"].evidence.all().delete()
        source = Source.objects.get(key="third-source")
        AdverseOutcome.objects.all().delete()
        self.assertContains(self.client.get(at("source", "change", source.pk)), "the live page Knee example")
        self.save("source", source, key="renamed")
        source.refresh_from_db()
        self.assertEqual(source.key, "third-source")

    def test_are_public_at_once(self):
        self.save("source", Source.objects.get(key="first-source"), status="retracted")
        self.assertEqual(current().sources["first-source"]["status"], "retracted")

    def test_are_found_while_typing(self):
        response = self.client.get(
            reverse("admin:autocomplete"),
            {"term": "second", "app_label": "therapies", "model_name": "outcomeevidence", "field_name": "sources"},
        )
        self.assertEqual([row["text"] for row in response.json()["results"]], ["second-source: Example second-source"])


class Evidence(AdminCase):
    def test_is_added_from_its_condition(self):
        page = self.client.get(at("condition", "change", self.pages["knee"].pk))
        address = f"{at('outcomeevidence', 'add')}?condition={self.pages['knee'].pk}"
        self.assertContains(page, address)
        form = self.client.get(address)
        options = form.context["adminform"].form.fields["options"].queryset
        self.assertEqual({option.condition_id for option in options}, {self.pages["knee"].pk})
        data = form_of(form) | {
            **{"key": "ev-009", "options": [str(options.get(treatment__slug="cells").pk)], "outcome": "pain"},
            **{"comparator": "nothing", "direction": "uncertain", "certainty": "very_low"},
            **{
                "certainty_basis": "our_rating",
                "position": "",
                "sources": [str(Source.objects.get(key="second-source").pk)],
            },
        }
        self.assertSaid(self.post(address, data), "was added successfully")
        row = snapshots.document_of(self.pages["knee"])["evidence"][-1]
        self.assertEqual((row["key"], row["options"], row["sources"]), ("ev-009", ["cells"], ["second-source"]))
        self.assertTrue(self.pages["knee"].revisions.filter(state="draft", people__staff=self.chief).exists())

    def test_is_about_options_of_its_own_condition(self):
        other = factories.condition(options=[factories.option("exercise")]).options.get()
        data = form_of(self.client.get(at("outcomeevidence", "add"))) | {
            **{"condition": str(self.pages["knee"].pk), "key": "ev-009", "options": [str(other.pk)]},
            **{"outcome": "pain", "comparator": "nothing", "direction": "uncertain", "certainty": "low"},
            **{"certainty_basis": "source"},
        }
        response = self.post(at("outcomeevidence", "add"), data)
        self.assertContains(response, "Choose options of this condition.")

    def test_saved_without_a_change_changes_nothing(self):
        before = documents.content_hash(snapshots.document_of(self.pages["knee"]))
        self.save("outcomeevidence", OutcomeEvidence.objects.get(key="ev-001"))
        self.assertEqual(documents.content_hash(snapshots.document_of(self.pages["knee"])), before)

    def test_half_a_plot_is_refused_in_words(self):
        response = self.save("outcomeevidence", OutcomeEvidence.objects.get(key="ev-001"), range_low="")
        self.assertContains(response, "A plot needs the mean and both ends of its range.")
        turned = {"mean_difference": "1", "range_low": "2", "range_high": "0.5"}
        response = self.save("outcomeevidence", OutcomeEvidence.objects.get(key="ev-001"), **turned)
        self.assertContains(response, "The mean must lie between the lower and the upper end of its range.")

    def test_a_choice_that_no_database_can_hold_is_refused(self):
        for name in ("options", "sources"):
            with self.subTest(name):
                response = self.save("outcomeevidence", OutcomeEvidence.objects.get(key="ev-001"), **{name: ["9" * 20]})
                self.assertContains(response, "Choose from the list.")
        question = QuestionToAsk.objects.create(key="q", text="How?", why="So.")
        response = self.save("questiontoask", question, treatment="9" * 5000)
        self.assertContains(response, "Choose from the list.")

    def test_is_deleted_with_its_author_remembered(self):
        row = OutcomeEvidence.objects.get(key="ev-003")
        self.post(at("outcomeevidence", "delete", row.pk), {"post": "yes"})
        self.assertFalse(OutcomeEvidence.objects.filter(key="ev-003").exists())
        self.assertTrue(self.pages["knee"].revisions.filter(state="draft", people__staff=self.chief).exists())
        row = OutcomeEvidence.objects.get(key="ev-002")
        self.post(at("outcomeevidence"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
        self.assertEqual(self.pages["knee"].evidence.count(), 1)

    def test_is_not_deleted_without_its_author_remembered(self):
        data = {"action": "delete_selected", "_selected_action": [OutcomeEvidence.objects.get(key="ev-002").pk]}
        with mock.patch.object(publishing, "contributed", side_effect=OSError), self.assertRaises(OSError):
            self.client.post(at("outcomeevidence"), {**data, "post": "yes"})
        self.assertTrue(OutcomeEvidence.objects.filter(key="ev-002").exists())

    def test_keeps_its_key(self):
        row = OutcomeEvidence.objects.get(key="ev-002")
        response = self.save("outcomeevidence", row, key="ev-001", outcome="stiffness")
        self.assertSaid(response, "was changed successfully")
        row.refresh_from_db()
        self.assertEqual((row.key, row.outcome), ("ev-002", "stiffness"))

    def test_asks_for_a_condition_that_is_none(self):
        for value in ("x", "-1", "9" * 30, "\u0663"):
            self.assertEqual(self.client.get(at("outcomeevidence", "add"), {"condition": value}).status_code, 200)


class Revisions(AdminCase):
    def test_show_what_the_public_saw(self):
        revision = Revision.objects.live().get(page=self.pages["knee"])
        response = self.client.get(at("revision", "change", revision.pk))
        self.assertContains(response, "<pre>format: 1\nkind: condition\nslug: knee\n")

    def test_are_frozen(self):
        revision = Revision.objects.live().get(page=self.pages["knee"])
        self.assertEqual(self.client.get(at("revision", "add")).status_code, 403)
        address = at("revision", "change", revision.pk)
        self.assertEqual(self.client.post(address, {"change_note": "x"}).status_code, 403)
        self.assertEqual(self.client.post(at("revision", "delete", revision.pk), {"post": "yes"}).status_code, 403)

    def test_a_draft_has_no_text_yet(self):
        publishing.contributed(self.pages["knee"], self.chief)
        draft = self.pages["knee"].revisions.get(state="draft")
        response = self.client.get(at("revision", "change", draft.pk))
        self.assertContains(response, "A draft has no text of its own yet.")
        self.assertContains(response, "Contributor: chief")


class Facts(AdminCase):
    def test_are_public_at_once(self):
        data = {"term": "Example", "definition": "A word."}
        self.assertSaid(self.post(at("glossaryterm", "add"), data), "was added successfully")
        self.assertEqual(current().glossary[0]["term"], "Example")
        data = form_of(self.client.get(at("questiontoask", "add"))) | {"key": "q-1", "text": "How?", "why": "So."}
        data["treatment"] = str(Treatment.objects.get(slug="cells").pk)
        self.assertSaid(self.post(at("questiontoask", "add"), data), "was added successfully")
        self.assertEqual(current().questions[0]["treatment"], "cells")

    def test_a_word_stands_once(self):
        GlossaryTerm.objects.create(term="Example", definition="x")
        response = self.post(at("glossaryterm", "add"), {"term": "example", "definition": "y"})
        self.assertContains(response, "This word is already explained.")
