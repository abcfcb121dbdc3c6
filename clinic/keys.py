"""The keys over time: proving at start that they are the right ones, and moving to new ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import IntegrityError, InterfaceError, OperationalError, ProgrammingError, models, transaction
from django.db.models import ExpressionWrapper, F, TextField, Value
from django.db.models.functions import Concat, StrIndex, Substr

from clinic.canary import (
    SEARCH,
    check_canaries,
    check_canary,
    field_canary,
    fresh_proofs,
    search_key_differs,
    search_proof,
)
from clinic.encryption import CannotDecrypt, EncryptedTextField, current_key_id, decrypt, encrypt
from clinic.models import KeyCanary

BATCH = 100


def prove_keys() -> bool:
    """Compare the keys of the environment with the canaries, and plant the canaries that are missing.

    Raises WrongKeys. False when nothing could be proven because the database is down or not migrated yet.
    """
    try:
        planted = check_canaries()
        for name, proof in fresh_proofs().items():
            if name not in planted:
                _plant(name, proof)
    except (OperationalError, InterfaceError, ProgrammingError):
        return False
    return True


def _plant(name: str, proof: str) -> None:
    try:
        with transaction.atomic():
            KeyCanary.objects.create(name=name, proof=proof)
    except IntegrityError:
        # Another process started at the same moment and was first. Its key must be ours.
        check_canary(name, KeyCanary.objects.get(name=name).proof)


@dataclass
class Rotation:
    """What a rotation did. Values per key id are counted afterwards, from the database."""

    moved: int = 0
    unreadable: list[str] = field(default_factory=list)
    per_key: dict[str, int] = field(default_factory=dict)
    rebuilt: dict[str, int] = field(default_factory=dict)

    @property
    def old(self) -> int:
        """Values that are not under the current key."""
        return sum(count for key_id, count in self.per_key.items() if key_id != current_key_id())


_rebuilders: dict[str, Callable[[], int]] = {}


def on_new_search_key(name: str, rebuild: Callable[[], int]) -> None:
    """Register what remakes keyed hashes when SEARCH_KEY changes: runs in one transaction, returns how many."""
    _rebuilders[name] = rebuild


def rotate(*, batch: int = BATCH) -> Rotation:
    """Bring every encrypted value under the first key, in small transactions. Stopped half-way, it goes on next time."""
    done = Rotation()
    current = field_canary(current_key_id())
    _plant(current, fresh_proofs()[current])
    for model, column in encrypted_fields():
        _move(model, column, batch, done)
        for key_id, count in _per_key(model, column):
            done.per_key[key_id] = done.per_key.get(key_id, 0) + count
    if search_key_changed():
        _rebuild_hashes(done)
    if not done.old:
        # Nothing needs the old keys any more, so the next start does not ask for them.
        KeyCanary.objects.filter(name__startswith="field:").exclude(name=current).delete()
    return done


def encrypted_fields() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted field of every model, once."""
    for model in apps.get_models():
        for column in model._meta.local_fields:
            if isinstance(column, EncryptedTextField):
                yield model, column


def search_key_changed() -> bool:
    """Was the database written with another SEARCH_KEY?"""
    proof = KeyCanary.objects.filter(name=SEARCH).values_list("proof", flat=True).first()
    return proof is not None and search_key_differs(proof)


def _stored(model: type[models.Model], column: EncryptedTextField) -> models.QuerySet:
    """The rows that hold something, with the ciphertext as `stored` and its key id as `key_id`."""
    stored = ExpressionWrapper(F(column.name), output_field=TextField())
    rows = model._base_manager.annotate(stored=stored).filter(stored__gt="")
    # The second colon is for a damaged value that has none.
    length = StrIndex(Concat("stored", Value(":")), Value(":")) - 1
    return rows.annotate(key_id=Substr("stored", 1, length))


def _move(model: type[models.Model], column: EncryptedTextField, batch: int, done: Rotation) -> None:
    after = None
    while True:
        rows = _stored(model, column).exclude(key_id=current_key_id()).order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        with transaction.atomic():
            page = list(rows.values_list("pk", "stored")[:batch])
            for pk, stored in page:
                try:
                    fresh = encrypt(decrypt(stored, place=column.place), place=column.place)
                except CannotDecrypt:
                    done.unreadable.append(f"{column.place}, row {pk}")
                    continue
                # The old ciphertext in the filter: what someone saved in between is not overwritten.
                done.moved += (
                    _stored(model, column)
                    .filter(pk=pk, stored=stored)
                    .update(**{column.name: Value(fresh, output_field=TextField())})
                )
        if not page:
            return
        after = page[-1][0]


def _per_key(model: type[models.Model], column: EncryptedTextField) -> models.QuerySet:
    rows = _stored(model, column).order_by().values("key_id")
    return rows.annotate(count=models.Count("pk")).values_list("key_id", "count")


def _rebuild_hashes(done: Rotation) -> None:
    for name, rebuild in _rebuilders.items():
        with transaction.atomic():
            done.rebuilt[name] = rebuild()
    KeyCanary.objects.filter(name=SEARCH).update(proof=search_proof())
