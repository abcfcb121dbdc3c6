"""The real settings, with the addresses that pages are compared with beside the site's own."""

import os

from clinic.settings import *  # noqa: F403

if "BENCH_DATA" not in os.environ:
    raise SystemExit("These settings fill the database with copies of pages: `make bench` gives them one of its own.")
ROOT_URLCONF = "bench.urls"
if os.environ.get("BENCH_BARE"):
    MIDDLEWARE = []
