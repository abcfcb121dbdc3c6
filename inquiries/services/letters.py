"""How the mails about a request are written: one text, and the same text as simple HTML."""

import re
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from clinic.outbox import Message

PARAGRAPH = re.compile(r"\n\s*\n")


def letter(template: str, context: dict[str, Any]) -> Message:
    """The message that a text template makes: its first line is the subject, the rest the body.

    The HTML part says the same words, a paragraph for a paragraph; a line that is an address of this site is a link.
    """
    subject, _, body = render_to_string(template, context).partition("\n")
    subject, body = subject.strip(), PARAGRAPH.sub("\n\n", body.strip())
    paragraphs = [
        [{"text": line, "is_link": line.startswith(settings.SITE_URL + "/")} for line in paragraph.splitlines()]
        for paragraph in body.split("\n\n")
    ]
    html = render_to_string("inquiries/email/letter.html", {"subject": subject, "paragraphs": paragraphs})
    return Message(subject=subject, body=body + "\n", html=html)
