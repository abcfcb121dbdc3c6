"""Full-text search over the live library: in memory, made from what readers can see, the same on every database."""

from therapies.search.finding import KINDS, MOST_PAGES, PER_PAGE, REGIONS, Found, Hit, Jump, Kind, find
from therapies.search.question import LONGEST
from therapies.search.snippets import Piece

__all__ = ["KINDS", "LONGEST", "MOST_PAGES", "PER_PAGE", "REGIONS", "Found", "Hit", "Jump", "Kind", "Piece", "find"]
