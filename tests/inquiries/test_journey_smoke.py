from django.test import TestCase
from django.urls import reverse
from clinic import demo
import datetime
from inquiries.models import Inquiry
from tests.inquiries import journey

class Smoke(TestCase):
    def test_happy(self):
        demo.make_clinic(datetime.date(2026,11,25))
        r=self.client.get(reverse("inquiries:request")); print(r.status_code, r.content.decode()[r.content.decode().index('<main'):][:900])
        r=self.client.get(journey.address("who")); self.assertEqual(r.status_code,200)
        r=journey.fill(self.client); print(r.status_code,r["Location"])
        r=self.client.get(r["Location"]); c=r.content.decode(); print(c[c.index('<main'):c.index('<main')+1500])
        r=journey.send(self.client); print(r.status_code, r["Location"] if r.status_code==303 else r.content.decode()[:3000])
        r=self.client.get(r["Location"]); c=r.content.decode(); print(c[c.index('<main'):c.index('<main')+3500])
        i=Inquiry.objects.get(); print(i.answers, i.how_to_reach, i.promised_at, i.suspect_reasons)
