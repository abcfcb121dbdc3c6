"""`make bench`: what a page, a search, a publication and the admin cost, measured side by side in one run."""
