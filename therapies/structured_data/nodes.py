"""The graph of one page: what its things are called, how they are joined, and how it may stand in HTML."""

import json
from collections.abc import Iterable
from typing import Any

Node = dict[str, Any]

VOCABULARY = "https://schema.org"
# Inside a script element a browser looks for "</script" and "<!--" only; with these three gone neither can be written.
ESCAPES = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


def term(name: str) -> str:
    """A fixed value of the vocabulary, such as https://schema.org/Musculoskeletal."""
    return f"{VOCABULARY}/{name}"


def ref(identity: str) -> Node:
    """A pointer to what another node of this site describes."""
    return {"@id": identity}


def filled(node: Node) -> Node:
    """The node without what is empty: a property is said or left out, never empty."""
    return {name: value for name, value in node.items() if value not in ("", None, [])}


def graph(nodes: Iterable[Node]) -> Node:
    """One graph of these nodes. Two that are about the same thing become one; what comes later says it better."""
    known: dict[str, Node] = {}
    for number, node in enumerate(nodes):
        known.setdefault(node.get("@id", str(number)), {}).update(filled(node))
    return {"@context": VOCABULARY, "@graph": list(known.values())}


def script_text(data: Node) -> str:
    """The graph as text for a script element: no text in it can end the element or begin a comment."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)


def clinic_id(site: str) -> str:
    return f"{site}/#clinic"


def website_id(site: str) -> str:
    return f"{site}/#website"


def page_id(url: str) -> str:
    return f"{url}#page"


def crumbs_id(url: str) -> str:
    return f"{url}#crumbs"


def condition_id(url: str) -> str:
    return f"{url}#condition"


def treatment_id(url: str) -> str:
    return f"{url}#treatment"


def person_id(url: str) -> str:
    return f"{url}#person"
