from unittest import TestCase

from inquiries.spread import shown


class ShownTests(TestCase):
    def test_of_fewer_than_five_the_number_is_not_told(self):
        self.assertEqual([shown(value) for value in (1, 4)], ["fewer than 5"] * 2)

    def test_none_and_five_are_told(self):
        self.assertEqual([shown(value) for value in (0, 5, 120)], ["0", "5", "120"])
