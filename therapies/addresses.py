"""Where pages stand on the site: the one place that knows, for models, library and links in text."""

# Articles that do not stand at /about/<slug>/.
ARTICLES = {"about": "/about/", "how-we-grade": "/evidence/how-we-grade/"}


def page_url(kind: str, slug: str) -> str:
    """The path of a condition, treatment or article."""
    if kind == "article":
        return ARTICLES.get(slug, f"/about/{slug}/")
    return f"/{kind}s/{slug}/"
