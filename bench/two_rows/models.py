from django.conf import settings
from django.db import models


class Page(models.Model):
    slug = models.SlugField(unique=True)


class Inquiry(models.Model):
    name = models.CharField(max_length=120)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    page = models.ForeignKey(Page, models.SET_NULL, null=True, blank=True, db_index=False)
    message = models.TextField()
    status = models.CharField(max_length=20, default="new")
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, db_index=False)
    created_at = models.DateTimeField()


class Outbox(models.Model):
    inquiry = models.ForeignKey(Inquiry, models.CASCADE)
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
