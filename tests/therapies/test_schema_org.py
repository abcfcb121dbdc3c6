"""The check of structured data itself: each mistake that tutorials teach is found."""

import unittest

from tests.therapies.schema_org import problems, properties_of


def graph(**node):
    return {"@context": "https://schema.org", "@graph": [{"@id": "#it", **node}]}


def the(kind, **properties):
    return {"@type": kind, **properties}


class VocabularyTests(unittest.TestCase):
    def finds(self, problem, **node):
        found = problems(graph(**node))
        self.assertTrue(any(problem in one for one in found), found)

    def test_knows_the_vocabulary_with_what_a_type_stands_on(self):
        self.assertIn("name", properties_of("MedicalWebPage"))
        self.assertIn("lastReviewed", properties_of("MedicalWebPage"))
        self.assertIn("telephone", properties_of("MedicalClinic"))
        self.assertEqual(problems(graph(**the("MedicalWebPage", name="x", lastReviewed="2026-01-05"))), [])

    def test_an_indication_is_no_property_any_more(self):
        self.finds("indication does not exist", **the("MedicalTherapy", indication="pain"))

    def test_aspect_is_superseded(self):
        self.finds("aspect is superseded", **the("MedicalWebPage", aspect="diagnosis"))

    def test_only_a_page_is_reviewed(self):
        self.finds("lastReviewed does not exist", **the("MedicalCondition", lastReviewed="2026-01-05"))
        self.finds("reviewedBy does not exist", **the("MedicalCondition", reviewedBy=the("Person", name="x")))

    def test_a_page_has_one_day_of_review(self):
        self.finds("lastReviewed is said once", **the("MedicalWebPage", lastReviewed=["2026-01-05", "2027-01-05"]))
        self.finds("lastReviewed does not take", **the("MedicalWebPage", lastReviewed="5 January 2026"))

    def test_the_next_review_is_no_expiry(self):
        self.finds("expires", **the("MedicalWebPage", expires="2027-01-05"))

    def test_an_operation_alone_is_no_possible_treatment(self):
        surgery = the("SurgicalProcedure", name="x")
        self.finds("possibleTreatment does not take", **the("MedicalCondition", possibleTreatment=[surgery]))
        both = the(["MedicalTherapy", "SurgicalProcedure"], name="x")
        self.assertEqual(problems(graph(**the("MedicalCondition", possibleTreatment=[both]))), [])

    def test_a_harm_is_a_thing_and_no_text(self):
        self.finds("adverseOutcome does not take", **the("MedicalTherapy", adverseOutcome=["Soreness"]))

    def test_a_procedure_is_percutaneous_or_noninvasive(self):
        for wrong in ("https://schema.org/Surgical", "https://schema.org/Musculoskeletal", "injection"):
            self.finds("procedureType", **the("MedicalTherapy", procedureType=wrong))

    def test_a_class_of_medicines_is_not_performed_and_not_a_service(self):
        self.finds("howPerformed does not exist", **the("DrugClass", howPerformed="x"))
        self.finds(
            "availableService does not take", **the("MedicalClinic", availableService=the("DrugClass", name="x"))
        )

    def test_a_reviewer_is_a_person(self):
        self.finds("a Physician", **the("MedicalWebPage", reviewedBy=the("Physician", name="x")))

    def test_no_stars_no_testimonials_no_levels_of_evidence(self):
        self.finds("aggregateRating", **the("MedicalClinic", aggregateRating="5"))
        self.finds("review", **the("MedicalClinic", review=the("Review", name="x")))
        self.finds("evidenceLevel", **the("MedicalGuideline", evidenceLevel="https://schema.org/EvidenceLevelA"))

    def test_a_guideline_is_no_work_to_cite_and_an_unknown_aspect_no_aspect(self):
        self.finds("citation does not take", **the("MedicalWebPage", citation=the("MedicalGuideline", name="x")))
        wrong = "https://schema.org/DiagnosisHealthAspect"
        self.finds("hasHealthAspect", **the("HealthTopicContent", hasHealthAspect=wrong))

    def test_breadcrumbs_count_from_one(self):
        items = [the("ListItem", position=number, name="x") for number in (0, 1)]
        self.finds("breadcrumbs count from one", **the("BreadcrumbList", itemListElement=items))

    def test_nothing_is_empty_and_nothing_points_nowhere(self):
        self.finds("name does not take", **the("MedicalCondition", name=""))
        self.finds("code is empty", **the("MedicalCondition", code=[]))
        self.finds("points nowhere", **the("MedicalCondition", possibleTreatment={"@id": "#gone"}))
