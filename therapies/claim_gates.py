"""The claim guard over a page document: what its texts may not say as they stand."""

from collections.abc import Collection, Iterable, Iterator

from therapies.claims import NEEDS_SOURCE, Finding, Rule, findings
from therapies.document_texts import texts_of
from therapies.gate_rules import BLOCK, WARN, Document, Gate, Sources

# Kinds of source that a claim may rest on. An observational study or a trial registry shows no benefit.
SUFFICIENT = {"guideline", "systematic_review", "rct", "regulator", "court"}

Waived = Collection[tuple[str, str]]


def claim_gates(document: Document, sources: Sources, rules: Iterable[Rule], waived: Waived) -> Iterator[Gate]:
    """A gate for each claim in the texts of a page. `waived`: (key of the rule, sentence) that a clinician let stand."""
    rules = tuple(rules)
    for text in texts_of(document):
        yield from text_gates(text.where, text.text, rules, sources, cited=text.sources, waived=waived)


def text_gates(
    where: str, text: str, rules: Iterable[Rule], sources: Sources, *, cited: Iterable[str] = (), waived: Waived = ()
) -> Iterator[Gate]:
    """A gate for each claim in one text; `cited` are the sources that stand beside the whole of it."""
    beside, told = tuple(cited), set()
    for finding in findings(text, rules):
        mark = (finding.rule.key, finding.sentence)
        if mark in waived or mark in told or _is_sourced(finding, beside, sources):
            continue
        told.add(mark)
        yield gate_of(finding, where)


def gate_of(finding: Finding, where: str) -> Gate:
    """What an editor is told of one finding."""
    rule = finding.rule
    fixes = [f"Write instead, for example: “{rule.suggestion}”."] if rule.suggestion else ["Say it without this."]
    if rule.severity == NEEDS_SOURCE:
        fixes.append("Or cite a guideline, a review, a randomized trial, a regulator or a court in the same paragraph.")
    return Gate(
        "claim",
        WARN if rule.severity == WARN else BLOCK,
        where,
        f"“{finding.match}” in “{finding.sentence}”: {rule.message}",
        " ".join(fixes),
        rule.key,
        finding.sentence,
    )


def _is_sourced(finding: Finding, beside: tuple[str, ...], sources: Sources) -> bool:
    if finding.rule.severity != NEEDS_SOURCE:
        return False
    return any(
        sources[key].kind in SUFFICIENT and sources[key].status != "retracted" and sources[key].check != "to_confirm"
        for key in (*finding.cited, *beside)
        if key in sources
    )
