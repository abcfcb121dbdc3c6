"""Whether what is written about the project is true: variables, decision records, commands."""

import ast
import re
from pathlib import Path

READS_VARIABLES = ["clinic/settings.py", "scripts/serve.py"]
READING_CALLS = {"env", "env_flag", "env_number", "env_list", "env_keys"}
# Names the file that would hold it, so it cannot stand in it.
NOT_IN_THE_FILE = {"ENV_FILE", "DJANGO_SETTINGS_MODULE"}


def variables_read(root: Path) -> set[str]:
    """Names of the environment variables that the settings and the server script read."""
    names = set()
    for file in READS_VARIABLES:
        for node in ast.walk(ast.parse((root / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                call = ast.unparse(node.func)
                if call in READING_CALLS or call in {"os.environ.get", "os.environ.setdefault", "os.getenv"}:
                    names.add(node.args[0].value)
    return names - NOT_IN_THE_FILE


def variables_explained(root: Path) -> set[str]:
    """Names in .env.example that have a comment above them."""
    names, commented = set(), False
    for line in (root / ".env.example").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([A-Z][A-Z0-9_]*)=", line):
            if commented:
                names.add(match[1])
        else:
            commented = line.startswith("#")
    return names


def broken_records(root: Path) -> list[str]:
    """Decision records whose number has a gap or a twin, or whose heading is not their file name."""
    found = []
    for expected, path in enumerate(sorted((root / "docs" / "adr").glob("*.md")), 1):
        number, _, slug = path.stem.partition("-")
        heading = path.read_text(encoding="utf-8").splitlines()[0]
        if number != f"{expected:04}":
            found.append(f"{path.name}: expected number {expected:04}")
        words = _words(heading.removeprefix(f"# {number} "))
        if not heading.startswith(f"# {number} ") or not set(_words(slug)) <= set(words):
            found.append(f"{path.name}: its heading is {heading!r}")
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def make_targets(root: Path) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def papers(root: Path) -> list[Path]:
    return [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]


def commands_named(root: Path, pattern: str) -> set[str]:
    """What documents tell people to type: `make NAME` or `manage.py NAME`, in code."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in papers(root) if path.exists())
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    return set(re.findall(pattern, code))
