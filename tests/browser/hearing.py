"""What a screen reader finds on a page to name: from the accessibility tree that the browser builds."""

import re

import yaml
from playwright.sync_api import Page

ROLES = {"alert", "button", "checkbox", "combobox", "group", "heading", "radio", "textbox"}
NAMED = re.compile(r'(\w+)(?: "((?:[^"\\]|\\.)*)")?')


def heard(page: Page) -> list[tuple[str, str]]:
    """(role, name) of the headings, groups, fields, buttons and alerts of the main part, in the order they are read."""
    return list(_found(yaml.safe_load(page.locator("main").aria_snapshot())))


def _found(node):
    if isinstance(node, list):
        for each in node:
            yield from _found(each)
    elif isinstance(node, dict):
        for one, inside in node.items():
            yield from _named(one)
            if isinstance(inside, list):
                yield from _found(inside)
    else:
        yield from _named(str(node))


def _named(line: str):
    role, name = NAMED.match(line).groups() if NAMED.match(line) else ("", "")
    if role in ROLES:
        yield role, (name or "").replace('\\"', '"')
