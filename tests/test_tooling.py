"""The scripts behind `make`: what they promise on a new machine."""

import contextlib
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import types
import unittest
from pathlib import Path
from unittest import mock

from django.test import LiveServerTestCase, SimpleTestCase, TestCase, TransactionTestCase

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import check  # noqa: E402
import env_file  # noqa: E402
import node_packages  # noqa: E402
import packages  # noqa: E402
import postgres  # noqa: E402
import serve  # noqa: E402
import suite  # noqa: E402

from clinic.models import Staff  # noqa: E402
from tests.conftest import touches_database  # noqa: E402
from tests.test_settings import settings  # noqa: E402


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class EnvFile(Folder):
    def setUp(self):
        super().setUp()
        self.path = self.folder / ".env"

    def test_the_settings_accept_it(self):
        env_file.write_once(self.path)
        lines = dict(line.split("=", 1) for line in self.path.read_text().splitlines() if not line.startswith("#"))
        self.assertEqual(settings(**lines)["SECRET_KEY"], lines["SECRET_KEY"])

    def test_only_its_owner_may_read_it(self):
        env_file.write_once(self.path)
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)

    def test_every_machine_gets_its_own_secrets(self):
        env_file.write_once(self.path)
        env_file.write_once(self.folder / "other")
        self.assertNotEqual(self.path.read_text(), (self.folder / "other").read_text())

    def test_a_file_that_is_there_is_never_touched(self):
        self.path.write_text("SECRET_KEY=mine\n")
        self.assertFalse(env_file.write_once(self.path))
        self.assertEqual(self.path.read_text(), "SECRET_KEY=mine\n")

    def test_leaves_no_draft_behind(self):
        env_file.write_once(self.path)
        self.assertEqual([path.name for path in self.folder.iterdir()], [".env"])


class Packages(Folder):
    """With a folder of its own in place of the project, and a shell script in place of its Python."""

    def setUp(self):
        super().setUp()
        (self.folder / "requirements.txt").write_text("-c constraints.txt\nDjango==5.2.19\n")
        (self.folder / "constraints.txt").write_text("asgiref==3.13.0\n")
        venv = self.folder / ".venv"
        (venv / "bin").mkdir(parents=True)
        for name, value in {
            "ROOT": self.folder,
            "VENV": venv,
            "PYTHON": venv / "bin" / "python",
            "LOG": self.folder / "var" / "pip.log",
        }.items():
            self.enterContext(mock.patch.object(packages, name, value))
        self.enterContext(contextlib.redirect_stdout(None))

    def python(self, script: str) -> None:
        """Writes down each call, then does what the script says."""
        path = self.folder / ".venv" / "bin" / "python"
        path.write_text(f'#!/bin/sh\necho "$@" >> "{self.folder}/calls"\n{script}\n')
        path.chmod(0o755)

    def installs(self) -> int:
        calls = self.folder / "calls"
        return calls.read_text().count("install") if calls.exists() else 0

    def test_installs_once(self):
        self.python("exit 0")
        packages.bring_up_to_date("requirements.txt")
        packages.bring_up_to_date("requirements.txt")
        self.assertEqual(self.installs(), 1)

    def test_a_build_machine_alone_leaves_them_to_be_compiled_when_they_are_imported(self):
        self.python("exit 0")
        for ci, keeps_nothing in [("", ""), ("true", ""), ("true", "1")]:
            environment = {"CI": ci, "PYTHONDONTWRITEBYTECODE": keeps_nothing}
            with self.subTest(environment), mock.patch.dict(os.environ, environment):
                (self.folder / "constraints.txt").write_text(f"# {environment}\n")
                packages.bring_up_to_date("requirements.txt")
                called = (self.folder / "calls").read_text().splitlines()[-1]
                self.assertEqual("--no-compile" in called, environment == {"CI": "true", "PYTHONDONTWRITEBYTECODE": ""})

    def test_installs_again_when_a_file_it_names_changes(self):
        self.python("exit 0")
        packages.bring_up_to_date("requirements.txt")
        (self.folder / "constraints.txt").write_text("asgiref==3.14.0\n")
        packages.bring_up_to_date("requirements.txt")
        self.assertEqual(self.installs(), 2)

    def says(self, sentence: str) -> None:
        with self.assertRaisesRegex(packages.CannotPrepare, sentence):
            packages.bring_up_to_date("requirements.txt")

    def test_without_a_network_one_sentence_says_so(self):
        self.python('case "$*" in *install*) echo "WARNING: Retrying (Retry(total=1))"; exit 1;; esac')
        self.says("could not reach the package index. Check the network")

    def test_a_package_that_cannot_be_had_is_named(self):
        self.python('case "$*" in *install*) echo "ERROR: No matching distribution found for X"; exit 1;; esac')
        self.says(r"requirements.txt \(No matching distribution found for X\); var/pip.log has the details")

    def test_a_failed_install_is_tried_again(self):
        self.python('case "$*" in *install*) exit 1;; esac')
        self.says("could not install")
        self.says("could not install")
        self.assertEqual(self.installs(), 2)

    def test_a_missing_python3_venv_is_named(self):
        with mock.patch("importlib.util.find_spec", lambda name: None if name == "ensurepip" else object()):
            self.says("sudo apt install python3-venv")

    def test_an_old_python_is_named(self):
        with mock.patch.object(sys, "version_info", (3, 9, 2)):
            self.says("Python 3.11 or newer is needed; this is 3.9")


