"""The plan: which room stands on which floor. A room is a module or package right under an app.

`test_architecture.py` holds the code to it, and the type checker runs on the floors named in TYPED.
"""

import ast
from functools import cache
from pathlib import Path

PURE, MODELS, READERS, WRITERS, EDGES, ROOF = range(6)
FLOOR_NAMES = ["pure", "models", "readers", "writers", "edges", "roof"]
TYPED = {PURE, WRITERS}

# Lower apps first: an app may use the apps before it, never those after it.
APPS = ["clinic", "therapies", "inquiries"]

# The same in every app.
EVERYWHERE = {
    "models": MODELS,
    "services": WRITERS,
    "admin": EDGES,
    "forms": EDGES,
    "management": EDGES,
    "templatetags": EDGES,
    "views": EDGES,
    "apps": ROOF,
    "urls": ROOF,
}

ROOMS = {
    "clinic": {
        "business_time": PURE,
        "characters": PURE,
        "daily_limit": PURE,
        "logs": PURE,
        "encodings": PURE,
        "totp": PURE,
        "us_holidays": PURE,
        "encryption": MODELS,
        "canary": READERS,
        "facts": READERS,
        "health": READERS,
        "lost_connection": READERS,
        "mail_route": READERS,
        "postgresql": READERS,
        "delivery": WRITERS,
        "demo": WRITERS,
        "keys": WRITERS,
        "new_rows": WRITERS,
        "outbox": WRITERS,
        "planner": WRITERS,
        "roles": WRITERS,
        "sessions": WRITERS,
        "two_step": WRITERS,
        "upkeep": WRITERS,
        "checks": EDGES,
        "client_address": EDGES,
        "context_processors": EDGES,
        "error_pages": EDGES,
        "kept_pages": EDGES,
        "live_facts": EDGES,
        "fenced": EDGES,
        "middleware": EDGES,
        "private_pages": EDGES,
        "public_bytes": EDGES,
        "staff_session": EDGES,
        "settings": ROOF,
        "wsgi": ROOF,
    },
    "therapies": {
        "addresses": PURE,
        "balance": PURE,
        "claim_context": PURE,
        "claim_gates": PURE,
        "claim_words": PURE,
        "claims": PURE,
        "codes": PURE,
        "plain_text": PURE,
        "readability": PURE,
        "differences": PURE,
        "document_words": PURE,
        "corrections": PURE,
        "document_links": PURE,
        "document_rules": PURE,
        "document_shapes": PURE,
        "document_texts": PURE,
        "documents": PURE,
        "identifiers": PURE,
        "indexing": PURE,
        "gate_rules": PURE,
        "red_flags": PURE,
        "replaced_rules": PURE,
        "review_dates": PURE,
        "shapes": PURE,
        "stages": PURE,
        "structured_data": PURE,
        "wording": PURE,
        "yaml_text": PURE,
        "citations": READERS,
        "content_files": READERS,
        "exporting": READERS,
        "claim_scan": READERS,
        "gates": READERS,
        "held_up": READERS,
        "library": READERS,
        "live_pages": READERS,
        "old_addresses": READERS,
        "pages": READERS,
        "page_states": READERS,
        "previews": READERS,
        "prose": READERS,
        "search": READERS,
        "review_cycle": READERS,
        "snapshots": READERS,
        "sources": READERS,
        "to_do": READERS,
        "link_check": WRITERS,
        "loading": WRITERS,
        "publishing": WRITERS,
        "reminders": WRITERS,
        "fact_changes": WRITERS,
        "waivers": WRITERS,
        "working_copy": WRITERS,
        "feedback": WRITERS,
        "feedback_tries": EDGES,
        "feedback_views": EDGES,
        "search_views": EDGES,
        "sitemaps": EDGES,
    },
    "inquiries": {
        "chain": PURE,
        "charts": PURE,
        "due": PURE,
        "fhir": PURE,
        "form_counts": PURE,
        "priority": PURE,
        "questionnaire": PURE,
        "safety": PURE,
        "states": PURE,
        "path": PURE,
        "spam": PURE,
        "spread": PURE,
        "telling": PURE,
        "backlog": READERS,
        "beside": READERS,
        "day_desk": READERS,
        "day_figures": READERS,
        "day_histories": READERS,
        "desk_reports": READERS,
        "duplicates": READERS,
        "forgotten": READERS,
        "links": READERS,
        "looks": READERS,
        "promise": READERS,
        "queues": READERS,
        "records": READERS,
        "reports": READERS,
        "search": READERS,
        "signing": READERS,
        "drafts": EDGES,
        "status_forms": EDGES,
        "fields": EDGES,
    },
}

# Edges that the edges of every app may build on.
SHARED_EDGES = {
    "clinic.client_address",
    "clinic.fenced",
    "clinic.live_facts",
    "clinic.private_pages",
    "clinic.public_bytes",
}

# What a visitor sees comes from the library alone: these rooms never read the rows that editors work on.
# (They may name a model for the words of its choices.)
PUBLIC_READERS = {
    "clinic.views",
    "therapies.feedback_views",
    "therapies.pages",
    "therapies.search",
    "therapies.search_views",
    "therapies.sitemaps",
    "therapies.views",
}
WORKING_COPY = {"therapies.snapshots", "therapies.working_copy"}

# Packages that a pure room may use beside the standard library, and why.
PURE_MAY_USE = {
    ("clinic.encodings", "brotli"): "the other of the two encodings beside gzip: bytes in, bytes out",
    ("therapies.claims", "re2"): "anybody may type an expression: RE2 takes time in step with the text and never hangs",
    ("therapies.yaml_text", "yaml"): "YAML is the written form of a page document; it knows neither settings nor clock",
}


def floor_of(module: str) -> int | None:
    """The floor of a dotted module, None when its room is not on the plan."""
    app, _, rest = module.partition(".")
    room = rest.partition(".")[0]
    return ROOMS.get(app, {}).get(room, EVERYWHERE.get(room))


def room_of(module: str) -> str:
    """`clinic.admin.site` stands in the room `clinic.admin`."""
    return ".".join(module.split(".")[:2])


def module_of(root: Path, path: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules(root: Path) -> dict[str, Path]:
    """Every module of the apps, migrations aside: those are history."""
    paths = [path for app in APPS for path in sorted((root / app).rglob("*.py")) if "migrations" not in path.parts]
    return {module_of(root, path): path for path in paths}


def syntax_tree(path: Path) -> ast.Module:
    return _parsed(path.read_text(encoding="utf-8"))


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def typed_paths(root: Path) -> list[str]:
    """What the type checker runs on."""
    found = modules(root).items()
    return [str(path.relative_to(root)) for module, path in found if floor_of(module) in TYPED]
