import secrets

from therapies.models import LibraryState


def new_version() -> str:
    """A token that never comes twice, not even after a rollback or from a restored backup."""
    return secrets.token_hex(16)


def library_changed() -> None:
    """Say that what readers see has changed: every process loads the library again at its next request.

    Call it in the transaction of the change.
    """
    version = new_version()
    if not LibraryState.objects.filter(pk=1).update(version=version):
        LibraryState.objects.create(pk=1, version=version)
