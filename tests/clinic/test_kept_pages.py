import datetime
import random
import threading

from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase

from clinic.kept_pages import OVERHEAD, Kept, Key, Store

TODAY = datetime.date(2026, 3, 2)
CONTENT = b"Probably makes little or no difference. " * 100


class StoreTests(SimpleTestCase):
    def kept(self, size=1000):
        page = Kept('W/"x"', HttpResponse(b"x"), {})
        page.size = size
        return page

    def key(self, path):
        return Key("v1", TODAY, path, "")

    def test_drops_what_was_asked_for_longest_ago(self):
        store = Store(limit=2500)
        for path in ("/a/", "/b/"):
            store.put(self.key(path), self.kept())
        store.get(self.key("/a/"))
        store.put(self.key("/c/"), self.kept())
        self.assertIsNone(store.get(self.key("/b/")))
        self.assertIsNotNone(store.get(self.key("/a/")))
        self.assertEqual((len(store), store.size), (2, 2000))

    def test_counts_a_page_that_is_put_twice_once(self):
        store = Store(limit=2500)
        for size in (1000, 800):
            store.put(self.key("/a/"), self.kept(size))
        self.assertEqual((len(store), store.size), (1, 800))

    def test_leaves_out_what_is_larger_than_itself(self):
        store = Store(limit=500)
        store.put(self.key("/a/"), self.kept())
        self.assertEqual((len(store), store.size), (0, 0))

    def test_holds_its_bound_when_many_threads_use_it(self):
        store = Store(limit=20_000)

        def use(number):
            for step in range(300):
                key = self.key(f"/{(number * 7 + step) % 60}/")
                if store.get(key) is None:
                    store.put(key, self.kept())

        threads = [threading.Thread(target=use, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual(len(store), 20)
        self.assertEqual(store.size, 1000 * len(store))

    def test_a_page_is_kept_packed_and_unpacked_for_who_takes_no_packing(self):
        page = Kept('W/"x"', HttpResponse(CONTENT), {})
        self.assertLess(page.size, OVERHEAD + len(CONTENT))
        answer = page.answer(RequestFactory().get("/", headers={"accept-encoding": "identity"}))
        self.assertEqual((answer.content, answer["Content-Length"]), (CONTENT, str(len(CONTENT))))
        self.assertNotIn("Content-Encoding", answer)

    def test_counts_what_a_page_really_holds(self):
        noise = bytes(random.Random(1).choices(range(256), k=5000))  # nothing makes it shorter
        self.assertGreaterEqual(Kept('W/"x"', HttpResponse(noise), {}).size, OVERHEAD + len(noise))
