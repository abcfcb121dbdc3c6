"""Promotional claims in a text: rules that editors keep, matched on the words a reader sees.

A rule's pattern is a regular expression of short words, written simply:
- capitals do not matter, and it begins and ends at a word;
- a space also stands for a hyphen: "long term" finds "long-term";
- " .. " stands for up to three other words in between, " ... " for up to six;
- `\\w*` is the rest of a word: "heal\\w*" finds "heals" and "healing";
- `{surgery}` stands for any word of that list in `claim_words.py`; `^` is where a sentence begins.
RE2 runs it: whatever somebody types, the time grows with the length of the text and no faster.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from therapies.claim_context import DENIAL, is_compared, is_honest, is_question
from therapies.claim_words import WORDS, spelled_out, unknown
from therapies.plain_text import Block, blocks

NEEDS_SOURCE = "needs_source"
LONGEST = 200  # characters of a pattern that a person can still read
ORDINARY = (
    "The clinic is open from Monday to Friday.",
    "A nurse will call you and answer your questions.",
    "Bring a list of your medicines.",
)
REST = r"\w"
LETTER = r"A-Za-z0-9\xc0-\xff"
WORD = rf"[{LETTER}']"
BETWEEN = rf"[^{LETTER}.;:!?]+"
GAPS = {
    "..": rf"{BETWEEN}(?:{WORD}+{BETWEEN}){{0,3}}",
    "...": rf"{BETWEEN}(?:{WORD}+{BETWEEN}){{0,6}}",
}
GAPS["…"] = GAPS["..."]
GAP = re.compile(r"\s*(?<!\.)(\.{2,3}|…)(?!\.)\s*")
MEMORY = 32 << 20  # bytes that one set of rules may keep of what it has learned; with less it forgets and is slow


class BadPattern(ValueError):
    """A pattern that cannot be a rule, with a sentence for the person who typed it."""


@dataclass(frozen=True)
class Rule:
    """Words a page may not say as they stand. `severity` is "block", "needs_source" or "warn"."""

    key: str
    pattern: str
    category: str
    severity: str
    message: str
    suggestion: str = ""


@dataclass(frozen=True)
class Finding:
    """A claim in a text. `start` and `end` say where in `sentence` the words of `match` stand; `cited` are the
    sources that the same paragraph, or line of a list, cites."""

    rule: Rule
    match: str
    sentence: str
    start: int
    end: int
    cited: tuple[str, ...] = ()


def findings(text: str, rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """Every claim in a Markdown text, in reading order. What a reader sees as honest is none: "cannot cure".

    A pattern that cannot be searched for finds nothing; `check_pattern` refuses it when it is typed.
    """
    known = _rule_set(tuple(rules))
    return tuple(found for block in blocks(text) for found in _in_block(block, known))


def check_pattern(pattern: str) -> None:
    """Raise BadPattern, with what to do, unless this can be the pattern of a rule."""
    if len(pattern) > LONGEST:
        raise BadPattern(f"Shorten the pattern to {LONGEST} characters: two short rules are easier to read than one.")
    try:
        pattern.encode("latin-1")
    except UnicodeEncodeError:
        raise BadPattern("Use plain letters and straight quotation marks in the pattern.") from None
    if name := unknown(pattern):
        raise BadPattern(f"There is no list of words called {{{name}}}. Lists: {', '.join(WORDS)}.")
    try:
        re2.compile(pattern.encode("latin-1"), _options())
        compiled = _compiled(pattern)
    except re2.error as error:
        reason = error.args[0].decode("latin-1") if isinstance(error.args[0], bytes) else str(error)
        raise BadPattern(f"This pattern cannot be searched for ({reason}). Correct it there.") from None
    if compiled.search(b"") or any(compiled.search(sentence.encode()) for sentence in ORDINARY):
        raise BadPattern("This pattern finds something in ordinary sentences. Name the words it should find.")


def _written_out(pattern: str) -> str:
    """The pattern as RE2 runs it."""
    parts = GAP.split(spelled_out(pattern.strip()))
    parts = [GAPS[part] if number % 2 else re.sub(" +", r"(?:[ -]+)", part) for number, part in enumerate(parts)]
    return rf"(?m)(?:^|[^{LETTER}])({''.join(parts).replace(REST, WORD)})(?:[^{LETTER}]|$)"


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    return re2.compile(_written_out(pattern).encode("latin-1"), _options())


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY
    # One byte a character: places in the bytes are places in the text, and the search is several times as fast.
    options.encoding = re2.Options.Encoding.LATIN1
    return options


class _RuleSet:
    """Rules looked for together: one pass over a text tells which of them it meets at all."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: list[tuple[Rule, Any]] = []
        self.together = re2.Set.SearchSet(_options())
        for rule in rules:
            try:
                compiled = _compiled(rule.pattern)
            except (re2.error, UnicodeEncodeError):
                continue
            self.together.Add(_written_out(rule.pattern).encode("latin-1"))
            self.rules.append((rule, compiled))
        # Met by every text. A pass that does not even meet this one ran out of memory and has told nothing.
        self.canary = self.together.Add(b"")
        self.together.Compile()

    def met_by(self, text: bytes) -> list[tuple[Rule, Any]]:
        met = set(self.together.Match(text) or ())
        return [self.rules[number] for number in sorted(met - {self.canary})] if self.canary in met else self.rules


@lru_cache(maxsize=2)
def _rule_set(rules: tuple[Rule, ...]) -> _RuleSet:
    return _RuleSet(rules)


def _in_block(block: Block, known: _RuleSet) -> Iterator[Finding]:
    sentences = block.sentences
    met = known.met_by(_bytes("\n".join(sentences)))  # each on its own line, where a "^" may find its beginning
    for sentence in sentences if met else ():
        found = []
        for rule, compiled in met:
            if rule.severity == NEEDS_SOURCE and (is_question(sentence) or is_compared(sentence)):
                continue  # what is asked, or told with its comparison, is no claim without a basis
            for start, end in _places(compiled, _bytes(sentence)):
                match = sentence[start:end]
                if DENIAL.search(match) and not DENIAL.search(spelled_out(rule.pattern)):
                    continue  # "has not approved" met "approved" across its gap
                if not is_honest(sentence, start, end, intro=block.intro):
                    found.append(Finding(rule, match, sentence, start, end, block.cited))
        yield from sorted(found, key=lambda finding: (finding.start, finding.rule.key))


def _bytes(text: str) -> bytes:
    """One byte a character; letters of other alphabets become question marks."""
    return text.encode("latin-1", "replace")


def _places(compiled: Any, sentence: bytes) -> Iterator[tuple[int, int]]:
    """Where a pattern stands in a sentence; the mark after one place may be the mark before the next."""
    position = 0
    while position <= len(sentence) and (match := compiled.search(sentence, position)):
        yield match.span(1)
        position = max(match.end(1), position + 1)
