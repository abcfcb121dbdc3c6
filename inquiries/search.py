"""Finding a request by what the database holds only encrypted: exact word of the name, e-mail address, phone number.

A SearchKey is a keyed hash of the normal form made here. Staff type any spelling; the normal form is what matches.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from clinic.encryption import keyed_hash
from clinic.facts import dialled
from inquiries.models import Inquiry, SearchKey
from inquiries.models.inquiry import REFERENCE_ALPHABET, InquiryQuerySet

LONGEST_TERM = 100
MOST_WORDS = 20
FEWEST_DIGITS = 6
MOST = 100  # requests of one address or number that a new one is compared with, the last entered first
REFERENCE = re.compile(f"(?:RM)?([{REFERENCE_ALPHABET}]{{4}})([{REFERENCE_ALPHABET}]{{4}})")
# Letters that a plain keyboard writes otherwise and that do not come apart into a letter and an accent.
PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
NUMBER = re.compile(r"[\d\s()+./x#-]+", re.IGNORECASE)

Key = tuple[str, str]
NAME, EMAIL, PHONE = SearchKey.Kind.values


def name_words(name: str) -> list[str]:
    """The words of a name as they are compared: small letters without accents, apostrophes left out; each once."""
    words = "".join(_compared(character) for character in unicodedata.normalize("NFKD", name.casefold()))
    return list(dict.fromkeys(words.translate(PLAIN_LETTERS).split()))[:MOST_WORDS]


def _compared(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "LN" or category == "Mc":
        return character
    # An accent, an apostrophe or an invisible joiner does not end a word; everything else does.
    return "" if category in {"Mn", "Cf", "Lm"} or character in "'’‘ʼ`´" else " "


def phone_digits(phone: str, country: str) -> str:
    """The number as the telephone network knows it (+12025550100), else its digits alone."""
    return dialled(phone, country) or "".join(
        str(unicodedata.decimal(character)) for character in phone if character.isdecimal()
    )


def normal_email(email: str) -> str:
    """An address as it is compared: without regard to case."""
    return unicodedata.normalize("NFC", email.strip()).casefold()


def keys_of(*, full_name: str, email: str, phone: str, country: str) -> list[Key]:
    """(kind, key) for everything a request with these contact details can be found by."""
    keys = [_key(NAME, word) for word in name_words(full_name)]
    if email:
        keys.append(_key(EMAIL, normal_email(email)))
    if phone:
        keys.append(_key(PHONE, phone_digits(phone, country)))
    return keys


@dataclass(frozen=True)
class Earlier:
    """What a new request has to know of an earlier one of the same person."""

    pk: int
    reference: str
    content_hash: str
    created_at: datetime


def last_request_of(keys: Iterable[Key], *, since: datetime) -> Earlier | None:
    """The newest request since then with one of these e-mail addresses or phone numbers. A name alone is nobody."""
    # A key says its kind already: it is hashed for it.
    same = [key for kind, key in keys if kind != NAME]
    # This stands in every Send, and nearly always finds nobody: two plain looks cost less than one that joins.
    theirs = _requests_with(same)
    if not theirs:
        return None
    entered_last = sorted(theirs)[-MOST:]
    requests = Inquiry.objects.filter(pk__in=entered_last, created_at__gte=since).order_by("-created_at")
    newest = requests.values_list("pk", "reference", "content_hash", "created_at")[:1]
    return next((Earlier(*found) for found in newest), None)


def _requests_with(keys: Sequence[str]) -> set[int]:
    """The requests that can be found by one of these. Not by the ORM, which takes longer to ask than the database to answer."""
    if not keys:
        return set()
    places = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT inquiry_id FROM inquiries_searchkey WHERE key IN ({places})", keys)  # noqa: S608 (marks)
        return {pk for (pk,) in cursor.fetchall()}


def _key(kind: str, text: str) -> Key:
    return kind, keyed_hash(text, purpose=f"inquiries.{kind}")


def reference_in(term: str) -> str:
    """The reference someone means by this term, however they write it; "" if it is none."""
    match = REFERENCE.fullmatch(re.sub(r"[\W_]", "", term).upper())
    return f"RM-{match[1]}-{match[2]}" if match else ""


def find(term: str, *, country: str, by_person: bool, among: InquiryQuerySet | None = None) -> InquiryQuerySet:
    """The requests meant by a search term, a reference first.

    `by_person` says whether the asker may know who sent a request; without it only references are searched, since
    an answer to "is there an Ana?" tells that there is one.
    """
    rows = Inquiry.objects.all() if among is None else among
    term = term.strip()
    if not term or len(term) > LONGEST_TERM:
        return rows.none()
    reference = reference_in(term)
    if reference:
        by_reference = rows.filter(reference=reference)
        if not by_person or by_reference.exists():
            return by_reference
    if not by_person:
        return rows.none()
    return _with_all(rows, _person_keys(term, country))


def kind_of(term: str) -> str:
    """What somebody searches by, as a code: reference, email, phone or name. Says nothing of whom they search for."""
    if reference_in(term.strip()):
        return "reference"
    keys = _person_keys(term.strip()[:LONGEST_TERM], "US")
    return keys[0][0] if keys else "nothing"


def reached_by(contact: str, *, country: str) -> InquiryQuerySet:
    """The requests of who is reached by this e-mail address or phone number. A name is no way to reach anybody."""
    keys = [(kind, key) for kind, key in _person_keys(contact.strip()[:LONGEST_TERM], country) if kind != NAME]
    return _with_all(Inquiry.objects.all(), keys)


def _person_keys(term: str, country: str) -> list[Key]:
    if "@" in term:
        return [_key(EMAIL, normal_email(term))]
    digits = sum(character.isdecimal() for character in term)
    if digits >= FEWEST_DIGITS and NUMBER.fullmatch(term.lower().replace("ext", "x")):
        return [_key(PHONE, phone_digits(term, country))]
    return [_key(NAME, word) for word in name_words(term)]


def _with_all(rows: InquiryQuerySet, keys: Iterable[Key]) -> InquiryQuerySet:
    keys = list(keys)
    for kind, key in keys:
        rows = rows.found_by(kind, key)
    return rows if keys else rows.none()
