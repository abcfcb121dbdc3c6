"""Tags every template has without loading them."""

import re

from django import template
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

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
