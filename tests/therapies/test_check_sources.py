"""The links of sources are tried politely, never inside a private network, and honestly without one."""

import contextlib
import datetime
import io
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from tests import factories
from therapies import link_check
from therapies.models import LibraryState, Source


class Publisher(BaseHTTPRequestHandler):
    """A web server on this machine that answers by the path it is asked for."""

    def do_HEAD(self):
        self.answer(405 if self.path == "/no-head" else None)

    def do_GET(self):
        self.answer()

    def answer(self, status=None):
        self.server.asked.append((self.command, self.path, self.headers["User-Agent"]))
        if self.path == "/round":
            self.send_response(302)
            self.send_header("Location", "/round")
        elif self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
        else:
            self.send_response(status or {"/gone": 410, "/closed": 403}.get(self.path, 200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def here(address):
    """Tests may call this machine, as nobody else may."""
    return address == "127.0.0.1"


class LinkCase(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
        cls.site = f"http://127.0.0.1:{cls.server.server_port}"
        thread = threading.Thread(target=cls.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def setUp(self):
        self.server.asked = []
        self.now = timezone.now()

    def source(self, path, key=""):
        url = f"{self.site}{path}" if path.startswith("/") else path
        return factories.source(key or f"s{Source.objects.count()}", url=url)

    def check(self, **options):
        options = {"pause": 0, "timeout": 5, "may_call": here, **options}
        return {
            answer.source.key: answer.status
            for answer in link_check.check(Source.objects.order_by("pk"), now=self.now, **options)
        }


class CheckTests(LinkCase):
    def test_records_what_each_address_answers_and_when(self):
        self.source("/", "fine")
        self.source("/gone", "gone")
        self.source("/closed", "closed")
        self.assertEqual(self.check(), {"fine": 200, "gone": 410, "closed": 403})
        self.assertEqual(
            dict(Source.objects.values_list("key", "link_status")), {"fine": 200, "gone": 410, "closed": 403}
        )
        self.assertEqual(set(Source.objects.values_list("link_checked_at", flat=True)), {self.now})

    def test_asks_for_the_head_and_for_the_page_where_that_is_refused(self):
        self.source("/")
        self.source("/no-head")
        self.assertEqual(list(self.check().values()), [200, 200])
        self.assertEqual(
            [(method, path) for method, path, _ in self.server.asked],
            [("HEAD", "/"), ("HEAD", "/no-head"), ("GET", "/no-head")],
        )

    def test_says_who_asks(self):
        self.source("/")
        self.check()
        self.assertEqual(self.server.asked[0][2], "LinkCheck (+http://127.0.0.1:8000)")

    def test_follows_a_redirect_to_where_it_ends(self):
        self.source("/to//gone")
        self.assertEqual(list(self.check().values()), [410])

    def test_an_endless_redirect_is_no_answer(self):
        self.source("/", "fine")
        self.source("/to//round", "round")
        self.assertEqual(self.check(), {"fine": 200, "round": 0})

    def test_a_source_with_a_doi_alone_is_tried_where_readers_are_led(self):
        source = factories.source("doi-only", url="", doi="10.1000/abc")
        self.assertEqual(link_check.address_of(source), "https://doi.org/10.1000/abc")

    def test_changes_nothing_that_readers_see(self):
        self.source("/")
        before = LibraryState.objects.get().version
        self.check()
        self.assertEqual(LibraryState.objects.get().version, before)

    def test_waits_between_two_requests_to_one_host(self):
        self.source("/")
        self.source("/gone")
        with mock.patch.object(link_check.time, "sleep") as slept:
            self.check(pause=60)
        self.assertEqual(len(slept.call_args_list), 1)
        self.assertGreater(slept.call_args.args[0], 50)

    def test_takes_the_hosts_by_turns(self):
        for host in "aab":
            factories.source(f"{host}-{Source.objects.count()}", url=f"https://{host}.example/")
        self.assertEqual(
            [row.key for row in link_check._by_turns(Source.objects.order_by("pk"))], ["a-0", "b-2", "a-1"]
        )


class PrivateTests(LinkCase):
    def test_only_public_addresses_are_called(self):
        for address in (
            *("127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
            *("::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::", "not an address"),
        ):
            with self.subTest(address):
                self.assertFalse(link_check.is_public(address))
        for address in ("93.184.216.34", "2606:2800:220:1::1"):
            self.assertTrue(link_check.is_public(address))

    def test_this_machine_is_not_called(self):
        self.source("/")
        with self.assertRaises(link_check.NoNetwork):
            self.check(may_call=link_check.is_public)
        self.assertEqual(self.server.asked, [])

    def test_a_redirect_into_a_private_network_is_not_followed(self):
        self.source("/", "fine")
        self.source(f"/to/http://localhost:{self.server.server_port}/secret", "inside")
        inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80))]
        real = socket.getaddrinfo
        with mock.patch.object(
            socket,
            "getaddrinfo",
            lambda host, *rest, **more: inside if host == "localhost" else real(host, *rest, **more),
        ):
            self.assertEqual(self.check(), {"fine": 200, "inside": 0})
        self.assertNotIn("/secret", [path for _, path, _ in self.server.asked])

    def test_a_name_with_one_private_address_among_public_ones_is_not_called(self):
        self.source("/", "fine")
        port = self.server.server_port
        self.source(f"http://mixed.example:{port}/", "mixed")
        both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.1", "10.0.0.1")]
        real = socket.getaddrinfo
        with mock.patch.object(
            socket, "getaddrinfo", lambda host, *rest, **more: both if "mixed" in host else real(host, *rest, **more)
        ):
            self.assertEqual(self.check()["mixed"], 0)

    def test_nothing_but_the_web_is_opened(self):
        self.source("/", "fine")
        for number, address in enumerate(("file:///etc/passwd", "ftp://127.0.0.1/x", "http://[x/")):
            Source.objects.filter(pk=self.source("/", f"odd-{number}").pk).update(url=address)
        found = self.check()
        self.assertEqual([found[f"odd-{number}"] for number in range(3)], [0, 0, 0])
        self.assertEqual([path for _, path, _ in self.server.asked], ["/"])

    def test_a_redirect_to_a_file_is_not_opened(self):
        self.source("/", "fine")
        self.source("/to/file:///etc/passwd", "file")
        self.assertNotEqual(self.check()["file"], 200)


class NoNetworkTests(LinkCase):
    def unreachable(self, count):
        for number in range(count):
            factories.source(f"far-{number}", url=f"http://host{number}.example/")

    @contextlib.contextmanager
    def names_unknown(self):
        """No name can be looked up; this machine still answers. Gives the names that were asked for."""
        asked, real = [], socket.getaddrinfo

        def looked_up(host, *rest, **more):
            if host.endswith(".example"):
                asked.append(host)
                raise socket.gaierror("no such name")
            return real(host, *rest, **more)

        with mock.patch.object(socket, "getaddrinfo", looked_up):
            yield asked

    def test_nothing_is_recorded_when_nothing_answers(self):
        self.unreachable(2)
        with self.names_unknown(), self.assertRaises(link_check.NoNetwork):
            self.check()
        self.assertFalse(Source.objects.exclude(link_checked_at=None).exists())

    def test_gives_up_after_a_few_hosts(self):
        self.unreachable(30)
        with self.names_unknown() as asked, self.assertRaises(link_check.NoNetwork):
            self.check()
        self.assertEqual(len(asked), link_check.GIVE_UP_AFTER)

    def test_a_silent_host_is_recorded_when_others_answer(self):
        self.unreachable(2)
        self.source("/", "fine")
        with self.names_unknown():
            self.assertEqual(self.check(), {"far-0": 0, "far-1": 0, "fine": 200})

    def test_what_was_silent_when_the_network_went_away_is_not_recorded(self):
        self.source("/", "fine")
        self.unreachable(link_check.GIVE_UP_AFTER)
        with self.names_unknown(), self.assertRaises(link_check.NoNetwork):
            self.check()
        self.assertEqual(list(Source.objects.exclude(link_checked_at=None).values_list("key", flat=True)), ["fine"])


class CommandTests(LinkCase):
    def run_it(self, *keys, **options):
        out = io.StringIO()
        public = mock.patch.object(
            link_check.check, "__kwdefaults__", {**link_check.check.__kwdefaults__, "may_call": here}
        )
        with public:
            call_command("check_sources", *keys, pause=0, stdout=out, **options)
        return out.getvalue()

    def test_names_the_broken_and_counts_the_rest(self):
        self.source("/", "fine")
        self.source("/gone", "gone")
        self.source("/closed", "closed")
        said = self.run_it()
        self.assertIn(f"gone: 410  {self.site}/gone", said)
        self.assertIn("Sources: 1 open, 1 closed to machines, 1 broken.", said)
        self.assertNotIn("fine:", said)

    def test_says_plainly_that_the_network_is_not_there(self):
        Source.objects.create(key="x", title="x", kind="rct", url="http://127.0.0.1:1/")
        with self.assertRaisesMessage(CommandError, "the network is not there. Nothing was recorded."):
            self.run_it()
        self.assertIsNone(Source.objects.get().link_checked_at)

    def test_begins_with_what_was_tried_longest_ago(self):
        for key, hours in {"new": 1, "old": 9}.items():
            row = self.source("/", key)
            Source.objects.filter(pk=row.pk).update(link_checked_at=timezone.now() - datetime.timedelta(hours=hours))
        self.source("/", "never")
        self.assertIn("never: 200", self.run_it(limit=1, verbosity=2))
        self.assertNotIn("new: 200", self.run_it(limit=1, verbosity=2))

    def test_tries_the_named_ones_alone(self):
        self.source("/", "one")
        self.source("/gone", "other")
        self.assertEqual(self.run_it("one"), "Sources: 1 open.\n")
        with self.assertRaisesMessage(CommandError, "There is no source nonsense."):
            self.run_it("one", "nonsense")

    def test_without_sources_there_is_nothing_to_try(self):
        self.assertEqual(self.run_it(), "Sources: none to try.\n")


class RealGuardTests(SimpleTestCase):
    def test_the_command_calls_public_addresses_alone(self):
        self.assertIs(link_check.check.__kwdefaults__["may_call"], link_check.is_public)