class Address(unittest.TestCase):
    def listen(self, **variables: str):
        with mock.patch.dict(os.environ, variables):
            return serve.listen()

    def test_a_busy_port_is_one_sentence(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = str(other.getsockname()[1])
            with self.assertRaisesRegex(serve.CannotServe, f"Port {port} is busy.*make run PORT="):
                self.listen(HOST="127.0.0.1", PORT=port)

    def test_a_port_that_is_none_is_one_sentence(self):
        for port in ("80a", "0", "65536", "-1"):
            with self.subTest(port=port), self.assertRaisesRegex(serve.CannotServe, "whole number from 1 to 65535"):
                self.listen(PORT=port)

    def test_a_host_of_another_machine_is_one_sentence(self):
        with self.assertRaisesRegex(serve.CannotServe, "cannot listen on 192.0.2.1"):
            self.listen(HOST="192.0.2.1", PORT="8000")

    def adopted(self, site_url: str, host: str, port: int) -> str:
        """The SITE_URL that the site is started with."""
        loaded = types.SimpleNamespace(**settings(SITE_URL=site_url))
        listener = mock.Mock(getsockname=lambda: (host, port))
        with mock.patch.dict(os.environ, {"SITE_URL": site_url}), mock.patch("importlib.reload"):
            serve.adopt_address(loaded, listener)
            self.assertTrue(os.environ["RELEASE"])
            return os.environ["SITE_URL"]

    def test_links_follow_the_port_that_is_served(self):
        self.assertEqual(self.adopted("http://127.0.0.1:8000", "127.0.0.1", 8001), "http://127.0.0.1:8001")

    def test_a_name_of_this_machine_is_kept(self):
        self.assertEqual(self.adopted("http://localhost:8000", "127.0.0.1", 8001), "http://localhost:8001")

    def test_every_address_is_opened_on_this_machine(self):
        self.assertEqual(self.adopted("http://127.0.0.1:8000", "0.0.0.0", 9000), "http://127.0.0.1:9000")

    def test_a_public_address_is_left_alone(self):
        self.assertEqual(self.adopted("https://clinic.example", "127.0.0.1", 8001), "https://clinic.example")

    def test_the_release_changes_with_the_sources(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(serve, "ROOT", Path(folder)):
            source = Path(folder) / "clinic" / "views.py"
            source.parent.mkdir()
            source.write_text("a = 1\n")
            before = serve.hash_of("clinic")
            source.write_text("a = 2\n")
            self.assertNotEqual(serve.hash_of("clinic"), before)


class Family(Folder):
    """A small program that starts two others, run for real."""

    PROGRAM = """
        import sys
        sys.path.insert(0, {scripts!r})
        import processes
        with processes.Family() as family:
            family.start("first", [sys.executable, "-c", {first!r}])
            family.start("second", [sys.executable, "-c", {second!r}])
            print(*[member.pid for member in family.members.values()], flush=True)
            code = family.wait()
        sys.exit(code)
    """
    SLEEP = "import time; time.sleep(60)"
    STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"

    def start(self, first: str = SLEEP, second: str = SLEEP) -> subprocess.Popen:
        program = self.folder / "program.py"
        program.write_text(
            textwrap.dedent(self.PROGRAM).format(scripts=str(ROOT / "scripts"), first=first, second=second)
        )
        process = subprocess.Popen(
            [sys.executable, str(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.members = [int(pid) for pid in process.stdout.readline().split()]
        return process

    def assert_all_gone(self):
        for pid in self.members:
            with self.assertRaises(ProcessLookupError):
                os.kill(pid, 0)

    def test_ctrl_c_stops_all(self):
        process = self.start()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 0)
        self.assert_all_gone()

    def test_a_polite_kill_stops_all(self):
        process = self.start()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), 0)
        self.assert_all_gone()

    def test_when_one_ends_the_other_is_stopped_and_a_sentence_says_so(self):
        process = self.start(second="import time; time.sleep(0.3); raise SystemExit(3)")
        self.assertEqual(process.wait(10), 1)
        self.assertEqual(process.stderr.read(), "The second ended by itself (exit code 3), so everything is stopped.\n")
        self.assert_all_gone()

    def test_ctrl_c_twice_stops_even_the_stubborn(self):
        process = self.start(first=self.STUBBORN)
        time.sleep(0.5)  # until it has begun to refuse
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), 0)
        self.assert_all_gone()


