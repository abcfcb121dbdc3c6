"""Encryption at rest for what names a person or tells about health, and keyed hashes to find it again.

AES-256-GCM with a fresh nonce for each value. The additional data is the model and field a value belongs to, so
a ciphertext moved to another field does not decrypt. A stored value is `key id:base64(nonce + ciphertext)`.
settings.FIELD_KEYS holds the keys: the first encrypts, all decrypt. A value that does not decrypt is read as
Unreadable, so one poisoned row does not take a list down; written back, it keeps its ciphertext.
"""

import base64
import hmac
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12
UNREADABLE = "[cannot be decrypted]"


class CannotDecrypt(Exception):
    """The key is missing or wrong, or the value was changed or moved."""


class Unreadable(str):
    """What an encrypted text is read as when it does not decrypt. `stored` is what the database holds."""

    stored: str

    def __new__(cls, stored: str) -> "Unreadable":
        value = super().__new__(cls, UNREADABLE)
        value.stored = stored
        return value

    def __reduce__(self) -> tuple:
        return Unreadable, (self.stored,)


class UnreadableDocument(dict):
    """What an encrypted JSON document is read as when it does not decrypt: empty, and it says so."""

    def __init__(self, stored: str) -> None:
        super().__init__()
        self.stored = stored

    def __str__(self) -> str:
        return UNREADABLE

    def __deepcopy__(self, memo: dict) -> "UnreadableDocument":
        return UnreadableDocument(self.stored)

    def __reduce__(self) -> tuple:
        return UnreadableDocument, (self.stored,)


def is_unreadable(value: object) -> bool:
    """Was this read from a field that did not decrypt?"""
    return isinstance(value, Unreadable | UnreadableDocument)


def current_key_id() -> str:
    """The id of the key that encrypts."""
    return next(iter(settings.FIELD_KEYS))


def encrypt(text: str, *, place: str) -> str:
    """Encrypt `text` for `place` (app.model.field) with the first key."""
    key_id = current_key_id()
    key = settings.FIELD_KEYS[key_id]
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


def keyed_hash(text: str, *, purpose: str) -> str:
    """A hash of `text` that only who holds SEARCH_KEY can make; 32 hex digits. Other purpose, other hash."""
    message = f"{purpose}\0{text}".encode()
    return hmac.digest(settings.SEARCH_KEY, message, "sha256").hex()[:32]


class EncryptedTextField(models.TextField):
    """Text that the database sees only encrypted. It cannot be filtered or ordered by; empty stays empty."""

    @property
    def place(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def from_db_value(self, value, expression, connection):
        if not value:
            return value
        try:
            return decrypt(value, place=self.place)
        except CannotDecrypt:
            return Unreadable(value)

    def get_prep_value(self, value):
        if is_unreadable(value):
            return value.stored
        value = super().get_prep_value(value)
        return value if not value else encrypt(value, place=self.place)

    def save_form_data(self, instance, data):
        # A form shows the stand-in text; sent back unchanged it must not replace what is stored.
        if not (is_unreadable(self.value_from_object(instance)) and data == UNREADABLE):
            super().save_form_data(instance, data)

    def get_lookup(self, lookup_name):
        # Two encryptions of one text differ, so every comparison but "is it there" would silently find nothing.
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class EncryptedJSONField(EncryptedTextField):
    """A JSON object that the database sees only encrypted."""

    def from_db_value(self, value, expression, connection):
        text = super().from_db_value(value, expression, connection)
        if isinstance(text, Unreadable):
            return UnreadableDocument(text.stored)
        return None if not text else json.loads(text)

    def get_prep_value(self, value):
        if is_unreadable(value):
            return value.stored
        return super().get_prep_value(None if value is None else json.dumps(value, ensure_ascii=False))

    def to_python(self, value):
        return value

    def value_to_string(self, obj):
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)
