import dataclasses
import datetime
import json
import unittest
from decimal import Decimal
from unittest import mock

from django.conf import settings
from django.test import Client, SimpleTestCase, override_settings

from tests import factories
from tests.browser.addresses import CONDITIONS, CONTENT, KEPT, TREATMENTS
from tests.factories import evidence, option, section
from tests.therapies import held
from tests.therapies.machine_reader import Page, unseen
from tests.therapies.schema_org import problems
from therapies import content_files, structured_data
from therapies.models import Source

SITE = settings.SITE_URL
DAY = datetime.date(2026, 1, 3)
HOSTILE = "</script><script>alert(1)</script><!-- & -->"


def the(kind, **properties):
    return {"@type": kind, **properties}


class ScriptTests(unittest.TestCase):
    def test_no_text_can_end_the_script(self):
        text = structured_data.script_text({"name": HOSTILE})
        self.assertFalse(set("<>&") & set(text))
        self.assertEqual(json.loads(text), {"name": HOSTILE})

    def test_nodes_about_the_same_thing_become_one_without_what_is_empty(self):
        made = structured_data.graph(
            [{"@id": "a", "name": "x", "code": []}, {"@id": "a", "url": ""}, {"@id": "a", "n": 1}]
        )
        self.assertEqual(made["@graph"], [{"@id": "a", "name": "x", "n": 1}])


def starter_library():
    """The starter content as a demonstration site holds it, straight from its files."""
    content = content_files.read_folder(CONTENT)
    kinds = dict(Source.Kind.choices)
    return held.library(
        *(file.page for file in content.pages),
        sources=[
            {**held.source(row["key"]), **row, "check": row["check_state"], "kind_label": kinds[row["kind"]]}
            for row in content.lists["sources"].items
        ],
        glossary=content.lists["glossary"].items,
        questions=content.lists["questions"].items,
        address_lines=("1 Example Street", "Exampletown"),
        hours=((0, datetime.time(8), datetime.time(18)),),
    )


