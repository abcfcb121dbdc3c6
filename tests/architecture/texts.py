"""What must not stand in a file: unescaped HTML, inline style and script, colours outside the tokens, too many lines."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.floors import APPS, modules

MOST_LINES = 300

INLINE = {
    "the filter |safe": re.compile(r"\|\s*safe(seq)?\b"),
    "autoescape off": re.compile(r"{%-?\s*autoescape\s+off"),
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc\s*=)(?![^>]*application/ld\+json)", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}
INCLUDED_ALONE = re.compile(r"{%\s*include\s+\"(?P<part>[^\"]+)\"[^%]*\bonly\s*%}")
TOKEN = "{% csrf_token %}"
ESCAPED_BY_HAND = re.compile(r"\bmark_safe\b|\bSafe(?:String|Text)\(|\.__html__\b")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{}\n]*{)|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def templates(root: Path) -> list[Path]:
    folders = [root / "templates", *(root / app / "templates" for app in APPS)]
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def unsafe_markup(root: Path) -> list[str]:
    """Breaks of the Content-Security-Policy and of escaping. Text mail is not HTML and may switch escaping off."""
    found = []
    for path in templates(root):
        text = path.read_text(encoding="utf-8")
        for name, pattern in INLINE.items():
            if name == "autoescape off" and path.suffix == ".txt":
                continue
            for match in pattern.finditer(text):
                found.append(f"{path.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1}: {name}")
    return found


def forms_without_token(root: Path) -> list[str]:
    """Forms that every server refuses: included with `only`, and so without the security token, which is not handed on."""
    forms = tuple(str(path) for path in templates(root) if TOKEN in path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(root)}: {match['part']}"
        for path in templates(root)
        for match in INCLUDED_ALONE.finditer(path.read_text(encoding="utf-8"))
        if "csrf_token=" not in match[0] and any(form.endswith(f"/{match['part']}") for form in forms)
    ]


def html_by_hand(root: Path, allowed: dict[str, str]) -> list[str]:
    """Python that declares a text to be HTML. `format_html` escapes; what these do is a promise nobody checks."""
    return [
        f"{place}: {line.strip()}"
        for path in modules(root).values()
        if str(path.relative_to(root)) not in allowed
        for place, line in _lines(root, path)
        if ESCAPED_BY_HAND.search(line.partition("#")[0])
    ]


def colours_outside_the_tokens(root: Path) -> list[str]:
    sheets = [path for path in sorted((root / "static" / "scss").rglob("*.scss")) if path.name != "_tokens.scss"]
    return [
        f"{place}: {line.strip()}"
        for path in sheets
        for place, line in _lines(root, path)
        if COLOUR.search(line.partition("//")[0])
    ]


def long_files(root: Path, allowed: dict[str, str]) -> list[str]:
    """Files of the apps that have grown past what one reads at once."""
    lengths = {str(path.relative_to(root)): len(list(_lines(root, path))) for path in modules(root).values()}
    return [f"{name}: {n} lines" for name, n in lengths.items() if n > MOST_LINES and name not in allowed]


def unfinished(root: Path) -> list[str]:
    files = [*modules(root).values(), *templates(root), *sorted((root / "scripts").glob("*"))]
    return [
        f"{place}: {line.strip()}"
        for path in files
        if path.is_file()
        for place, line in _lines(root, path)
        if UNFINISHED.search(line)
    ]


def _lines(root: Path, path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        yield f"{path.relative_to(root)}:{number}", line
