from django import forms
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from bench.two_rows.models import Inquiry, Outbox, Page


class InquiryForm(forms.Form):
    name = forms.CharField(max_length=120)
    email = forms.EmailField()
    phone = forms.CharField(max_length=40, required=False)
    message = forms.CharField(max_length=4000, widget=forms.Textarea)
    page = forms.SlugField(required=False)


def inquiry(request):
    form = InquiryForm(request.POST or None)
    if not form.is_valid():
        return HttpResponse(status=422)
    given = form.cleaned_data
    slug = given.pop("page")
    now = timezone.now()
    with transaction.atomic():
        page = Page.objects.filter(slug=slug).values_list("pk", flat=True).first()
        row = Inquiry.objects.create(page_id=page, created_at=now, **given)
        payload = {"inquiry": row.pk, "email": row.email}
        Outbox.objects.create(inquiry=row, kind="inquiry.received", created_at=now, payload=payload)
    return HttpResponseRedirect("/thanks/")


urlpatterns = [path("inquiry/", inquiry)]
