"""The index of one library in memory: made at the first search of this process, and again when the library changes."""

import ctypes
import threading
import weakref
from collections.abc import Iterable, Mapping, Sequence

from tantivy import Document, Index, Query, Schema, SchemaBuilder

from therapies import prose
from therapies.library import Library
from therapies.search.texts import Entry, entries
from therapies.search.vocabulary import Vocabulary
from therapies.search.words import ANALYZER, telling_stems

WRITER_BYTES = 64_000_000  # while it is made; enough for one segment, so that nothing is merged in the background
TOKENIZER = "stems"

# Field of the index -> how much a word found there counts.
TIERS = {"title": 8.0, "names": 5.0, "unseen": 5.0, "headings": 2.5, "body": 1.0}
WHOLE_NAME = 10.0  # all that was typed is the title or another name
SHORT_KINDS = {"term"}  # for these it counts nothing more: a page tells more than a word explained
# Between pages that fit alike, what the site is about comes first.
PRIOR = {"condition": 1.2, "treatment": 0.6, "article": 0.3, "term": 0.2, "question": 0.0}


class PlainTexts(dict[str, str]):
    """Markdown -> its plain words. What the last index has read already is not read again."""

    def __init__(self, last: Mapping[str, str]) -> None:
        super().__init__()
        self._last = last

    def __missing__(self, text: str) -> str:
        said = self._last[text] if text in self._last else prose.plain(text)
        self[text] = said = text if said == text else said  # most texts are plain already: in memory once
        return said

    def forget_last(self) -> None:
        """Keep only what was asked for."""
        self._last = {}


class SearchIndex:
    """Everything that can be found in one library. Nothing in it changes after it was made."""

    def __init__(self, library: Library, last: "SearchIndex | None" = None) -> None:
        self._plain = PlainTexts(last._plain if last else {})
        self.entries = entries(library, self._plain.__getitem__)
        self._plain.forget_last()
        self._prior = [PRIOR[entry.kind] for entry in self.entries]
        self.schema = _schema()
        self._index = _filled(self.schema, self.entries)
        self._searcher = self._index.searcher()
        self.vocabulary = Vocabulary(self.entries)
        self._library = weakref.ref(library)  # the index must not keep an old library in memory

    def is_of(self, library: Library) -> bool:
        """Was it made from this very value?"""
        return self._library() is library

    def ranked(self, query: Query) -> list[Entry]:
        """Everything a query finds, best first; between equals in the order of `entries`."""
        hits = self._searcher.search(query, limit=len(self.entries) or 1, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        prior = self._prior
        scored = sorted((-score - prior[number], number) for (score, _), number in zip(hits, numbers, strict=True))
        return [self.entries[number] for _, number in scored]

    def frequency(self, stem: str) -> int:
        """On how many pages a word stands, about."""
        return max(self._searcher.doc_freq(field, stem) for field in TIERS)


_held: SearchIndex | None = None
_making = threading.Lock()


def index_of(library: Library) -> SearchIndex:
    """The index of this library. While one thread makes a new one the others go on with the last."""
    global _held
    held = _held
    if held is not None and held.is_of(library):
        return held
    if not _making.acquire(blocking=held is None) and held is not None:
        return held
    try:
        if _held is None or not _held.is_of(library):
            _held = SearchIndex(library, _held)
            _give_back()
        return _held
    finally:
        _making.release()


def _give_back() -> None:
    """Hand the memory that making an index took back to the machine, where the C library can (glibc): some ms."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_integer_field("number", fast=True)
    builder.add_text_field("whole", tokenizer_name="raw", index_option="basic")
    for field in TIERS:
        # Names are also looked for as phrases; for the rest it is enough to know how often a word stands there.
        option = "freq" if field in {"headings", "body"} else "position"
        builder.add_text_field(field, tokenizer_name=TOKENIZER, index_option=option)
    return builder.build()


def _filled(schema: Schema, found: Sequence[Entry]) -> Index:
    index = Index(schema)
    index.register_tokenizer(TOKENIZER, ANALYZER)
    index.config_reader("manual")  # nothing watches for changes: there are none
    writer = index.writer(heap_size=WRITER_BYTES, num_threads=1)
    for number, entry in enumerate(found):
        writer.add_document(_document(number, entry))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def _document(number: int, entry: Entry) -> Document:
    unseen = (*entry.unseen_names, *entry.misspellings)
    document = Document()
    document.add_integer("number", number)
    document.add_text("title", entry.title)
    for field, texts in (
        ("whole", {whole(name) for name in (entry.title, *entry.names, *unseen) if entry.kind not in SHORT_KINDS}),
        ("names", entry.names),
        ("unseen", unseen),
        ("headings", _once(text for part in entry.parts for text in (part.heading, part.about))),
        ("body", _once(text for part in entry.parts for text in (part.text, part.claim))),
    ):
        for text in texts:
            document.add_text(field, text)
    return document


def whole(name: str) -> str:
    """A whole name as it is compared: "arthritis in my knee" is "knee arthritis"."""
    return " ".join(sorted(telling_stems(name)))


def _once(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]
