"""Pure: characters that have no business in an address or a search."""

import re

# C0, DEL and C1. PostgreSQL refuses NUL and old browsers act on some.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
