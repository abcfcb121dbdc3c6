"""Each rule of tests/architecture sees the fault it is there for: small houses with one fault planted in each."""

import tempfile
import unittest
from pathlib import Path

from tests.architecture import imports, papers, texts, writes
from tests.architecture.floors import typed_paths


class Planted(unittest.TestCase):
    def house(self, **files: str) -> Path:
        """A folder with these files; `clinic__views` is clinic/views.py."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = Path(folder.name)
        for name, text in files.items():
            self.write(root, f"{name.replace('__', '/')}.py", text)
        return root

    def write(self, root: Path, name: str, text: str) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class UpwardImports(Planted):
    def test_names_file_line_and_arrow(self):
        root = self.house(clinic__outbox="import os\nfrom clinic.views import home\n", clinic__views="")
        arrow = "clinic/outbox.py:2: clinic.outbox (floor 3 writers) -> clinic.views (floor 4 edges)"
        self.assertEqual(imports.upward(root), [arrow])

    def test_sees_a_module_imported_from_its_app(self):
        root = self.house(therapies__library="from therapies import publishing\n", therapies__publishing="")
        self.assertEqual(len(imports.upward(root)), 1)

    def test_sees_a_relative_import(self):
        root = self.house(therapies__library="from . import publishing\n", therapies__publishing="")
        self.assertEqual(len(imports.upward(root)), 1)

    def test_sees_a_relative_import_out_of_a_package(self):
        root = self.house(inquiries__models__inquiry="from ..services import intake\n", inquiries__services__intake="")
        self.assertEqual(len(imports.upward(root)), 1)

    def test_sees_an_import_inside_a_function(self):
        root = self.house(therapies__models__page="def url():\n    from therapies import views\n", therapies__views="")
        self.assertEqual(len(imports.upward(root)), 1)

    def test_sees_an_import_by_name(self):
        root = self.house(therapies__models__page="import_module('therapies.views')\n", therapies__views="")
        self.assertEqual(len(imports.upward(root)), 1)

    def test_the_library_may_not_use_the_desk(self):
        root = self.house(therapies__publishing="from inquiries.models import Inquiry\n")
        self.assertEqual(len(imports.upward(root)), 1)

    def test_the_desk_may_use_the_library(self):
        root = self.house(
            inquiries__services__intake="from therapies.models import Condition\nfrom clinic import outbox\n"
        )
        self.assertEqual(imports.upward(root), [])

    def test_floors_of_the_clinic_below_the_edges_know_no_other_app(self):
        root = self.house(clinic__outbox="from therapies import library\n")
        self.assertEqual(len(imports.upward(root)), 1)

    def test_edges_of_the_clinic_may_use_both_apps(self):
        root = self.house(clinic__views="from therapies import library\nfrom inquiries.models import Inquiry\n")
        self.assertEqual(imports.upward(root), [])

    def test_an_edge_may_not_use_an_edge_of_another_app(self):
        root = self.house(inquiries__views="from clinic.views import home\n", clinic__views="")
        self.assertEqual(len(imports.upward(root)), 1)

    def test_an_edge_may_build_on_a_shared_edge(self):
        root = self.house(inquiries__views="from clinic.public_bytes import public_page\n", clinic__public_bytes="")
        self.assertEqual(imports.upward(root), [])

    def test_the_roof_may_use_edges_of_every_app(self):
        root = self.house(clinic__urls="from therapies.sitemaps import Pages\n")
        self.assertEqual(imports.upward(root), [])

    def test_a_room_without_a_floor_is_reported(self):
        self.assertEqual(len(imports.rooms_without_floor(self.house(clinic__utils=""))), 1)

    def test_a_circle_is_reported_once(self):
        root = self.house(
            therapies__snapshots="from therapies import library\n",
            therapies__library="from therapies import snapshots\n",
        )
        self.assertEqual(imports.circles(root), ["therapies.library -> therapies.snapshots -> therapies.library"])


class ForeignImports(Planted):
    def test_a_pure_room_uses_the_standard_library_alone(self):
        root = self.house(therapies__wording="import re\nfrom django.conf import settings\n")
        self.assertEqual(
            imports.foreign(root), ["therapies/wording.py:2: therapies.wording (floor 0 pure) -> django.conf.settings"]
        )

    def test_a_pure_room_has_no_network(self):
        self.assertEqual(len(imports.foreign(self.house(therapies__wording="import urllib.request\n"))), 1)

    def test_a_pure_room_has_no_clock(self):
        root = self.house(clinic__business_time="def due():\n    return datetime.now()\n")
        self.assertEqual(imports.clocks_on_the_pure_floor(root), ["clinic/business_time.py:2: datetime.now()"])

    def test_models_know_no_templates(self):
        root = self.house(inquiries__models__inquiry="from django.template.loader import render_to_string\n")
        self.assertEqual(len(imports.foreign(root)), 1)

    def test_models_know_no_http(self):
        self.assertEqual(len(imports.foreign(self.house(clinic__models__staff="import django.http\n"))), 1)

    def test_writers_know_no_forms(self):
        root = self.house(inquiries__services__intake="from django import forms\n")
        self.assertEqual(len(imports.foreign(root)), 1)

    def test_writers_take_no_request(self):
        root = self.house(inquiries__services__intake="def submit(request):\n    pass\n")
        self.assertEqual(len(imports.requests_below_the_edges(root)), 1)

    def test_mail_past_the_outbox_is_reported(self):
        root = self.house(inquiries__views="from django.core.mail import send_mail\n")
        self.assertEqual(len(imports.mail_past_the_outbox(root)), 1)

    def test_a_public_view_that_reads_rows_is_reported(self):
        root = self.house(therapies__views="Condition.objects.get(slug=slug)\n")
        self.assertEqual(imports.public_pages_that_read_the_working_copy(root), ["therapies/views.py:1: objects"])


class WritesOfEdges(Planted):
    def faults(self, line: str) -> list[str]:
        return writes.forbidden_writes(self.house(inquiries__views=line), {})

    def test_sees_a_create(self):
        self.assertEqual(
            self.faults("Inquiry.objects.create(name=name)"),
            ["inquiries/views.py:1: .create() writes rows; a service must"],
        )

    def test_sees_a_save(self):
        self.assertEqual(len(self.faults("inquiry.save()")), 1)

    def test_sees_an_update_of_a_queryset(self):
        self.assertEqual(len(self.faults("rows.filter(pk=1).update(status='new')")), 1)

    def test_sees_a_delete(self):
        self.assertEqual(len(self.faults("inquiry.delete()")), 1)

    def test_sees_a_bulk_create(self):
        self.assertEqual(len(self.faults("Inquiry.objects.bulk_create(rows)")), 1)

    def test_sees_a_get_or_create(self):
        self.assertEqual(len(self.faults("Inquiry.objects.get_or_create(key=key)")), 1)

    def test_a_dict_may_be_updated(self):
        self.assertEqual(self.faults("context.update(extra)"), [])

    def test_django_may_do_its_own_step(self):
        self.assertEqual(self.faults("super().save(commit=False)"), [])

    def test_a_reader_may_not_write(self):
        self.assertEqual(len(writes.forbidden_writes(self.house(therapies__library="row.save()"), {})), 1)

    def test_a_service_may(self):
        self.assertEqual(writes.forbidden_writes(self.house(inquiries__services__intake="row.save()"), {}), [])

    def test_a_named_exception_may(self):
        self.assertEqual(
            writes.forbidden_writes(self.house(clinic__views="row.save()"), {"clinic/views.py": "why"}), []
        )

    def test_an_exception_nothing_needs_is_reported(self):
        self.assertEqual(
            writes.stale_permissions(self.house(clinic__views=""), {"clinic/views.py": "why"}), ["clinic/views.py"]
        )


class Markup(Planted):
    def faults(self, text: str, name: str = "templates/page.html") -> list[str]:
        root = self.house()
        self.write(root, name, text)
        return texts.unsafe_markup(root)

    def test_sees_the_safe_filter(self):
        self.assertEqual(self.faults("<p>\n{{ text | safe }}"), ["templates/page.html:2: the filter |safe"])

    def test_sees_escaping_switched_off(self):
        self.assertEqual(len(self.faults("{% autoescape off %}")), 1)

    def test_text_mail_may_switch_escaping_off(self):
        self.assertEqual(self.faults("{% autoescape off %}", "templates/inquiries/email/sent.txt"), [])

    def test_sees_an_inline_style(self):
        self.assertEqual(len(self.faults('<p class="a"\n style="color: red">')), 1)

    def test_sees_a_style_element(self):
        self.assertEqual(len(self.faults("<style>p {}</style>")), 1)

    def test_sees_an_inline_handler(self):
        self.assertEqual(len(self.faults('<button onclick="go()">')), 1)

    def test_sees_an_inline_script(self):
        self.assertEqual(len(self.faults("<script>go()</script>")), 1)

    def test_a_script_file_is_fine(self):
        self.assertEqual(self.faults("<script src=\"{% static 'js/site.js' %}\" defer></script>"), [])

    def test_sees_a_javascript_address(self):
        self.assertEqual(len(self.faults('<a href="javascript:go()">')), 1)

    def test_sees_a_form_that_is_included_without_its_token(self):
        for handed, found in ("", 1), (" with csrf_token=csrf_token", 0):
            root = self.house()
            self.write(root, "templates/app/_form.html", "<form>{% csrf_token %}</form>")
            self.write(root, "templates/app/page.html", f'{{% include "app/_form.html"{handed} only %}}')
            self.assertEqual(len(texts.forms_without_token(root)), found)

    def test_words_about_style_are_fine(self):
        self.assertEqual(self.faults("<p>One on one, in style = good.</p>"), [])

    def test_sees_html_made_by_hand(self):
        root = self.house(clinic__admin__staff="return mark_safe(text)\n", clinic__views="x = SafeString(text)\n")
        self.assertEqual(len(texts.html_by_hand(root, {})), 2)

    def test_a_type_named_safe_string_is_fine(self):
        self.assertEqual(texts.html_by_hand(self.house(clinic__views="def icon() -> SafeString: ..."), {}), [])


class Files(Planted):
    def test_sees_a_colour_outside_the_tokens(self):
        root = self.house()
        self.write(root, "static/scss/components/_card.scss", ".card {\n  color: #1d2b2a;\n}\n")
        self.write(root, "static/scss/_tokens.scss", ":root { --ink: #1d2b2a; }\n")
        self.assertEqual(
            texts.colours_outside_the_tokens(root), ["static/scss/components/_card.scss:2: color: #1d2b2a;"]
        )

    def test_sees_a_colour_function(self):
        root = self.house()
        self.write(root, "static/scss/_base.scss", "a { color: rgb(0 0 0 / 50%); }\n")
        self.assertEqual(len(texts.colours_outside_the_tokens(root)), 1)

    def test_a_mix_of_tokens_and_an_id_are_fine(self):
        root = self.house()
        self.write(
            root, "static/scss/_base.scss", "#added { color: color-mix(in srgb, var(--ink) 5%, var(--paper)); }\n"
        )
        self.assertEqual(texts.colours_outside_the_tokens(root), [])

    def test_sees_a_long_file(self):
        root = self.house(clinic__views="x = 1\n" * 301, clinic__forms="x = 1\n" * 300)
        self.assertEqual(texts.long_files(root, {}), ["clinic/views.py: 301 lines"])

    def test_sees_something_left_for_later(self):
        self.assertEqual(len(texts.unfinished(self.house(clinic__views="# TODO: write\n"))), 1)

    def test_types_are_checked_on_pure_rooms_and_writers(self):
        root = self.house(
            therapies__wording="", therapies__publishing="", therapies__views="", clinic__models__staff=""
        )
        self.assertEqual(typed_paths(root), ["therapies/publishing.py", "therapies/wording.py"])


class Papers(Planted):
    def test_sees_a_variable_read(self):
        root = self.house(
            clinic__settings='A = env("ALPHA")\nB = env_flag("BETA")\n', scripts__serve='os.environ.get("PORT")\n'
        )
        self.assertEqual(papers.variables_read(root), {"ALPHA", "BETA", "PORT"})

    def test_a_variable_without_an_explanation_does_not_count(self):
        root = self.house()
        self.write(root, ".env.example", "ALPHA=\n\n# What beta is for.\nBETA=1\nGAMMA=\n")
        self.assertEqual(papers.variables_explained(root), {"BETA", "GAMMA"})

    def record(self, *files: tuple[str, str]) -> list[str]:
        root = self.house()
        for name, heading in files:
            self.write(root, f"docs/adr/{name}.md", f"{heading}\n\nText.\n")
        return papers.broken_records(root)

    def test_a_record_named_like_its_heading_is_fine(self):
        self.assertEqual(self.record(("0001-one-settings-file", "# 0001 One settings file")), [])

    def test_sees_a_gap_between_records(self):
        self.assertEqual(len(self.record(("0001-a", "# 0001 A"), ("0003-b", "# 0003 B"))), 1)

    def test_sees_two_records_with_one_number(self):
        self.assertEqual(len(self.record(("0001-a", "# 0001 A"), ("0001-b", "# 0001 B"))), 1)

    def test_sees_a_heading_that_is_not_the_file_name(self):
        self.assertEqual(len(self.record(("0001-one-settings-file", "# 0001 Many files"))), 1)

    def test_sees_a_command_that_documents_name(self):
        root = self.house()
        self.write(
            root, "README.md", "Type `make run`, or make tea.\n\n```\npython manage.py migrate\nmake test\n```\n"
        )
        self.assertEqual(papers.commands_named(root, r"\bmake ([a-z]+)"), {"run", "test"})
        self.assertEqual(papers.commands_named(root, r"manage\.py ([a-z_]+)"), {"migrate"})
