"""The site and the worker as real processes, on a database that `migrate` made: once, each test gets a copy."""

import base64
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from django.test import SimpleTestCase

ROOT = Path(__file__).resolve().parents[2]


class ProcessTests(SimpleTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.migrated = Path(folder.name) / "migrated.sqlite3"
        migrated = cls.run_python(cls.migrated, "manage.py", "migrate", "-v0")
        if migrated.returncode:
            raise AssertionError(migrated.stderr)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.database = shutil.copy(self.migrated, folder.name)

    @staticmethod
    def environment(database, **environment):
        real = {"DJANGO_SETTINGS_MODULE": "clinic.settings", "DATABASE_URL": f"sqlite:///{database}"}
        return {**os.environ, **real, **environment}

    @classmethod
    def run_python(cls, database, *arguments, **environment):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=cls.environment(database, **environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def test_a_wrong_key_stops_the_site_and_the_worker_with_one_sentence(self):
        started = self.run_python(self.database, "-c", "import clinic.wsgi")
        self.assertEqual(started.returncode, 0, started.stderr)
        wrong = "t1:" + base64.b64encode(b"7" * 32).decode()
        site = self.run_python(self.database, "-c", "import clinic.wsgi", FIELD_KEYS=wrong)
        worker = self.run_python(self.database, "manage.py", "run_outbox", FIELD_KEYS=wrong)
        sentence = "FIELD_KEYS holds a wrong key 't1', which this database was written with: put that key back."
        self.assertEqual((site.returncode, site.stderr.splitlines()[-1]), (3, sentence))
        self.assertNotIn("Traceback", site.stderr)
        self.assertNotEqual(worker.returncode, 0)
        self.assertIn(sentence, worker.stderr)
        self.assertNotIn("Traceback", worker.stderr)

    def test_the_worker_runs_until_it_is_told_to_stop(self):
        worker = subprocess.Popen(
            [sys.executable, "-u", "manage.py", "run_outbox", "--interval", "60"],
            cwd=ROOT,
            env=self.environment(self.database),
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(worker.kill)
        self.assertEqual(worker.stdout.readline(), "The outbox worker runs.\n")
        worker.send_signal(signal.SIGTERM)
        self.assertEqual(worker.communicate(timeout=60)[0], "The outbox worker has stopped.\n")
        self.assertEqual(worker.returncode, 0)
