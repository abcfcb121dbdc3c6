"""Every warning sign of every region, ticked alone in the real form, leads to the advice of its level in its own words."""

import re

from django.urls import reverse
from django.utils.html import escape

from inquiries import questionnaire, safety
from tests.inquiries.journey import address, fill
from tests.inquiries.test_views import ADVICE, CHECK, ViewCase
from therapies.red_flags import RED_FLAGS

HEADINGS = {"emergency": "<h1>Get help now</h1>", "urgent": "<h1>Speak to a doctor today</h1>"}
WHAT_TO_DO = {
    "emergency": "Call 911 or go to the emergency department now",
    "urgent": "See your own doctor or an urgent care clinic today",
}
# What the table says of these signs beyond what it says of all of their level, as this clinic's visitors read it.
OWN_ADVICE = {
    "rf-fever-back-pain": "Go straight to an emergency department if you feel very unwell, inject drugs, have a weak immune "
    "system, or had a recent spinal injection or operation.",
    "rf-cancer-history": "Ask for an urgent appointment. It must be the same day if you have any leg weakness, numbness or "
    "bladder change.",
    "rf-cord-compression": "If the changes have been slow over months, advice from your doctor today is reasonable.",
    "rf-neck-trauma": "Keep still; do not move the neck.",
    "rf-hot-joint-fever": "This matters most if you feel very unwell, have a replaced joint or a weak immune system, or had a "
    "recent injection or operation on the joint.",
    "rf-dvt": "Call 911 if you are also short of breath or your chest hurts.",
    "rf-child-limp": "Go to an emergency department now if the child has a fever or cannot walk.",
    "rf-immunosuppressed-infection": "Follow your emergency plan if you have one.",
    "rf-after-injection": "Call 911 or go to an emergency department if you feel very unwell, the joint is hot and swollen, or "
    "you have weakness or a bladder change.",
}


class EachSignTests(ViewCase):
    def begin(self, region):
        """A new visitor, in front of the safety page."""
        self.client = self.client_class()
        fill(self.client, until="safety", where={"body_region": region})

    def advice_for(self, ticked):
        """The advice that comes after this answer."""
        self.assert_leads(self.client.post(address("safety"), {"safety": [ticked]}), ADVICE)
        return self.client.get(ADVICE).content.decode()

    def test_alone_it_leads_to_its_advice_in_the_persons_own_item(self):
        seen = 0
        for region, _ in questionnaire.REGIONS:
            self.begin(region)
            for sign in safety.signs_for(questionnaire.region({"body_region": region})):
                if sign.level not in safety.ALERTING:
                    continue
                with self.subTest(region=region, sign=sign.id):
                    page = self.advice_for(sign.id)
                    told = page.partition("Because you told us:")[2].partition("</ul>")[0]
                    item = escape(sign.question)
                    if sign.id in OWN_ADVICE:
                        item += f" <strong>{OWN_ADVICE[sign.id]}</strong>"
                    self.assertEqual(re.findall("<li>(.*?)</li>", told), [item])
                    self.assertIn(HEADINGS[sign.level], page)
                    self.assertIn(WHAT_TO_DO[sign.level], page)
                    self.assertIn('href="tel:911"', page)
                    seen += 1
        self.assertGreater(seen, 120)

    def test_what_is_to_be_done_today_says_nothing_beside_what_is_to_be_done_now(self):
        self.begin("back")
        self.client.post(address("safety"), {"safety": ["rf-cancer-history", "rf-saddle-numbness"]})
        page = self.client.get(ADVICE)
        self.assertContains(page, "<h1>Get help now</h1>")
        self.assertContains(page, escape(RED_FLAGS["rf-cancer-history"].question))
        self.assertNotContains(page, "urgent appointment")

    def test_not_being_sure_leads_to_advice_in_every_region(self):
        for region, _ in questionnaire.REGIONS:
            with self.subTest(region):
                self.begin(region)
                page = self.advice_for(questionnaire.NOT_SURE)
                self.assert_leads(self.client.get(address("pain")), ADVICE)  # there is no way past it unread
                self.assertIn(HEADINGS["urgent"], page)
                self.assertIn("You were not sure about one of the signs we asked about.", page)

    def test_a_sign_that_alerts_nobody_is_answered_on_the_check_page(self):
        for region in ("knee", "general", "other"):
            asked = safety.signs_for(questionnaire.region({"body_region": region}))
            calm = [sign for sign in asked if sign.level not in safety.ALERTING]
            self.assertTrue(calm)
            for sign in calm:
                with self.subTest(region=region, sign=sign.id):
                    fill(self.client, where={"body_region": region}, safety={"safety": [sign.id]})
                    page = self.client.get(reverse("inquiries:check"))
                    self.assertContains(page, "Talk to your doctor soon</h2>")
                    self.assertContains(page, escape(f"You told us: {sign.question} {sign.advice}"))

    def test_none_of_them_leads_to_no_advice(self):
        fill(self.client)
        self.assertNotContains(self.client.get(CHECK), "Talk to your doctor soon")
