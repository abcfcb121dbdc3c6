import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.test import SimpleTestCase

from clinic.encryption import EncryptedTextField

CLASSES = ("PERSONAL", "HEALTH", "OPERATIONAL")


def documented():
    """docs/data.md as {model: {field: class}}."""
    text = (Path(settings.BASE_DIR) / "docs" / "data.md").read_text(encoding="utf-8")
    found = {}
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        model, _, body = section.partition("\n")
        fields = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", body, flags=re.MULTILINE))
        for line in re.findall(r"^Operational: (.*)$", body, flags=re.MULTILINE):
            fields |= dict.fromkeys(re.findall(r"`(\w+)`", line), "operational")
        found[model.strip()] = fields
    return found


class ClassificationTests(SimpleTestCase):
    models = list(apps.get_app_config("inquiries").get_models())

    def test_every_field_of_a_request_is_classified_once(self):
        for model in self.models:
            with self.subTest(model.__name__):
                classified = [field for name in CLASSES for field in getattr(model, name)]
                self.assertCountEqual(classified, [field.name for field in model._meta.fields])

    def test_the_document_says_the_same_as_the_models(self):
        document = documented()
        for model in self.models:
            with self.subTest(model.__name__):
                said = {field: name.lower() for name in CLASSES for field in getattr(model, name)}
                self.assertEqual(document[model.__name__], said)

    def test_who_it_is_and_what_they_told_is_encrypted_or_hashed(self):
        in_clear = [
            f"{model.__name__}.{field.name}"
            for model in self.models
            for field in model._meta.fields
            if field.name in model.PERSONAL | model.HEALTH and not isinstance(field, EncryptedTextField)
        ]
        self.assertEqual(in_clear, ["SearchKey.key"])

    def test_every_encrypted_field_of_the_site_is_in_the_document(self):
        document = documented()
        missing = [
            f"{model.__name__}.{field.name}"
            for model in apps.get_models()
            for field in model._meta.local_fields
            if isinstance(field, EncryptedTextField) and field.name not in document.get(model.__name__, {})
        ]
        self.assertEqual(missing, [])

    def test_every_row_says_why_who_and_how_long(self):
        text = (Path(settings.BASE_DIR) / "docs" / "data.md").read_text(encoding="utf-8")
        for row in re.findall(r"^\| `.*$", text, flags=re.MULTILINE):
            with self.subTest(row[:30]):
                self.assertEqual([bool(cell.strip()) for cell in row.strip("|").split("|")], [True] * 5)
