"""The bench's own tools: what it prints, what it counts, and that it keeps away from real data."""

import contextlib
import io
import math
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from unittest import TestCase

from django import test

from bench import desk_lines, load, posting, sending, sends, table
from tests import factories

ROOT = Path(__file__).resolve().parent.parent


class Results(TestCase):
    def test_a_goal_is_met_on_the_line_and_missed_beyond(self):
        self.assertTrue(table.least("speed", 0.8, 0.8, table.ratio).met)
        self.assertFalse(table.least("speed", 0.79, 0.8, table.ratio).met)
        self.assertTrue(table.most("cost", 1.25, 1.25, table.ratio).met)
        self.assertFalse(table.most("cost", 1.26, 1.25, table.ratio).met)

    def test_without_a_goal_nothing_is_met_or_missed(self):
        self.assertIsNone(table.most("memory", 70, math.inf, table.megabytes).met)

    def test_what_was_missed_is_marked_and_named(self):
        lines = [table.most("memory", 151, 150, table.megabytes), table.least("speed", 1, 0.8, table.ratio)]
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            table.show({"SQLite": lines, "PostgreSQL": lines[1:]})
        self.assertIn("151 MB MISSED", printed.getvalue())
        self.assertEqual(table.missed(lines), ["memory"])


class Desk(TestCase):
    ONE = {"p50": 20.0, "p95": 40.0, "cpu": 10.0, "queries": 9, "kB": 50.0}

    def lines(self, name, **changes):
        plain = f"{desk_lines.PLAIN}: first page"
        found = {"list, first page": self.ONE, desk_lines.ONE: self.ONE, "finding by phone": self.ONE}
        return desk_lines.lines_of(name, {**found, plain: {**self.ONE, "cpu": 40.0}, **changes})

    def test_what_is_fast_small_and_four_times_cheaper_meets_every_goal(self):
        self.assertEqual(table.missed(self.lines("PostgreSQL")), [])

    def test_each_goal_can_be_missed(self):
        slow = {**self.ONE, "p50": 151.0, "p95": 301.0, "kB": 101.0, "cpu": 10.1}
        changes = {desk_lines.ONE: slow, "finding by phone": {**self.ONE, "p95": 61.0}, "list, first page": slow}
        self.assertEqual(len(table.missed(self.lines("PostgreSQL", **changes))), 7)
        self.assertEqual(len(table.missed(self.lines("SQLite", **changes))), 6)

    def test_what_stands_there_to_compare_with_misses_nothing(self):
        plain = f"{desk_lines.PLAIN}: first page"
        self.assertEqual(table.missed(self.lines("SQLite", **{plain: {**self.ONE, "p50": 9000.0, "p95": 9000.0}})), [])


class Safety(TestCase):
    def test_never_fills_the_database_of_a_site(self):
        environment = {name: value for name, value in os.environ.items() if name != "BENCH_DATA"}
        done = subprocess.run(
            [sys.executable, "-m", "bench.inside", "grow", "1500"],
            cwd=ROOT,
            env={**environment, "DJANGO_SETTINGS_MODULE": "bench.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("make bench", done.stderr)


class Client(TestCase):
    """Against a server that answers each request with the next of its answers; an empty one hangs up."""

    def serve(self, *answers):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        threading.Thread(target=self.answer_all, args=(listener, answers), daemon=True).start()
        return listener.getsockname()[1]

    def answer_all(self, listener, answers):
        left = list(answers)
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.answer, args=(listener.accept()[0], left), daemon=True).start()

    def answer(self, client, left):
        with client, contextlib.suppress(OSError):
            while client.recv(65536) and (answer := left.pop(0) if len(left) > 1 else left[0]):
                client.sendall(answer)

    def test_counts_only_whole_answers(self):
        port = self.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        self.assertGreater(load.seconds_for(port, "/", {}, times=50), 0)

    def test_refuses_an_answer_that_grows(self):
        short, long = (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (n, b"x" * n) for n in (3, 9))
        with self.assertRaises(ValueError):
            load.seconds_for(self.serve(short, short, long), "/", {}, times=50)

    def post_all(self, *answers, forms=5, connections=2):
        port = self.serve(*answers)
        return posting.post_all(port, [posting.form_bytes("/", {"number": str(n)}) for n in range(forms)], connections)[
            0
        ]

    def test_posts_each_form_once(self):
        answers = self.post_all(b"HTTP/1.1 303 See Other\r\nLocation: /1/sent/\r\nContent-Length: 0\r\n\r\n")
        self.assertEqual([(each.status, each.location) for each in answers], [(303, "/1/sent/")] * 5)

    def test_a_server_that_goes_away_is_no_answer(self):
        with self.assertRaises(OSError):
            self.post_all(b"")


class Sends(test.TestCase):
    def setUp(self):
        factories.condition(slug="knee-osteoarthritis", live=True)
        factories.treatment(slug="prp-injection", live=True)

    def test_what_it_sends_is_a_whole_request_of_a_person_of_its_own(self):
        for form in sends.ready("2"):
            self.client.cookies.clear()
            for name, value in form["cookies"].items():
                self.client.cookies[name] = value
            answer = self.client.post(form["path"], form["fields"])
            self.assertTrue(answer["Location"].endswith("/sent/"))
        self.assertEqual(set(sends.stored().values()), {2})

    def test_the_rows_alone_are_as_many(self):
        factories.inquiry()
        sends.rows_alone(test.RequestFactory().post("/"))
        sends._rows.clear()
        self.assertEqual(set(sends.stored().values()), {2})

    def test_counts_what_is_missing_and_what_is_too_much(self):
        self.assertEqual(sending.difference(5, {"requests": 5, "submitted": 5}), 0)
        self.assertEqual(sending.difference(5, {"requests": 5, "submitted": 3}), 2)
        self.assertEqual(sending.difference(5, {"requests": 6}), 1)

    def test_only_the_confirmation_counts_as_acknowledged(self):
        sent = [posting.Answer(303, f"/{number}/sent/", 0.1) for number in (1, 2, 2)]
        self.assertEqual(sending.acknowledged(sent, sending.SEND), 2)
        for wrong in (posting.Answer(503, "", 0.1), posting.Answer(303, "/request/who/", 0.1)):
            with self.assertRaises(RuntimeError):
                sending.acknowledged([*sent, wrong], sending.SEND)
