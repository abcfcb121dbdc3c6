"""YAML as people write it and as we write it: every value keeps its line, and the same value gives the same bytes.

Narrower than YAML itself: no anchors, no merge keys, no dates, and only `true` and `false` are flags. So `no`, `on`
and `2025-01-31` stay the text they look like.
"""

import re
from typing import Any

import yaml

from therapies.shapes import SLUG, DocumentError, Place

LONG = 80
Lines = dict[Place, int]


# libyaml is ten times faster and reads the same language; a build without it still works.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|", ["n", ""]),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


def read(text: str, name: str) -> tuple[Any, Lines]:
    """The value in `text`, and the line each part of it stands on. `name` is the file, for error messages."""
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise DocumentError("the file is empty", (), name, 1)
        lines: Lines = {}
        return _value(loader, root, (), lines, name, set()), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"this is not YAML: {error.problem or error.context}"
        raise DocumentError(problem, (), name, mark.line + 1 if mark else None) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DocumentError("remove the invisible character", (), name, line) from None
    finally:
        loader.dispose()


def _value(loader: Any, node: yaml.Node, place: Place, lines: Lines, name: str, seen: set[int]) -> Any:
    line = node.start_mark.line + 1
    lines[place] = line
    # The same node met twice is an alias; nested ones would unfold without end.
    if id(node) in seen:
        raise DocumentError("write this out; anchors and aliases are not used here", place, name, line)
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, key_line = key_node.value, key_node.start_mark.line + 1
            if not isinstance(key, str) or key in result:
                raise DocumentError("this key stands here twice", (*place, str(key)), name, key_line)
            result[key] = _value(loader, value_node, (*place, key), lines, name, seen)
            lines[*place, key] = key_line
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*place, n), lines, name, seen) for n, item in enumerate(node.value)]
    return loader.construct_object(node)


def line_of(place: Place, lines: Lines) -> int | None:
    """The line of `place`, or of the nearest part round it."""
    while place not in lines and place:
        place = place[:-1]
    return lines.get(place)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else ">" if len(text) > LONG and " " in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if text == "" else style)


def _list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.SequenceNode:
    names = all(isinstance(item, str) and SLUG.fullmatch(item) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=names)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def write(value: Any) -> str:
    """`value` as YAML an editor can read: keys in the order they have, long text in blocks."""
    text: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return text
