"""Who imports whom. Each rule returns the arrows that break it, one sentence each."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.floors import (
    APPS,
    EDGES,
    FLOOR_NAMES,
    MODELS,
    PUBLIC_READERS,
    PURE,
    PURE_MAY_USE,
    READERS,
    ROOF,
    SHARED_EDGES,
    WORKING_COPY,
    WRITERS,
    floor_of,
    modules,
    room_of,
    syntax_tree,
)

# What a floor must not touch outside the project. A name stands for everything under it.
HTTP = {
    "django.http",
    "django.shortcuts",
    "django.forms",
    "django.views",
    "django.contrib.admin",
    "django.contrib.messages",
}
FORBIDDEN = {
    MODELS: HTTP | {"django.template", "django.core.mail", "django.utils.html", "django.utils.safestring", "smtplib"},
    READERS: HTTP | {"django.core.mail", "smtplib"},
    WRITERS: HTTP,
}
NETWORK = {"socket", "ssl", "smtplib", "ftplib", "http", "urllib.request", "asyncio", "subprocess"}
CLOCK = {"now", "today", "utcnow", "time", "monotonic", "localtime", "gmtime"}
CLOCK_OWNERS = {"datetime", "date", "time", "timezone"}
ONLY_DOOR_FOR_MAIL = "clinic.delivery"


@dataclass(frozen=True)
class Arrow:
    """One import: where it stands and what it names."""

    path: str
    line: int
    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {_placed(self.source)} -> {_placed(self.target)}"


def _placed(module: str) -> str:
    floor = floor_of(module)
    return (
        module
        if floor is None or module.split(".")[0] not in APPS
        else f"{module} (floor {floor} {FLOOR_NAMES[floor]})"
    )


def arrows(root: Path) -> Iterator[Arrow]:
    """Every import of every module of the apps, inside functions too."""
    known = modules(root)
    for module, path in known.items():
        package = module if path.stem == "__init__" else module.rpartition(".")[0]
        for node in ast.walk(syntax_tree(path)):
            for target in _targets(node, package, known):
                yield Arrow(str(path.relative_to(root)), node.lineno, module, target)


def _targets(node: ast.AST, package: str, known: dict[str, Path]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*parents, *([node.module] if node.module else [])])
        for alias in node.names:
            full = f"{base}.{alias.name}"
            # `from clinic import outbox` names a module, `from clinic.models import Staff` something inside one.
            yield full if full in known or base in APPS or not base.startswith(tuple(APPS)) else base
    elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__", "import_string"}:
        yield from (arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _inside(arrow: Arrow) -> bool:
    return arrow.target.split(".")[0] in APPS


def rooms_without_floor(root: Path) -> list[str]:
    unplaced = {room_of(module) for module in modules(root) if "." in module and floor_of(module) is None}
    return [f"{room} is not on the plan: give it a floor in tests/architecture/floors.py" for room in sorted(unplaced)]


def upward(root: Path) -> list[str]:
    """Imports that go up: to a higher floor, or to an app that stands later."""
    return [str(arrow) for arrow in arrows(root) if _inside(arrow) and not _may(arrow)]


def _may(arrow: Arrow) -> bool:
    source_app, target_app = (APPS.index(module.split(".")[0]) for module in (arrow.source, arrow.target))
    source, target = floor_of(arrow.source), floor_of(arrow.target)
    if source is None or target is None or room_of(arrow.target) == room_of(arrow.source):
        return True  # an unplaced room is reported by rooms_without_floor
    if target > source:
        return False
    if source == ROOF:
        return target < ROOF or arrow.target.endswith(".settings") or source_app == target_app
    if source == EDGES:
        neighbours = target < EDGES or source_app == target_app or room_of(arrow.target) in SHARED_EDGES
        return neighbours and (target_app <= source_app or source_app == APPS.index("clinic"))
    return target_app <= source_app


def circles(root: Path) -> list[str]:
    """Rooms that import each other, directly or round a corner."""
    graph: dict[str, set[str]] = {}
    for arrow in arrows(root):
        source, target = room_of(arrow.source), room_of(arrow.target)
        if _inside(arrow) and source != target:
            graph.setdefault(source, set()).add(target)
    found = set()
    for start in graph:
        trail, seen = [(start, [start])], set()
        while trail:
            room, path = trail.pop()
            for following in sorted(graph.get(room, ())):
                if following == start:
                    low = path.index(min(path))
                    found.add(" -> ".join([*path[low:], *path[:low], min(path)]))
                elif following not in seen:
                    seen.add(following)
                    trail.append((following, [*path, following]))
    return sorted(found)


def foreign(root: Path) -> list[str]:
    """Imports from outside the project that a floor must not have."""
    return [str(arrow) for arrow in arrows(root) if not _inside(arrow) and not _may_use(arrow)]


def _may_use(arrow: Arrow) -> bool:
    floor, package = floor_of(arrow.source), arrow.target.split(".")[0]
    if floor == PURE:
        named = (arrow.source, package) in PURE_MAY_USE
        return (package in sys.stdlib_module_names and not _under(arrow.target, NETWORK)) or named
    return not _under(arrow.target, FORBIDDEN.get(floor, set()))


def _under(module: str, names: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def mail_past_the_outbox(root: Path) -> list[str]:
    """Mail leaves through one door, so that nothing is sent that was not owed in the database first."""
    doors = {"django.core.mail", "smtplib"}
    return [str(arrow) for arrow in arrows(root) if arrow.source != ONLY_DOOR_FOR_MAIL and _under(arrow.target, doors)]


def public_pages_that_read_the_working_copy(root: Path) -> list[str]:
    found = [
        str(arrow)
        for arrow in arrows(root)
        if room_of(arrow.source) in PUBLIC_READERS and room_of(arrow.target) in WORKING_COPY
    ]
    for module, path in modules(root).items():
        if room_of(module) in PUBLIC_READERS:
            for node in ast.walk(syntax_tree(path)):
                name = getattr(node, "attr", getattr(node, "id", ""))
                if name in {"objects", "_default_manager", "get_object_or_404", "get_list_or_404"}:
                    found.append(f"{path.relative_to(root)}:{node.lineno}: {name}")
    return found


def clocks_on_the_pure_floor(root: Path) -> list[str]:
    """A pure rule is told the time. (A log line may ask: it records when it was written.)"""
    found = []
    for module, path in modules(root).items():
        if floor_of(module) == PURE:
            for node in ast.walk(syntax_tree(path)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK:
                    owner = getattr(node.func.value, "id", getattr(node.func.value, "attr", ""))
                    if owner in CLOCK_OWNERS:
                        found.append(f"{path.relative_to(root)}:{node.lineno}: {owner}.{node.func.attr}()")
    return found


def requests_below_the_edges(root: Path) -> list[str]:
    """Only an edge knows that there is such a thing as a request."""
    found = []
    for module, path in modules(root).items():
        if (floor := floor_of(module)) is not None and floor < EDGES:
            for node in ast.walk(syntax_tree(path)):
                if isinstance(node, ast.arg) and node.arg == "request":
                    found.append(f"{path.relative_to(root)}:{node.lineno}: {module} takes a request")
    return found
