"""Canaries prove the keys: for each key a row holds something only that key can read (FIELD_KEYS) or make (SEARCH_KEY)."""

import hmac

from django.conf import settings

from clinic.encryption import CannotDecrypt, current_key_id, decrypt, encrypt, keyed_hash
from clinic.models import KeyCanary

PLACE = "clinic.keycanary.proof"
WORD = "canary"
SEARCH = "search"


class WrongKeys(Exception):
    """The environment holds other keys than the database was written with. The text says what to do."""


def field_canary(key_id: str) -> str:
    """The name of the canary of one of FIELD_KEYS."""
    return f"field:{key_id}"


def check_canaries() -> set[str]:
    """Compare every canary with the keys of the environment. Raises WrongKeys; returns the names that are there."""
    proofs = dict(KeyCanary.objects.values_list("name", "proof"))
    for name, proof in proofs.items():
        check_canary(name, proof)
    return set(proofs)


def check_canary(name: str, proof: str) -> None:
    """Raises WrongKeys when the key this canary was planted with is missing or another one."""
    if name == SEARCH:
        if search_key_differs(proof):
            raise WrongKeys(
                "SEARCH_KEY is not the key this database was written with: "
                "put the old one back, or run `manage.py rotate_keys` if you mean to change it."
            )
        return
    key_id = name.removeprefix("field:")
    try:
        decrypt(proof, place=PLACE)
    except CannotDecrypt:
        lacks = key_id not in settings.FIELD_KEYS
        raise WrongKeys(
            f"FIELD_KEYS {'does not hold' if lacks else 'holds a wrong'} key {key_id!r}, "
            "which this database was written with: put that key back."
        ) from None


def search_key_differs(proof: str) -> bool:
    """Was this proof made with another SEARCH_KEY?"""
    return not hmac.compare_digest(proof, search_proof())


def search_proof() -> str:
    """What the canary of the present SEARCH_KEY holds."""
    return keyed_hash(WORD, purpose=WORD)


def fresh_proofs() -> dict[str, str]:
    """The canaries of the keys in use now, by name."""
    return {field_canary(current_key_id()): encrypt(WORD, place=PLACE), SEARCH: search_proof()}
