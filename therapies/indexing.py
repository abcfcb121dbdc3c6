"""Which pages search engines may list: the one rule for the head of a page and for the sitemap."""

import datetime

GRACE = datetime.timedelta(days=90)  # so long a page may wait for its review before search engines forget it
UNLISTED = ("/search/",)


def is_long_overdue(review_due: datetime.date | None, today: datetime.date) -> bool:
    """Has the review of a page been due for so long that we no longer send anybody to it?"""
    return review_due is not None and review_due + GRACE < today


def may_be_listed(
    path: str,
    query: str,
    *,
    is_demo: bool,
    is_public: bool,
    review_due: datetime.date | None,
    today: datetime.date,
) -> bool:
    """May search engines list the page at this address?

    Not a demonstration, a page for one reader (forms, what was sent), a search, a choice out of a page (its address
    with a query: the page itself is listed), nor a page long overdue for review.
    """
    if is_demo or not is_public or query or path.startswith(UNLISTED):
        return False
    return not is_long_overdue(review_due, today)
