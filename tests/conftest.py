"""What holds for every test: nothing leaves this machine. And which of them a second database has to see."""

import ipaddress
import socket

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_addoption(parser):
    parser.addoption("--only-database", action="store_true", help="leave out the tests that touch no database")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--only-database"):
        others = [item for item in items if not touches_database(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if touches_database(item)]


def touches_database(item):
    """Whether this test may. One for which this is false is stopped by Django or pytest-django as soon as it tries."""
    from django.test import SimpleTestCase, TransactionTestCase

    case = getattr(item, "cls", None) or object
    if issubclass(case, TransactionTestCase):
        return True
    if issubclass(case, SimpleTestCase):
        return bool(case.databases)
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames))


def _stays_here(host: object) -> bool:
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _guard(original, host_of):
    def guarded(*args, **kwargs):
        host = host_of(*args)
        if not _stays_here(host):
            # Not an Exception: code that catches those cannot hide it.
            pytest.fail(f"A test tried to reach {host!r}. Tests talk to this machine only.")
        return original(*args, **kwargs)

    return guarded


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Replaces the two doors of Python's network: looking up a name, and connecting."""

    def connected_host(sock, address):
        return address[0] if sock.family in {socket.AF_INET, socket.AF_INET6} else None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", _guard(socket.getaddrinfo, lambda host, *rest: host))
        for door in ("connect", "connect_ex"):
            patch.setattr(socket.socket, door, _guard(getattr(socket.socket, door), connected_host))
        yield


@pytest.fixture(autouse=True, scope="session")
def tables_can_be_emptied():
    """Between tests that commit, Django empties every table; what the database refuses to lose is let go for that."""
    from django.db import connections
    from django.test import TransactionTestCase

    from inquiries.services import append_only

    empty = TransactionTestCase._fixture_teardown

    def let_go_and_empty(case):
        for name in case._databases_names(include_mirrors=False):
            append_only.unguard(connections[name])
        empty(case)  # ends with the signal that guards them again

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", let_go_and_empty)
        yield


@pytest.fixture(autouse=True, scope="session")
def fields_are_drawn_unwatched(django_test_environment):
    """The test client keeps a copy of the context of every template. No test asks for that of a form's single field, and
    an admin page draws hundreds."""
    from django.template.base import Template

    watched = Template._render

    def render(template, context):
        if (template.name or "").startswith("django/forms/"):
            return template.nodelist.render(context)
        return watched(template, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield
