from unittest import TestCase

from therapies.templatetags.site import dialable


class DialableTests(TestCase):
    def test_a_number_is_a_link_the_first_time_it_stands_there(self):
        shown = dialable("988 Lifeline (call or text 988)")
        self.assertEqual(shown, '<a href="tel:988" class="nowrap">988</a> Lifeline (call or text 988)')

    def test_a_long_number_is_dialled_without_its_spaces(self):
        self.assertIn('href="tel:+4411612345"', dialable("Call +44 116 12-345 now"))

    def test_what_an_editor_types_stays_text(self):
        self.assertEqual(dialable("<b>call</b>"), "&lt;b&gt;call&lt;/b&gt;")
