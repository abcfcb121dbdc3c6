"""Where pages stand on the site: the one place that knows, for models, library and links in text."""


def page_url(kind: str, slug: str) -> str:
    """The path of a condition, treatment or article."""
    if kind == "article":
        return "/evidence/how-we-grade/" if slug == "how-we-grade" else f"/about/{slug}/"
    return f"/{kind}s/{slug}/"
