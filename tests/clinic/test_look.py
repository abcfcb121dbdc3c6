"""What ties templates, stylesheet and drawings together."""

import re
from pathlib import Path
from unittest import TestCase

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import SimpleTestCase

from therapies.models import BodyRegion

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
STATIC = settings.BASE_DIR / "static"
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "img/sprite.svg").read_text()))


def found(pattern: str) -> set[tuple[str, str]]:
    """(template, what the pattern's group holds) in every template."""
    return {(path.name, match) for path in TEMPLATES for match in re.findall(pattern, path.read_text())}


class StaticFileTests(SimpleTestCase):
    def test_every_file_a_template_names_exists(self):
        named = found(r'{% static "([^"]+)"')
        self.assertIn(("base.html", "css/site.css"), named)
        self.assertEqual([pair for pair in named if not finders.find(pair[1])], [])

    def test_every_file_a_stylesheet_names_exists(self):
        for sheet in (STATIC / "css").glob("*.css"):
            named = [
                name for name in re.findall(r"url\(\"?([^\")]+)", sheet.read_text()) if not name.startswith("data:")
            ]
            missing = [name for name in named if not (sheet.parent / name).resolve().is_file()]
            self.assertEqual(missing, [], sheet.name)

    def test_a_stylesheet_asks_no_other_host(self):
        for sheet in (STATIC / "css").glob("*.css"):
            self.assertNotRegex(re.sub(r"url\(\"data:[^\"]*\"\)", "", sheet.read_text()), r"//|@import", sheet.name)

    def test_the_fonts_that_are_preloaded_are_the_ones_the_stylesheet_asks_for(self):
        preloaded = {name for _, name in found(r'rel="preload" href="{% static "([^"]+)" %}" as="font"')}
        asked = {f"fonts/{name}" for name in re.findall(r"fonts/([\w.-]+)", (STATIC / "css/site.css").read_text())}
        self.assertEqual(preloaded, asked)

    def test_each_font_has_its_licence(self):
        fonts = {path.stem.split("-")[0] for path in (STATIC / "fonts").glob("*.woff2")}
        licences = {path.stem.split("-")[1] for path in (STATIC / "fonts").glob("OFL-*.txt")}
        self.assertEqual(fonts, licences)

    def test_the_first_visit_fits_its_budget_of_fonts(self):
        self.assertLessEqual(sum(path.stat().st_size for path in (STATIC / "fonts").glob("*.woff2")), 60_000)


class DrawingTests(TestCase):
    def test_every_icon_is_in_the_sprite(self):
        named = found(r'{% icon "([^"]+)"')
        self.assertEqual({pair for pair in named if pair[1] not in SPRITE}, set())

    def test_every_sign_and_level_of_a_result_is_in_the_sprite(self):
        self.assertLessEqual({"better", "same", "worse", "unknown", *(f"certainty-{n}" for n in range(1, 5))}, SPRITE)

    def test_the_body_map_knows_the_regions_by_their_names(self):
        regions = {name for _, name in found(r'class="bm-region" href="#pain-([^"]+)"')}
        self.assertEqual(regions, set(BodyRegion.values) - {BodyRegion.GENERAL})


class ComponentTests(SimpleTestCase):
    def test_take_plain_values_alone(self):
        loose = {pair for pair in found(r'{% include "components/([^%]+)%}') if not pair[1].rstrip().endswith("only")}
        self.assertEqual(loose - {("masthead.html", 'mark.html" ')}, set())

    def test_are_all_used(self):
        used = {name for _, name in found(r'{% include "components/([\w.]+)"')}
        self.assertEqual({path.name for path in (settings.BASE_DIR / "templates/components").iterdir()} - used, set())

    def test_a_number_stands_within_a_sentence_without_a_gap(self):
        for name, values in {"phone": {"phone": "555", "tel": "5"}, "emergency_call": {"number": "911"}}.items():
            self.assertRegex(get_template(f"components/{name}.html").render(values), r"\A<a .*</a>\Z")

    def test_every_class_of_a_component_is_styled(self):
        sheet = (STATIC / "css/site.css").read_text()
        sheet += " .visually-hidden .effect-plot__zero"
        for path in sorted((settings.BASE_DIR / "templates/components").iterdir()):
            for names in re.findall(r'class="([^"{]+)"', path.read_text()):
                for name in names.split():
                    with self.subTest(path.name):
                        self.assertIn(f".{name}", sheet)


class FoldersTests(TestCase):
    def test_sources_of_the_stylesheet_are_all_imported(self):
        main = (STATIC / "scss/main.scss").read_text()
        parts = {path.stem.removeprefix("_") for path in Path(STATIC / "scss/components").glob("_*.scss")}
        self.assertEqual({part for part in parts if f'"components/{part}"' not in main}, set())