class StarterContentTests(SimpleTestCase):
    """The demonstration site: every public page, rendered once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = Client()
        with mock.patch("therapies.library.current", return_value=starter_library()):
            cls.html = {path: client.get(path).content.decode() for path in KEPT}
        cls.pages = {path: Page(html) for path, html in cls.html.items()}
        cls.known = {node["@id"]: node for page in cls.pages.values() for node in page.nodes if "@id" in node}

    def test_a_guideline_is_named_where_a_row_rests_on_it_and_not_where_a_text_cites_it_in_passing(self):
        named = {
            path: {guide["name"] for node in page.nodes for guide in node.get("guideline", [])}
            for path, page in self.pages.items()
        }
        for path, names in named.items():
            with self.subTest(path):
                self.assertFalse(
                    names & {"Septic arthritis", "Deep vein thrombosis", "Back pain: when to get urgent help"}
                )
        self.assertIn(
            "Platelet-rich plasma injections for knee osteoarthritis (IPG637)", named["/treatments/prp-injection/"]
        )
        self.assertTrue(named["/conditions/knee-osteoarthritis/"])

    def test_every_page_says_what_schema_org_knows(self):
        for path, page in self.pages.items():
            with self.subTest(path):
                self.assertEqual(problems(page.data, self.known), [])

    def test_every_page_says_nothing_that_its_reader_does_not_see(self):
        for path, page in self.pages.items():
            with self.subTest(path):
                self.assertEqual(unseen(page), [])

    def test_every_page_names_clinic_site_and_the_way_to_it(self):
        for path, page in self.pages.items():
            with self.subTest(path):
                self.assertEqual(page.of("MedicalClinic")["@id"], f"{SITE}/#clinic")
                self.assertEqual(page.of("MedicalClinic")["publishingPrinciples"]["@id"], POLICY)
                self.assertEqual(page.of("WebSite")["@id"], f"{SITE}/#website")
                way = page.of("BreadcrumbList")["itemListElement"]
                self.assertEqual(way[-1]["item"]["@id"], SITE + path)
                self.assertEqual(len(way) == 1, path == "/")

    def test_no_page_claims_a_review_a_reviewer_or_a_code(self):
        for path, html in self.html.items():
            with self.subTest(path):
                for word in ("lastReviewed", "reviewedBy", "MedicalCode", "Person", "aggregateRating", "evidenceLevel"):
                    self.assertNotIn(f'"{word}"', html)

    def test_each_kind_of_page_is_about_its_thing(self):
        for paths, kinds in ((CONDITIONS, {"MedicalCondition"}), (TREATMENTS, THERAPIES)):
            for path in paths:
                with self.subTest(path):
                    page = self.pages[path].of("MedicalWebPage")
                    kind = self.known[page["mainEntity"]["@id"]]["@type"]
                    self.assertIn(kind if isinstance(kind, str) else kind[0], kinds)
        for path in ("/conditions/", "/treatments/"):
            self.assertEqual(self.pages[path].of("CollectionPage")["mainEntity"], {"@id": f"{SITE}{path}#list"})
            self.assertEqual(len(self.pages[path].of("ItemList")["itemListElement"]), 15)

    def test_what_is_still_studied_or_not_advised_is_no_possible_treatment(self):
        named = [
            one["@id"]
            for one in self.pages["/conditions/knee-osteoarthritis/"].of("MedicalCondition")["possibleTreatment"]
        ]
        self.assertIn(f"{SITE}/treatments/exercise-physiotherapy/#treatment", named)
        self.assertFalse([one for one in named if "stem-cell" in one or "prp" in one or "exosomes" in one])

    def test_a_symptom_that_is_none_is_not_listed(self):
        symptoms = self.pages["/conditions/degenerative-disc-disease/"].of("MedicalCondition")["signOrSymptom"]
        self.assertNotIn("often none at all", [one["name"] for one in symptoms])
        self.assertEqual(len(symptoms), 3)

    def test_the_part_about_diagnosis_has_no_aspect(self):
        parts = self.pages["/conditions/knee-osteoarthritis/"].of("MedicalWebPage")["hasPart"]
        self.assertEqual(
            [one["url"] for one in parts if "hasHealthAspect" not in one],
            [f"{SITE}/conditions/knee-osteoarthritis/#diagnosis"],
        )

    def test_the_block_is_data_and_the_only_script(self):
        for path, html in self.html.items():
            with self.subTest(path):
                self.assertEqual(html.count("<script"), 1)
                self.assertEqual(html.count('<script type="application/ld+json">'), 1)


POLICY = f"{SITE}/about/editorial-policy/#page"
THERAPIES = {"MedicalTherapy", "PhysicalTherapy", "DrugClass"}

CLINICIAN = {
    "slug": "example",
    "name": "Example Clinician",
    "credentials": "MD",
    "job_title": "Pain physician",
    "registration_body": "Example board",
    "registration_number": "X-123",
    "credentials_checked_on": DAY,
    "bio": "",
    "competing_interests": "None",
    "url": "/about/clinicians/example/",
}


def verified(system, code, by="example"):
    row = {"system": system, "code": code, "display": "Example term", "edition": "2026", "verified_by": by}
    return {**row, "verified_on": "2026-01-04" if by else ""}


def approved(document, **fields):
    stands = {"is_demonstration": False, "approved_by": CLINICIAN, "reviewed_on": DAY}
    return held.live(document, **{**stands, "next_review_due": datetime.date(2100, 1, 1), **fields})


def harm(name, *, serious=False):
    row = {"name": name, "serious": serious, "frequency_n": None, "frequency_denominator": None}
    return {**row, "frequency_words": "rare", "sources": []}


def real_library(*more, **clinic):
    """A real clinic whose pages a clinician has approved, with everything a page may say."""
    treatments = [
        approved(factories.treatment_document(slug="exercise", title="Exercise")),
        approved(factories.treatment_document(slug="pills", title="Pills", category="medicine", offered_here=True)),
        approved(
            factories.treatment_document(
                slug="shot",
                title="Steroid shot",
                medical_name="Corticosteroid injection",
                category="injection",
                procedure="injection",
                offered_here=True,
                synonyms=[
                    {"text": "steroid shot", "is_misspelling": False},
                    {"text": "cortisone", "is_misspelling": False},
                    {"text": "cortizone", "is_misspelling": True},
                ],
                codes=[verified("ICD-10-CM", "Z00.1")],
                sections=[
                    section("before", heading="Before", body="Say what you take [@trial]."),
                    section("during", heading="On the day", body=f"- You sit.\n- It is injected. {HOSTILE}"),
                    section("after", heading="Afterwards", body="You rest."),
                ],
                contraindications=[{"name": "Infection", "degree": "absolute", "explanation": "Wait."}],
                adverse_outcomes=[harm("Soreness"), harm("Joint infection", serious=True)],
                regulatory=[
                    {
                        **{"jurisdiction": place, "status": "approved", "public_statement": "So it is."},
                        **{"source": "", "checked_on": "", "recheck_due": ""},
                    }
                    for place in ("US", "EU")
                ],
            ),
            live={
                "price_low": Decimal(200),
                "price_high": Decimal(300),
                "price_includes": "one visit",
                "price_on_request_reason": "",
                "regulatory_dates": {"EU": {"checked_on": DAY, "recheck_due": datetime.date(2026, 1, 6)}},
            },
        ),
        approved(
            factories.treatment_document(
                slug="cells",
                title="Cells & blood",
                category="cell_therapy",
                is_regenerative=True,
                cell_source="autologous",
            )
        ),
        approved(factories.treatment_document(slug="operation", title="Operation", category="surgery")),
    ]
    knee = approved(
        factories.condition_document(
            slug="knee",
            title="Knee pain",
            medical_name="Gonalgia",
            natural_progression="It often eases [@trial].",
            synonyms=[{"text": "sore knee", "is_misspelling": False}, {"text": "soar knee", "is_misspelling": True}],
            codes=[
                verified("ICD-10-CM", "M25.569"),
                verified("SNOMED CT", "30989003"),
                verified("ICD-10", "M25.5", by=""),
                verified("ICD-10", "M25.6", by="demonstration-reviewer"),
            ],
            sections=[
                section("symptoms", heading="Symptoms", body=f"- pain on stairs [@trial]\n- {HOSTILE}"),
                section("causes", heading="Causes", body="- age\n- not smoking"),
                section("diagnosis", heading="Diagnosis", body="By talking."),
                section("prognosis", heading="Outlook", body="Most people\nget better."),
            ],
            options=[
                option("", "usual_care"),
                option("exercise", "first_line"),
                option("pills", "first_line"),
                option("shot", "second_line"),
                option("operation", "specialist"),
                option("cells", "investigational"),
                option("gone", "second_line"),
            ],
            evidence=[
                evidence(
                    "a",
                    options=["shot"],
                    certainty_basis="to_confirm",
                    figure="Hidden figure.",
                    note="For staff.",
                    sources=["trial", "guide", "registry", "withdrawn"],
                )
            ],
        )
    )
    policy = held.live(
        factories.article_document(slug="editorial-policy", title="Editorial policy"),
        is_demonstration=False,
    )
    library = held.library(
        *(more or [*treatments, knee, policy]),
        sources=[
            held.source("trial", kind="rct"),
            held.source("guide", kind="guideline", year=2021),
            held.source("registry", kind="registry", doi="", url="https://example.org/registry"),
            held.source("withdrawn", status="retracted", title="A withdrawn study"),
        ],
        **{
            "is_demo": False,
            "address_lines": ("1 Example Street", "Exampletown"),
            "hours": ((0, datetime.time(8), datetime.time(18)), (1, datetime.time(8), datetime.time(18))),
            "hours_text": "Monday and Tuesday, 8 am to 6 pm",
            **clinic,
        },
    )
    return dataclasses.replace(library, clinicians=(CLINICIAN,))


def read(path, library):
    """A page of this library, as a fresh process renders it."""
    with mock.patch("therapies.library.current", return_value=library):
        response = Client().get(path)
    assert response.status_code == 200, (path, response.status_code)
    return Page(response.content.decode())


class ApprovedPagesTests(SimpleTestCase):
    PATHS = (
        "/",
        "/conditions/",
        "/conditions/knee/",
        "/conditions/knee/compare/",
        "/conditions/knee/compare/?t=shot",
        "/conditions/knee/history/",
        "/evidence/",
        "/treatments/",
        "/treatments/shot/history/",
        *(f"/treatments/{slug}/" for slug in ("exercise", "pills", "shot", "cells", "operation")),
        "/about/",
        "/about/contact/",
        "/about/clinicians/",
        "/about/clinicians/example/",
        "/about/editorial-policy/",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.library = real_library()
        cls.pages = {path: read(path, cls.library) for path in cls.PATHS}
        cls.known = {node["@id"]: node for page in cls.pages.values() for node in page.nodes if "@id" in node}

    def test_every_page_says_what_schema_org_knows(self):
        for path, page in self.pages.items():
            with self.subTest(path):
                self.assertEqual(problems(page.data, self.known), [])

    def test_every_page_says_nothing_that_its_reader_does_not_see(self):
        for path, page in self.pages.items():
            with self.subTest(path):
                self.assertEqual(unseen(page), [])

    def test_an_approved_page_names_its_reviewer_and_the_day(self):
        page = self.pages["/conditions/knee/"]
        self.assertEqual(page.of("MedicalWebPage")["lastReviewed"], "2026-01-03")
        self.assertEqual(page.of("MedicalWebPage")["reviewedBy"], {"@id": f"{SITE}/about/clinicians/example/#person"})
        self.assertEqual(page.of("Person")["name"], "Example Clinician")
        self.assertNotIn("jobTitle", page.of("Person"))

    def test_a_reviewer_who_has_left_is_still_named(self):
        knee = approved(factories.condition_document(slug="knee"), approved_by={**CLINICIAN, "url": ""})
        page = read("/conditions/knee/", real_library(knee))
        person = {"@type": "Person", "@id": f"{SITE}/conditions/knee/#person", "name": "Example Clinician"}
        self.assertEqual(page.of("Person"), {**person, "honorificSuffix": "MD"})
        self.assertEqual(problems(page.data), [])

    def test_a_comparison_lists_what_it_shows_about_its_condition(self):
        page = self.pages["/conditions/knee/compare/"]
        about = page.of("MedicalWebPage")
        self.assertEqual(about["about"], {"@id": f"{SITE}/conditions/knee/#condition"})
        self.assertEqual(about["lastReviewed"], "2026-01-03")
        self.assertEqual(about["mainEntity"], {"@id": page.of("ItemList")["@id"]})
        listed = [one["name"] for one in page.of("ItemList")["itemListElement"]]
        self.assertEqual(listed, ["Usual care", "Exercise", "Pills", "Steroid shot", "Operation", "Cells & blood"])
        chosen = self.pages["/conditions/knee/compare/?t=shot"].of("ItemList")["itemListElement"]
        self.assertEqual([one["name"] for one in chosen], ["Usual care", "Steroid shot"])

    def test_a_policy_that_an_editor_approved_names_no_clinician(self):
        page = self.pages["/about/editorial-policy/"]
        self.assertEqual(page.of("WebPage")["@id"], self.pages["/"].of("MedicalClinic")["publishingPrinciples"]["@id"])
        self.assertFalse({"lastReviewed", "reviewedBy"} & set(page.of("WebPage")))

    def test_a_demonstration_has_no_reviewer_whatever_it_was_given(self):
        knee = approved(
            factories.condition_document(slug="knee", codes=[verified("ICD-10", "M25.5")]), is_demonstration=True
        )
        page = read("/conditions/knee/", real_library(knee, is_demo=True))
        self.assertFalse({"lastReviewed", "reviewedBy"} & set(page.of("MedicalWebPage")))
        self.assertNotIn("code", page.of("MedicalCondition"))

    def test_only_codes_that_a_clinician_here_has_verified_are_said_and_no_snomed_by_itself(self):
        codes = self.pages["/conditions/knee/"].of("MedicalCondition")["code"]
        self.assertEqual([(code["codingSystem"], code["codeValue"]) for code in codes], [("ICD-10-CM", "M25.569")])

    @override_settings(EMIT_SNOMED=True)
    def test_snomed_is_said_where_the_clinic_has_a_license(self):
        page = read("/conditions/knee/", self.library)
        codes = page.of("MedicalCondition")["code"]
        self.assertEqual([code["codingSystem"] for code in codes], ["ICD-10-CM", "SNOMED CT"])
        self.assertEqual(unseen(page), [])

    def test_what_is_hidden_or_for_staff_is_not_said(self):
        for path, page in self.pages.items():
            with self.subTest(path):
                said = json.dumps(page.data)
                for hidden in ("Hidden figure", "For staff", "soar knee", "cortizone", "withdrawn", "M25.6", "gone"):
                    self.assertNotIn(hidden, said)

    def test_text_of_an_editor_stays_text(self):
        symptoms = self.pages["/conditions/knee/"].of("MedicalCondition")["signOrSymptom"]
        self.assertEqual([one["name"] for one in symptoms], ["pain on stairs", HOSTILE])

    def test_a_treatment_says_how_it_is_done_what_harms_and_who_should_not(self):
        shot = self.pages["/treatments/shot/"].of("MedicalTherapy")
        self.assertEqual(shot["procedureType"], "https://schema.org/PercutaneousProcedure")
        self.assertEqual(shot["preparation"], "Say what you take.")
        self.assertEqual(shot["followup"], "You rest.")
        self.assertEqual(shot["adverseOutcome"], [the("MedicalSymptom", name="Soreness")])
        self.assertEqual(shot["seriousAdverseOutcome"], [the("MedicalCondition", name="Joint infection")])
        self.assertEqual(shot["contraindication"], [the("MedicalContraindication", name="Infection")])
        self.assertEqual(shot["alternateName"], ["Corticosteroid injection", "cortisone"])

    def test_an_approval_past_its_recheck_is_not_said(self):
        status = self.pages["/treatments/shot/"].of("MedicalTherapy")["legalStatus"]
        self.assertEqual(status, ["United States: Approved for this use"])

    def test_each_category_has_its_type(self):
        kinds = {
            slug: self.known[f"{SITE}/treatments/{slug}/#treatment"]["@type"]
            for slug in ("exercise", "pills", "cells", "operation")
        }
        self.assertEqual(
            kinds,
            {
                "exercise": "PhysicalTherapy",
                "pills": "DrugClass",
                "cells": "MedicalTherapy",
                "operation": ["MedicalTherapy", "SurgicalProcedure"],
            },
        )

    def test_only_what_is_tried_or_advised_is_a_possible_treatment(self):
        named = [
            one["@id"].split("/")[-2]
            for one in self.pages["/conditions/knee/"].of("MedicalCondition")["possibleTreatment"]
        ]
        self.assertEqual(named, ["exercise", "pills", "shot", "operation"])

    def test_the_clinic_offers_what_the_page_marks_and_no_class_of_medicines(self):
        shot = [{"@id": f"{SITE}/treatments/shot/#treatment"}]
        for path in ("/treatments/", "/treatments/shot/", "/conditions/knee/"):
            self.assertEqual(self.pages[path].of("MedicalClinic")["availableService"], shot)
        for path in ("/", "/treatments/cells/", "/treatments/pills/"):
            self.assertNotIn("availableService", self.pages[path].of("MedicalClinic"))

    def test_sources_are_cited_by_what_they_are(self):
        page, about = (self.pages["/conditions/knee/"].of(kind) for kind in ("MedicalWebPage", "MedicalCondition"))
        self.assertEqual(
            [(one["@type"], one["name"]) for one in page["citation"]],
            [
                ("MedicalScholarlyArticle", "A study called trial"),
                ("CreativeWork", "A study called guide"),
                ("CreativeWork", "A study called registry"),
            ],
        )
        self.assertEqual([one["guidelineDate"] for one in about["guideline"]], ["2021"])
        self.assertEqual([one["url"] for one in about["study"]], ["https://example.org/registry"])

    def test_the_clinic_tells_its_hours_where_it_tells_about_itself(self):
        (hours,) = self.pages["/about/contact/"].of("MedicalClinic")["openingHoursSpecification"]
        self.assertEqual(hours["dayOfWeek"], ["https://schema.org/Monday", "https://schema.org/Tuesday"])
        self.assertEqual((hours["opens"], hours["closes"]), ("08:00", "18:00"))
        self.assertNotIn("openingHoursSpecification", self.pages["/conditions/knee/"].of("MedicalClinic"))

    def test_a_clinician_is_a_person_with_the_registration_shown(self):
        page = self.pages["/about/clinicians/example/"]
        self.assertEqual(page.of("ProfilePage")["mainEntity"], {"@id": page.of("Person")["@id"]})
        credential = page.of("Person")["hasCredential"]
        self.assertEqual(credential["identifier"], "X-123")
        self.assertEqual(credential["recognizedBy"]["name"], "Example board")

    def test_a_page_for_one_reader_says_nothing_to_machines(self):
        with mock.patch("therapies.library.current", return_value=self.library):
            self.assertNotContains(Client().get("/consultation/"), "<script")

    def test_is_made_from_the_library_alone(self):
        # This class may not ask the database: that these pages came out says that nothing did.
        self.assertEqual(len(self.pages), len(self.PATHS))


class EmptyPagesTests(SimpleTestCase):
    def test_a_page_with_nothing_but_a_title_says_that_much(self):
        pages = (
            approved(
                factories.condition_document(slug="bare", title="Bare", sections=[], options=[], body_region="general")
            ),
            approved(factories.treatment_document(slug="bare", title="Bare", sections=[])),
            approved(factories.article_document(slug="bare", title="Bare", sections=[])),
        )
        library = real_library(*pages, phone="", address_lines=(), hours=())
        for path in ("/conditions/bare/", "/treatments/bare/", "/about/bare/", "/about/contact/"):
            with self.subTest(path):
                page = read(path, library)
                self.assertEqual(problems(page.data), [])
                self.assertEqual(unseen(page), [])
