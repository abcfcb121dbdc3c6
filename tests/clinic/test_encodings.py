import gzip
from unittest import TestCase, mock

import brotli

from clinic.encodings import best_encoding, packed


class BestEncodingTests(TestCase):
    def assertChooses(self, encoding, *headers):
        for header in headers:
            with self.subTest(header):
                self.assertEqual(best_encoding(header), encoding)

    def test_is_brotli_where_the_browser_does_not_care(self):
        self.assertChooses(
            "br", "br", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=1.0", "GZIP, BR", "*", "gzip;q=0.5, *"
        )

    def test_is_what_the_browser_wants_most(self):
        self.assertChooses("gzip", "gzip", "gzip;q=1.0, br;q=0.5", "br;q=0, *", "br;q=0, gzip;q=0.1")
        self.assertChooses("br", "gzip;q=0.4, br;q=0.5")

    def test_is_none_where_the_browser_names_none_of_ours(self):
        self.assertChooses("", "", "identity", "deflate", "br;q=0, gzip;q=0", "*;q=0", "br;q=0.1, identity;q=0.5")

    def test_takes_nonsense_for_no_wish(self):
        self.assertChooses("", "br;q=often", "br;q=-1", "br;q=7", "br;q=nan", ";;;", ",")


class PackedTests(TestCase):
    def test_holds_the_same_bytes_in_each_encoding(self):
        content = b"<p>Probably makes little or no difference</p>" * 50
        found = packed(content)
        self.assertEqual(found[""], content)
        self.assertEqual(brotli.decompress(found["br"]), content)
        self.assertEqual(gzip.decompress(found["gzip"]), content)

    def test_is_the_same_each_time(self):
        with mock.patch("time.time", side_effect=[1.0, 2_000_000.0]):
            self.assertEqual(packed(b"word " * 500), packed(b"word " * 500))

    def test_leaves_out_what_would_be_longer(self):
        self.assertEqual(packed(b"ok"), {"": b"ok"})
