"""What a page says, once more for machines: schema.org types as JSON-LD. Plain values in, plain values out.

Nothing stands here that readers do not see on the same page. Who reviewed a page, and when, is said of approved pages
alone; GRADE has no word in schema.org, so no level of evidence is said at all.
"""

from therapies.structured_data.medical import code, condition, is_service, treatment
from therapies.structured_data.nodes import Node, graph, script_text
from therapies.structured_data.pages import (
    clinician,
    collection,
    comparison,
    medical_page,
    reviewed_page,
    web_page,
)
from therapies.structured_data.site import breadcrumbs, clinic, services, website

__all__ = [
    "Node",
    "breadcrumbs",
    "clinic",
    "clinician",
    "code",
    "collection",
    "comparison",
    "condition",
    "graph",
    "is_service",
    "medical_page",
    "reviewed_page",
    "script_text",
    "services",
    "treatment",
    "web_page",
    "website",
]
