import datetime

from django.test import TestCase

from clinic import demo
from tests import factories
from therapies.models import BodyRegion

TODAY = datetime.date(2026, 3, 2)


class HomeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        demo.make_clinic(TODAY)
        factories.source()

    def condition(self, slug="knee-osteoarthritis", title="Knee osteoarthritis", treatment="example-treatment", **row):
        evidence = factories.evidence(options=[treatment], sources=["example-source"], **row)
        factories.condition(
            live=True,
            slug=slug,
            title=title,
            options=[factories.option("", "usual_care"), factories.option(treatment)],
            evidence=[evidence],
        )

    def test_body_map_leads_to_a_group_for_each_region(self):
        response = self.client.get("/")
        for region in BodyRegion:
            with self.subTest(region):
                self.assertContains(response, f'href="#pain-{region}"', count=1)
                self.assertContains(response, f'id="pain-{region}"', count=1)

    def test_lists_each_condition_where_it_hurts(self):
        factories.condition(live=True, title="A knee that hurts")
        group = self.client.get("/").content.decode().split('id="pain-knee"')[1].split('id="pain-foot"')[0]
        self.assertIn('<a href="/conditions/example-condition/">A knee that hurts</a>', group)

    def test_shows_one_result_in_full(self):
        factories.treatment(live=True, title="An injection")
        self.condition(
            comparator="a dummy (placebo) injection",
            direction="little_or_no_difference",
            certainty="moderate",
            trials=1,
        )
        response = self.client.get("/")
        self.assertContains(response, "Knee osteoarthritis: An injection")
        self.assertContains(response, "Probably makes little or no difference to pain")
        self.assertContains(response, "Moderate certainty")
        self.assertContains(response, 'id="source-1"')

    def test_prefers_the_result_of_prp_in_the_knee(self):
        factories.treatment(live=True, slug="prp-injection", title="PRP")
        factories.treatment(live=True, slug="other", title="Other", offered_here=True)
        row = {"comparator": "placebo", "direction": "little_or_no_difference"}
        self.condition("hip-pain", "Hip pain", "other", certainty="high", **row)
        self.condition(treatment="prp-injection", certainty="moderate", **row)
        self.assertContains(self.client.get("/"), "Knee osteoarthritis: PRP")

    def test_shows_no_result_that_is_to_confirm_or_was_not_tested_against_a_dummy(self):
        factories.treatment(live=True)
        self.condition("one", "One", comparator="placebo", certainty_basis="to_confirm")
        self.condition("two", "Two", comparator="no treatment")
        self.condition(
            "three", "Three", comparator="placebo", direction="see_specific_condition", certainty="no_trials"
        )
        self.assertNotContains(self.client.get("/"), "This is how a result looks")

    def test_admits_that_we_sell_what_we_judge_only_where_we_do(self):
        self.assertNotContains(self.client.get("/"), "We offer some of these treatments")
        factories.treatment(live=True, is_regenerative=True, offered_here=True)
        self.assertContains(self.client.get("/"), "We offer some of these treatments")
