"""Where rows are written. Edges translate; what several rows must agree on is written by services."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.floors import EDGES, READERS, floor_of, modules, syntax_tree

CREATING = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


def writes(root: Path, floors: set[int]) -> Iterator[tuple[str, int, str]]:
    """(file, line, call) of every call on these floors that looks like a write to the database."""
    for module, path in modules(root).items():
        if floor_of(module) in floors:
            for node in ast.walk(syntax_tree(path)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_write(node):
                    yield str(path.relative_to(root)), node.lineno, f".{node.func.attr}("


def _is_write(node: ast.Call) -> bool:
    name = node.func.attr
    if isinstance(node.func.value, ast.Call) and getattr(node.func.value.func, "id", "") == "super":
        return False  # Django's own step, which the class extends
    if name == "update":  # a queryset takes only names, a dict or a set takes a value
        return bool(node.keywords) and not node.args
    if name == "delete":
        return not node.args
    return name == "save" or name in CREATING


def forbidden_writes(root: Path, allowed: dict[str, str]) -> list[str]:
    """Writes by readers, and by edges that are not in `allowed` (file -> reason)."""
    return [
        f"{path}:{line}: {call}) writes rows; a service must"
        for path, line, call in writes(root, {READERS, EDGES})
        if path not in allowed
    ]


def stale_permissions(root: Path, allowed: dict[str, str]) -> list[str]:
    """Exceptions that nothing needs any more."""
    writing = {path for path, _, _ in writes(root, {READERS, EDGES})}
    return sorted(set(allowed) - writing)
