"""Whether structured data says only what schema.org knows: which property of which type, with values of which type.

`schema_org.json` is an extract of the vocabulary; its first line says where it comes from. What the vocabulary allows
and we do not want is in NEVER and NEVER_A.
"""

import functools
import json
import re
from pathlib import Path

VOCABULARY = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
TYPES, ENUMERATIONS, SUPERSEDED = VOCABULARY["types"], VOCABULARY["enumerations"], VOCABULARY["superseded"]
TERM = "https://schema.org/"
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
TIME = re.compile(r"\d\d:\d\d(:\d\d)?")
TEXTS = {"Text": r".*\S.*", "URL": r"https?://[^\s]+", "Date": DATE, "DateTime": DATE, "Time": TIME}
NUMBERS = {"Integer", "Number"}

# property -> why we never say it
NEVER = {
    "aggregateRating": "stars are no evidence",
    "review": "a testimonial reads as a promise",
    "reviews": "a testimonial reads as a promise",
    "evidenceLevel": "levels A to C are not GRADE",
    "expires": "a page does not expire when its next review is due",
}
NEVER_A = {
    "Review": "a testimonial reads as a promise",
    "Physician": "that is a place or an organization: the reviewer is a Person",
}
ONCE = {"lastReviewed", "dateModified", "datePublished", "reviewedBy", "mainEntity"}


def problems(data, known=None):
    """What is wrong with the graph of a page. `known` are the nodes that other pages describe, by @id."""
    if set(data) != {"@context", "@graph"} or data["@context"] != "https://schema.org":
        return ["it is no graph of schema.org"]
    nodes = {**(known or {}), **{node["@id"]: node for node in data["@graph"] if "@id" in node}}
    found = [problem for node in data["@graph"] for problem in _node(node, nodes)]
    return found + _breadcrumbs(data["@graph"])


def types_of(node):
    kinds = node.get("@type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


@functools.cache
def is_a(kind, wanted):
    """Is every `kind` a `wanted`?"""
    parents = (TYPES.get(kind) or ENUMERATIONS.get(kind) or {"is_a": []})["is_a"]
    return kind == wanted or any(is_a(parent, wanted) for parent in parents)


@functools.cache
def properties_of(kind):
    """Property -> what it may hold, for a type and the types it stands on."""
    own = dict(TYPES[kind]["properties"])
    for parent in TYPES[kind]["is_a"]:
        own = {**properties_of(parent), **own}
    return own


def _node(node, nodes):
    kinds = types_of(node)
    if not kinds:
        return [f"{node.get('@id', node)} has no type"]
    if unknown := [kind for kind in kinds if kind not in TYPES or kind in NEVER_A]:
        return [f"a {unknown[0]}: {NEVER_A.get(unknown[0], 'not a type for us')}"]
    allowed = {name: ranges for kind in kinds for name, ranges in properties_of(kind).items()}
    old = {name for kind in SUPERSEDED for name in SUPERSEDED[kind] if any(is_a(one, kind) for one in kinds)}
    found = []
    for name, value in node.items():
        place = f"{'/'.join(kinds)}.{name}"
        if name in {"@type", "@id"}:
            continue
        if name in NEVER:
            found.append(f"{place}: {NEVER[name]}")
        elif name in old:
            found.append(f"{place} is superseded")
        elif name not in allowed:
            found.append(f"{place} does not exist")
        elif name in ONCE and isinstance(value, list):
            found.append(f"{place} is said once")
        else:
            values = value if isinstance(value, list) else [value]
            found += [problem for one in values for problem in _value(place, one, allowed[name], nodes)]
            found += [] if values else [f"{place} is empty"]
    return found


def _value(place, value, ranges, nodes):
    if isinstance(value, dict):
        target = nodes.get(value["@id"]) if set(value) == {"@id"} else value
        if target is None:
            return [f"{place} points nowhere: {value['@id']}"]
        if not any(is_a(kind, wanted) for kind in types_of(target) for wanted in ranges):
            return [f"{place} does not take a {'/'.join(types_of(target))}"]
        return [] if target is not value else _node(value, nodes)
    if isinstance(value, str) and value.startswith(TERM):
        kinds = [kind for kind, known in ENUMERATIONS.items() if value.removeprefix(TERM) in known["values"]]
        return [] if any(is_a(kind, wanted) for kind in kinds for wanted in ranges) else [f"{place}: {value}"]
    if isinstance(value, str) and any(re.fullmatch(TEXTS[name], value) for name in ranges if name in TEXTS):
        return []
    if isinstance(value, int) and not isinstance(value, bool) and NUMBERS & set(ranges):
        return []
    return [f"{place} does not take {value!r}"]


def _breadcrumbs(nodes):
    found = []
    for node in nodes:
        if "BreadcrumbList" in types_of(node):
            positions = [item["position"] for item in node["itemListElement"]]
            if positions != list(range(1, len(positions) + 1)):
                found.append(f"breadcrumbs count from one: {positions}")
    return found
