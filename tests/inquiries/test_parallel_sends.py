import threading
from unittest import mock

from django.db import connections
from django.test import Client, TransactionTestCase
from django.urls import reverse

from clinic.models import OutboxEmail
from inquiries.links import inquiry_of
from inquiries.models import ConsentRecord, Inquiry, InquiryEvent, SearchKey
from tests import factories
from tests.inquiries.journey import CONSENTS, fill, sealed_in

TIMES = 50


class ParallelSendTests(TransactionTestCase):
    """The same check page sent fifty times at once: an impatient finger, a proxy that repeats, two tabs."""

    def send_at_once(self, sealed, cookies):
        gate, outcomes = threading.Barrier(TIMES), []

        def press():
            client = Client()
            client.cookies = cookies
            try:
                gate.wait(timeout=60)
                answer = client.post(reverse("inquiries:check"), {"sealed": sealed, **CONSENTS})
                outcomes.append((answer.status_code, answer.headers.get("Location", "")))
            except Exception as error:  # noqa: BLE001 (a thread's error must reach the assertion)
                outcomes.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=press) for _ in range(TIMES)]
        with mock.patch("inquiries.spam.FASTEST_SECONDS", 0):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=120)
        return outcomes

    def test_fifty_sends_are_one_request_one_mail_and_one_confirmation(self):
        factories.condition(slug="knee", title="Knee", live=True)
        fill(self.client)
        sealed = sealed_in(self.client.get(reverse("inquiries:check")))
        outcomes = self.send_at_once(sealed, self.client.cookies)
        inquiry = Inquiry.objects.get()
        self.assertEqual([status for status, _ in outcomes], [303] * TIMES)
        tokens = {address.split("/")[2] for _, address in outcomes}
        # The time a token was made at stands in it, so two may differ by a second; whose they are may not.
        self.assertEqual({inquiry_of(token) for token in tokens}, {inquiry})
        self.assertEqual(OutboxEmail.objects.count(), 1)
        self.assertEqual((InquiryEvent.objects.count(), ConsentRecord.objects.count()), (1, 3))
        self.assertEqual(SearchKey.objects.count(), 4)
