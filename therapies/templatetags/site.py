"""Tags every template has without loading them."""

import html
import re

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from therapies import indexing, structured_data
from therapies.pages import for_machines

register = template.Library()

NUMBER = re.compile(r"(\+?\d[\d ().-]*\d)")


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A line icon from the sprite. It says nothing to a screen reader, so words always stand beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" viewBox="0 0 24 24"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("img/sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def again(context: Context, block: str) -> SafeString:
    """What a block of this page holds, once more: the title is also the title for people who share the page."""
    return context.render_context[BLOCK_CONTEXT_KEY].get_block(block).render(context)


@register.simple_tag
def full_address(path: str) -> str:
    """The address of a page or file with the name of this site, as other sites need it."""
    return settings.SITE_URL + path


@register.simple_tag(takes_context=True)
def may_be_listed(context: Context) -> bool:
    """May search engines list this page?"""
    request = context["request"]
    key = getattr(request, "public_key", None)
    if key is None:  # a page for one reader
        return False
    page = getattr(context.get("shown"), "page", None)
    return indexing.may_be_listed(
        key.path,
        key.query,
        is_demo=request.library.clinic.is_demo,
        is_public=True,
        review_due=page.next_review_due if page else None,
        today=key.date,
    )


@register.simple_tag(takes_context=True)
def page_for_machines(context: Context) -> SafeString | str:
    """What a public page says, once more as JSON-LD for a script element; "" on a page for one reader.

    A view gives what its page is about as `structured_data`, or as that of `shown`; the way to the page as `crumbs`.
    """
    request, shown = context["request"], context.get("shown")
    if getattr(request, "public_key", None) is None:
        return ""
    graph = for_machines.graph(
        request.library,
        path=request.path,
        title=html.unescape(again(context, "title")),
        above=getattr(shown, "crumbs", None) or context.get("crumbs") or (),
        nodes=context.get("structured_data") or getattr(shown, "structured_data", ()),
    )
    # JSON, not HTML: in a script element quotes must stay as they are, and <, > and & are written as numbers.
    return SafeString(structured_data.script_text(graph))


@register.filter
def dialable(text: str) -> SafeString:
    """A line that names telephone numbers, each a link the first time it stands there: one press in a crisis."""
    seen: set[str] = set()
    shown = []
    for place, part in enumerate(NUMBER.split(text)):
        number = re.sub(r"[^\d+]", "", part)
        is_link = place % 2 == 1 and number not in seen
        shown.append(format_html('<a href="tel:{}" class="nowrap">{}</a>', number, part) if is_link else part)
        if is_link:
            seen.add(number)
    return format_html_join("", "{}", ((part,) for part in shown))
