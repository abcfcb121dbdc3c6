"""The plan of the house is true: docs/architecture.md tells it, tests/architecture/floors.py holds the table."""

import unittest
from pathlib import Path

from django.core.management import get_commands

from tests.architecture import imports, papers, texts, writes

ROOT = Path(__file__).resolve().parent.parent

# Edges that write by themselves, and why that is right there.
EDGES_THAT_WRITE = {
    "clinic/private_pages.py": "the session of who fills in a form, and no row of ours",
}

# Files that may be longer than most, and why they are not split.
LONG_FILES = {
    "inquiries/questionnaire.py": "every word the form asks, read and signed from top to bottom",
    "therapies/red_flags.py": "one table that a clinician reads and signs from top to bottom",
}

# Python that may declare a text to be HTML, and why.
HTML_BY_HAND = {
    "therapies/prose.py": "the cleaner has just parsed the text and written it out again tag by tag",
    "therapies/templatetags/site.py": "JSON for a script element, with <, > and & written as numbers",
}


class Floors(unittest.TestCase):
    def test_every_room_has_a_floor(self):
        self.assertEqual(imports.rooms_without_floor(ROOT), [])

    def test_imports_go_down_only(self):
        self.assertEqual(imports.upward(ROOT), [])

    def test_no_two_rooms_import_each_other(self):
        self.assertEqual(imports.circles(ROOT), [])

    def test_floors_use_only_the_packages_they_may(self):
        self.assertEqual(imports.foreign(ROOT), [])

    def test_pure_rules_are_told_the_time(self):
        self.assertEqual(imports.clocks_on_the_pure_floor(ROOT), [])

    def test_only_edges_know_requests(self):
        self.assertEqual(imports.requests_below_the_edges(ROOT), [])

    def test_mail_leaves_through_the_outbox_alone(self):
        self.assertEqual(imports.mail_past_the_outbox(ROOT), [])

    def test_public_pages_read_the_library_alone(self):
        self.assertEqual(imports.public_pages_that_read_the_working_copy(ROOT), [])


class Writes(unittest.TestCase):
    def test_edges_and_readers_write_nothing_by_themselves(self):
        self.assertEqual(writes.forbidden_writes(ROOT, EDGES_THAT_WRITE), [])

    def test_every_exception_is_still_needed(self):
        self.assertEqual(writes.stale_permissions(ROOT, EDGES_THAT_WRITE), [])


class Texts(unittest.TestCase):
    def test_templates_keep_escaping_and_the_security_policy(self):
        self.assertEqual(texts.unsafe_markup(ROOT), [])

    def test_forms_that_are_included_alone_are_handed_the_token(self):
        self.assertEqual(texts.forms_without_token(ROOT), [])

    def test_no_python_declares_a_text_to_be_html(self):
        self.assertEqual(texts.html_by_hand(ROOT, HTML_BY_HAND), [])

    def test_colours_stand_in_the_tokens_alone(self):
        self.assertEqual(texts.colours_outside_the_tokens(ROOT), [])

    def test_files_stay_short(self):
        self.assertEqual(texts.long_files(ROOT, LONG_FILES), [])

    def test_nothing_is_left_for_later(self):
        self.assertEqual(texts.unfinished(ROOT), [])


class Papers(unittest.TestCase):
    def test_env_example_explains_what_the_settings_read_and_nothing_else(self):
        self.assertEqual(papers.variables_explained(ROOT), papers.variables_read(ROOT))

    def test_decision_records_are_numbered_and_named_alike(self):
        self.assertEqual(papers.broken_records(ROOT), [])

    def test_documents_name_only_make_commands_that_exist(self):
        named = papers.commands_named(ROOT, r"\bmake ([a-z][a-z-]*)")
        self.assertEqual(named - papers.make_targets(ROOT), set())

    def test_documents_name_only_management_commands_that_exist(self):
        named = papers.commands_named(ROOT, r"manage\.py ([a-z_]+)")
        self.assertEqual(named - set(get_commands()), set())
