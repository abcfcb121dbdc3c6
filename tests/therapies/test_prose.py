import re
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from therapies import prose


def html(text, known=("nice", "who", "whittle-2025")):
    return prose.html(text, prose.Citations(known))


class CitationTests(TestCase):
    def test_numbers_follow_the_order_of_first_citation_on_the_page(self):
        citations = prose.Citations({"nice", "who"})
        first = prose.html("Move more [@who].", citations)
        second = prose.html("Lose weight [@nice]. Move [@who].", citations)
        self.assertIn('<a class="cite" href="#source-1">Source 1</a>', first)
        self.assertIn("#source-2", second)
        self.assertIn("#source-1", second)
        self.assertEqual(list(citations), ["who", "nice"])

    def test_stands_in_brackets_after_one_space(self):
        link = '(<a class="cite" href="#source-1">Source 1</a>)'
        self.assertEqual(html("Move [@who]."), f"<p>Move {link}.</p>")
        self.assertEqual(html("Move[@who]."), f"<p>Move {link}.</p>")

    def test_one_bracket_may_cite_several(self):
        self.assertIn(
            '(<a class="cite" href="#source-1">Source 1</a>, <a class="cite" href="#source-2">Source 2</a>)',
            html("Move [@who; @whittle-2025]."),
        )

    def test_a_key_the_library_does_not_hold_is_not_shown(self):
        self.assertEqual(html("Move [@gone]."), "<p>Move.</p>")

    def test_citing_does_not_number_unknown_keys(self):
        citations = prose.Citations({"who"})
        self.assertEqual(citations.numbers(["gone", "who"]), [1])
        self.assertIsNone(citations.number("gone"))

    def test_a_row_lists_its_sources_as_links(self):
        self.assertEqual(
            prose.links([1, 3]),
            '<a class="cite" href="#source-1">Source 1</a>, <a class="cite" href="#source-3">Source 3</a>',
        )
        self.assertEqual(prose.links([]), "")


class HeadingTests(TestCase):
    def test_headings_begin_at_h3_and_skip_no_level(self):
        for written, shown in {
            "# A": ["h3"],
            "#### A": ["h3"],
            "## A\n\n#### B\n\n# C": ["h3", "h4", "h3"],
        }.items():
            with self.subTest(written):
                text = html(written)
                for tag in shown:
                    self.assertIn(f"<{tag}>", text)
                    self.assertIn(f"</{tag}>", text)
                self.assertNotIn("<h2", text)
                self.assertNotIn("<h5", text)
        self.assertTrue(html("#### A").startswith("<h3>"))


class SafetyTests(TestCase):
    def test_markup_is_shown_as_text(self):
        text = html("<script>alert(1)</script> <b onclick=x>hi</b>\n\n<div>\n\n</div>")
        for tag in ("<script", "<b", "<div"):
            self.assertNotIn(tag, text)
        self.assertIn("&lt;script&gt;", text)

    def test_links_lead_only_to_known_schemes_or_this_site(self):
        for address in ("https://who.int/a", "http://who.int", "mailto:a@b.org", "tel:911", "/conditions/", "#top"):
            with self.subTest(address):
                self.assertIn(f'href="{address}"', html(f"[x]({address})"))
        for address in ("javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//evil.example", "vbscript:x"):
            with self.subTest(address):
                self.assertNotIn("href", html(f"[x]({address})"))

    def test_a_link_by_reference_obeys_the_same_rule(self):
        self.assertNotIn("href", html("[x][1]\n\n[1]: javascript:alert(1)"))
        self.assertIn('href="/glossary/"', html("[x][1]\n\n[1]: /glossary/"))

    def test_shows_no_picture(self):
        self.assertNotIn("<img", html("![a](https://who.int/a.png)"))

    def test_keeps_what_an_editor_needs(self):
        text = html("One **two** *three*\n\n- a\n- b\n\n1. c\n\n> d")
        for tag in ("<strong>", "<em>", "<ul>", "<ol>", "<li>", "<blockquote>"):
            self.assertIn(tag, text)

    @given(st.text(alphabet="<>\"'&[]()@#*`!/:;ajnscriptovelw \n-=", max_size=80))
    def test_no_text_whatever_brings_a_tag_of_its_own(self, text):
        shown = html(text)
        allowed = prose.TAGS | {"a"}
        for tag in re.findall(r"</?([a-z0-9]+)", shown):
            self.assertIn(tag, allowed)
        self.assertNotRegex(shown, r"(?i)<[^>]+\son\w+=")
        self.assertNotRegex(shown, r'(?i)href="\s*(javascript|data|vbscript)')


class PlainTests(TestCase):
    def test_keeps_the_words_and_drops_marks_addresses_and_citations(self):
        self.assertEqual(
            prose.plain("**Move** [more](/conditions/) `now` [@who; @nice].\n\n- one\n- two\n\nSo\nit is."),
            "Move more now. one; two; So it is.",
        )

    def test_is_what_the_page_says(self):
        for text in ("### Head\n\nText &amp; more\\*", "> said\n>\n> again", "1. a\n2. b", "<b>x</b> [y](/z)", ""):
            with self.subTest(text):
                seen = re.sub(r"<[^>]+>", " ", html(text)).replace("&lt;", "<").replace("&gt;", ">")
                seen = seen.replace("&amp;", "&")
                self.assertEqual(prose.plain(text).replace("; ", " "), " ".join(seen.split()))
