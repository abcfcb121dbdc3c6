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

from bench import load, table

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
    """Against a server that answers each request with the next of its answers."""

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
            while client.recv(65536):
                client.sendall(left.pop(0) if len(left) > 1 else left[0])

    def test_counts_only_whole_answers(self):
        port = self.serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        self.assertGreater(load.seconds_for(port, "/", {}, times=50), 0)

    def test_refuses_an_answer_that_grows(self):
        short, long = (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (n, b"x" * n) for n in (3, 9))
        with self.assertRaises(ValueError):
            load.seconds_for(self.serve(short, short, long), "/", {}, times=50)