class Counting(Folder):
    REPORT = """<testsuites><testsuite tests="6" failures="2" errors="1" skipped="1">
      <testcase classname="a" name="passes"/>
      <testcase classname="a" name="has_subtests"/><testcase classname="a" name="has_subtests"><failure/></testcase>
      <testcase classname="a" name="breaks"><error/></testcase>
      <testcase classname="b" name="passes"/>
      <testcase classname="b" name="waits"><skipped/></testcase>
    </testsuite></testsuites>"""

    def test_counts_each_test_once_with_its_worst_outcome(self):
        report = self.folder / "report.xml"
        report.write_text(self.REPORT)
        self.assertEqual(suite.read_report("SQLite", report), suite.Result("SQLite", passed=2, failed=2, skipped=1))

    def test_the_closing_line_stands_alone_and_adds_up(self):
        text = suite.closing_line([suite.Result("SQLite", 3, 1, 0), suite.Result("PostgreSQL", 3, 0, 1)])
        self.assertEqual(text.splitlines()[-1], "RESULT: 6 passed, 1 failed, 1 skipped")

    def run_of(self, code: int, **options: bool) -> suite.Result:
        with mock.patch("subprocess.run", return_value=mock.Mock(returncode=code)), contextlib.redirect_stdout(None):
            return suite.run_pytest("SQLite", [], {}, **options)

    def test_a_run_that_broke_off_is_a_failure(self):
        self.assertFalse(self.run_of(3).good)

    def test_a_run_without_tests_is_a_failure(self):
        self.assertFalse(self.run_of(5).good)
        self.assertFalse(self.run_of(0).good)

    def test_tests_asked_for_by_name_may_all_touch_no_database(self):
        self.assertTrue(self.run_of(5, may_be_empty=True).good)
        for broken in (1, 2, 3, 4, -9):
            with self.subTest(broken):
                self.assertFalse(self.run_of(broken, may_be_empty=True).good)

    def test_only_tests_asked_for_by_name_may_be_none_on_postgresql(self):
        with mock.patch.object(suite, "run_pytest") as run, mock.patch.dict(os.environ, TEST_DATABASE_URL="x"):
            for arguments in ([], ["-k", "words"]):
                suite.on_postgresql(arguments)
                self.assertEqual(run.call_args.kwargs["may_be_empty"], bool(arguments))


class Checking(Folder):
    """The short steps of `make check`: processes of their own, side by side."""

    def test_one_that_breaks_off_has_failed_and_what_each_said_is_shown_in_order(self):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            outcomes = check.side_by_side(["no such step", "lint", "nor this"])
        self.assertEqual(outcomes, {"no such step": "FAILED", "lint": "ok", "nor this": "FAILED"})
        self.assertRegex(said.getvalue(), "(?s)'no such step'.*=== lint.*'nor this'")

    def test_what_a_machine_lacks_is_told_in_the_summary(self):
        skipping = mock.Mock(returncode=check.SKIPPED, **{"poll.return_value": 0, "wait.return_value": check.SKIPPED})

        def start(command, *, stdout, **options):
            stdout.write("\n=== stylesheet\nSkipped: no Node.js here.\n")
            return skipping

        with mock.patch("subprocess.Popen", start), contextlib.redirect_stdout(None):
            self.assertEqual(check.side_by_side(["stylesheet"]), {"stylesheet": "Skipped: no Node.js here."})

    def test_the_exit_code_tells_what_came_of_steps_run_alone(self):
        steps = {"good": lambda: True, "bad": lambda: False, "absent": mock.Mock(side_effect=check.Skipped("no tool"))}
        with mock.patch.dict(check.SHORT, steps), contextlib.redirect_stdout(None):
            self.assertEqual(check.alone(["good"]), 0)
            self.assertEqual(check.alone(["good", "bad", "absent"]), 1)
            self.assertEqual(check.alone(["absent"]), check.SKIPPED)

    def test_none_outlives_a_run_that_is_stopped(self):
        process = mock.Mock(**{"poll.return_value": None, "wait.side_effect": [KeyboardInterrupt, 0]})
        with mock.patch("subprocess.Popen", return_value=process), self.assertRaises(KeyboardInterrupt):
            check.side_by_side(["lint"])
        process.terminate.assert_called_once()

    def test_two_who_need_the_node_packages_at_once_install_them_once(self):
        (self.folder / "package-lock.json").write_text("{}")
        stamp = self.folder / "node_modules" / ".stamp"

        def install(*arguments, **options):
            time.sleep(0.05)  # the other one waits meanwhile
            stamp.parent.mkdir(exist_ok=True)
            return mock.Mock(returncode=0)

        with (
            mock.patch.multiple(node_packages, ROOT=self.folder, STAMP=stamp),
            mock.patch("shutil.which", return_value="/usr/bin/any"),
            mock.patch("subprocess.run", side_effect=install) as run,
            contextlib.redirect_stdout(None),
        ):
            two = [threading.Thread(target=node_packages.bring_up_to_date) for _ in range(2)]
            for one in two:
                one.start()
            for one in two:
                one.join()
        self.assertEqual(run.call_count, 1)


