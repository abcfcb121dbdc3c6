from django.test import SimpleTestCase

from inquiries import questionnaire, safety
from therapies.red_flags import RED_FLAGS


class SignsTests(SimpleTestCase):
    def test_each_sign_is_asked_where_it_belongs_the_most_urgent_first(self):
        for code, _ in questionnaire.REGIONS:
            region = questionnaire.region({"body_region": code})
            asked = safety.signs_for(region)
            with self.subTest(code):
                self.assertEqual({sign.id for sign in asked}, {f.id for f in RED_FLAGS.values() if region in f.regions})
                places = [safety.LEVELS.index(sign.level) for sign in asked]
                self.assertEqual(places, sorted(places, reverse=True))

    def test_the_whole_body_is_asked_what_any_joint_and_the_spine_are_asked(self):
        everything = {sign.id for sign in safety.signs_for("general")}
        for region in ("back", "neck", "shoulder", "hip", "knee"):
            self.assertLessEqual({sign.id for sign in safety.signs_for(region)}, everything)

    def test_no_region_goes_without_an_emergency_sign(self):
        for code, _ in questionnaire.REGIONS:
            levels = {sign.level for sign in safety.signs_for(questionnaire.region({"body_region": code}))}
            self.assertIn("emergency", levels, code)

    def test_what_was_asked_is_kept_with_yes_and_no(self):
        kept = safety.asked_document("knee", ["rf-locked-knee"])
        self.assertEqual([row["id"] for row in kept if row["answer"] == "yes"], ["rf-locked-knee"])
        self.assertEqual(len(kept), len(safety.signs_for("knee")))
        self.assertTrue(all(row["question"] == RED_FLAGS[row["id"]].question for row in kept))


class ScreeningTests(SimpleTestCase):
    def test_each_sign_alone_gives_its_level(self):
        for sign in RED_FLAGS.values():
            with self.subTest(sign.id):
                found = safety.screening(sign.regions[0], [sign.id])
                self.assertEqual((found.level, found.signs), (sign.level, (sign,)))

    def test_the_worst_of_several_counts_and_is_named_first(self):
        found = safety.screening("knee", ["rf-new-inflammatory", "rf-dvt", "rf-limb-circulation"])
        self.assertEqual(found.level, "emergency")
        self.assertEqual([sign.level for sign in found.signs], ["emergency", "urgent", "non_urgent"])

    def test_none_is_none_and_not_sure_is_urgent(self):
        self.assertEqual(safety.screening("knee", []).level, "none")
        self.assertEqual(safety.screening("knee", [], is_unsure=True).level, "urgent")

    def test_not_sure_lowers_nothing(self):
        self.assertEqual(safety.screening("knee", ["rf-limb-circulation"], is_unsure=True).level, "emergency")

    def test_a_sign_of_another_region_still_counts(self):
        self.assertEqual(safety.screening("knee", ["rf-saddle-numbness"]).level, "emergency")

    def test_what_is_no_sign_is_nothing(self):
        self.assertEqual(safety.screening("knee", ["made-up", ""]).level, "none")


class DangerWordsTests(SimpleTestCase):
    def test_what_people_write(self):
        for text, level in {
            "I sometimes want to die": "emergency",
            "thinking of killing myself": "emergency",
            "my mother says she could kill herself": "emergency",
            "he doesn\u2019t want to live any more": "emergency",
            "she has wet herself twice, and they soiled themselves": "emergency",
            "I can\u2019t feel my feet": "emergency",
            "I cannot move my arm": "emergency",
            "some CHEST PAIN at night": "emergency",
            "no chest pain": "emergency",  # negation is not looked at, on purpose
            "short of breath on stairs": "emergency",
            "I wet myself": "emergency",
            "self harm": "emergency",
            "my face is drooping": "emergency",
            "had a stroke in 2019": "urgent",
            "fever since Monday": "urgent",
            "I fainted": "urgent",
        }.items():
            with self.subTest(text):
                self.assertEqual(safety.worst(word.level for word in safety.danger_words(text)), level)

    def test_what_only_looks_like_it(self):
        for text in [
            "I want to walk my dog",
            "the pain is killing me",
            "I cannot feel better",
            "my chest freezer",
            "breaststroke is fine",
            "feverish excitement? no",
            "stroked the cat",
            "a numb finger",
            "painting in my flat",
            "",
        ]:
            with self.subTest(text):
                self.assertEqual(safety.danger_words(text), ())

    def test_however_the_keyboard_writes_it(self):
        for text in [
            "chest  pain",
            "a pain in my\nneck, and chest\npain",
            "I want\u00a0to  die",
            "I can\u02bct breathe",
            "I can\u00b4t breathe",
            "I can`t breathe",
            "self\u2011harm",
            "self\u2010harm",
        ]:
            with self.subTest(text):
                self.assertEqual([word.level for word in safety.danger_words(text)], ["emergency"])

    def test_each_word_is_named_once_over_all_texts(self):
        words = safety.danger_words("suicide", "suicidal and feverish", "fever")
        self.assertEqual([word.shown for word in words], ["suicide", "fever"])


class LevelTests(SimpleTestCase):
    def test_the_worst_level_wins(self):
        self.assertEqual(safety.worst([]), "none")
        self.assertEqual(safety.worst(["urgent", "none"]), "urgent")
        self.assertEqual(safety.worst(["non_urgent", "emergency", "urgent"]), "emergency")
