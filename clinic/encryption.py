"""Encryption at rest for what names a person or tells about health, and keyed hashes to find it again.

AES-256-GCM with a fresh nonce for each value. The additional data is the model and field a value belongs to, so
a ciphertext moved to another field does not decrypt. A stored value is `key id:base64(nonce + ciphertext)`.
settings.FIELD_KEYS holds the keys: the first encrypts, all decrypt.
"""

import base64
import hashlib
import hmac
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The key is missing or wrong, or the value was changed or moved."""


def encrypt(text: str, *, place: str) -> str:
    """Encrypt `text` for `place` (app.model.field) with the first key."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(value: str, *, place: str) -> str:
    """The text that `encrypt` was given for the same `place`. Raises CannotDecrypt."""
    key_id, _, encoded = value.partition(":")
    key = settings.FIELD_KEYS.get(key_id)
    if key is None:
        raise CannotDecrypt(f"{place} was encrypted with key {key_id!r}, which FIELD_KEYS does not hold.")
    try:
        raw = base64.b64decode(encoded, validate=True)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except (ValueError, InvalidTag):
        raise CannotDecrypt(f"{place} does not decrypt with key {key_id!r}.") from None


def key_id_of(value: str) -> str:
    """The id of the key a stored value was encrypted with."""
    return value.partition(":")[0]


def keyed_hash(text: str, *, purpose: str) -> str:
    """A hash of `text` that only who holds SEARCH_KEY can make; 32 hex digits. Other purpose, other hash."""
    message = f"{purpose}\0{text}".encode()
    return hmac.new(settings.SEARCH_KEY, message, hashlib.sha256).hexdigest()[:32]


class EncryptedTextField(models.TextField):
    """Text that the database sees only encrypted. It cannot be filtered or ordered by; empty stays empty."""

    @property
    def place(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def from_db_value(self, value, expression, connection):
        return value if not value else decrypt(value, place=self.place)

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if not value else encrypt(value, place=self.place)

    def get_lookup(self, lookup_name):
        # Two encryptions of one text differ, so every comparison but "is it there" would silently find nothing.
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class EncryptedJSONField(EncryptedTextField):
    """A JSON document that the database sees only encrypted."""

    def from_db_value(self, value, expression, connection):
        text = super().from_db_value(value, expression, connection)
        return None if not text else json.loads(text)

    def get_prep_value(self, value):
        return super().get_prep_value(None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=False))

    def to_python(self, value):
        return value

    def value_to_string(self, obj):
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)
