from django.apps import apps
from django.db import models
from django.test import SimpleTestCase

from clinic.models import Staff


class ProtectedTests(SimpleTestCase):
    def test_no_row_of_ours_goes_quietly_with_a_member_of_staff(self):
        """What somebody did stays theirs: an account is switched off, never removed from under it."""
        pointing = [
            field
            for app in ("clinic", "therapies", "inquiries")
            for model in apps.get_app_config(app).get_models()
            for field in model._meta.local_fields
            if field.is_relation and field.related_model is Staff
        ]
        self.assertGreater(len(pointing), 5)
        loose = [str(field) for field in pointing if field.remote_field.on_delete is not models.PROTECT]
        self.assertEqual(loose, [])