class OnlyDatabase(unittest.TestCase):
    """Which tests run on the second database as well."""

    class Pages(SimpleTestCase):
        pass

    class Reading(SimpleTestCase):
        databases = {"default"}

    class Rows(TestCase):
        pass

    def touches(self, case=None, *fixtures: str, mark=None) -> bool:
        return touches_database(mock.Mock(cls=case, fixturenames=fixtures, get_closest_marker=lambda name: mark))

    def test_tests_with_rows_run_on_both(self):
        for case in (self.Rows, TransactionTestCase, LiveServerTestCase, self.Reading):
            with self.subTest(case.__name__):
                self.assertTrue(self.touches(case))
        self.assertTrue(self.touches(None, "client", "transactional_db"))
        self.assertTrue(self.touches(None, mark=object()))

    def test_tests_that_cannot_reach_a_database_run_once(self):
        for case in (self.Pages, unittest.TestCase, None):
            self.assertFalse(self.touches(case, "client"))

    def test_a_test_that_runs_once_is_stopped_at_its_first_query(self):
        with self.assertRaisesRegex(RuntimeError, "Database access not allowed"):
            Staff.objects.exists()


class Postgres(Folder):
    def test_root_hands_the_server_to_another_account(self):
        with mock.patch("os.geteuid", return_value=0):
            self.assertNotEqual(postgres.unprivileged_account().pw_uid, 0)

    def test_anybody_else_runs_it_themselves(self):
        with mock.patch("os.geteuid", return_value=1000):
            self.assertIsNone(postgres.unprivileged_account())

    def test_programs_in_a_closed_folder_are_copied_with_their_libraries(self):
        installed = self.folder / "closed" / "pgserver"
        for name in ("pginstall/bin/postgres", "pginstall/share/file"):
            (installed / name).parent.mkdir(parents=True, exist_ok=True)
            (installed / name).touch()
        (self.folder / "closed" / "pgserver.libs").mkdir()
        (self.folder / "closed").chmod(0o700)
        target = self.folder / "target"
        target.mkdir()
        programs = postgres.reachable_programs(installed / "pginstall" / "bin", target, mock.Mock())
        self.assertTrue(programs.is_relative_to(target))
        self.assertTrue((programs / "postgres").exists())
        self.assertTrue((programs.parents[2] / "pgserver.libs").exists())

    def test_the_newest_postgresql_is_taken(self):
        for version in ("9.6", "15", "16"):
            for program in ("initdb", "postgres"):
                path = self.folder / version / "bin" / program
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        with mock.patch.object(postgres, "DEBIAN", self.folder):
            self.assertEqual(postgres.find_programs(), self.folder / "16" / "bin")


class Files(unittest.TestCase):
    def test_every_package_is_pinned(self):
        for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
            lines = (ROOT / name).read_text().splitlines()
            loose = [line for line in lines if line and not line.startswith(("#", "-r ", "-c ")) and "==" not in line]
            with self.subTest(file=name):
                self.assertEqual(loose, [])

    def test_every_node_package_is_pinned(self):
        pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]
        self.assertEqual([name for name, version in pinned.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)], [])

    def test_lock_files_record_no_download_addresses(self):
        lock = json.loads((ROOT / "package-lock.json").read_text())
        self.assertEqual([name for name, package in lock["packages"].items() if "resolved" in package], [])

    def test_python_packages_come_from_wherever_pip_looks(self):
        for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
            with self.subTest(file=name):
                self.assertNotIn("://", (ROOT / name).read_text())

    def test_the_build_machine_stops_at_the_first_fault(self):
        script = ROOT / ".ci" / "run"
        self.assertTrue(os.access(script, os.X_OK))
        self.assertIn("set -euo pipefail", script.read_text())
