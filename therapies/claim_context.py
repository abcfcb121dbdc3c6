"""Whether the words around a claim make it honest: a reader of "no treatment can cure it" is promised nothing.

The words are looked for in the same clause, where a reader connects them with the claim.
"""

import re

# Where a reader starts anew: "It is not a drug, but it heals" denies the drug, not the healing.
CLAUSE_END = re.compile(
    r"""[;:()]|\s[-–—]+\s|[–—]|
        ,\s+(?=(?:and\s+|so\s+|but\s+|yet\s+)?(?:it|they|we|you|our|your|this|these|those|he|she|i|my|its|their|prp|
               stem|regenerative|exosomes|just|only|simply)\b)|
        ,?\s+\b(?:but|yet|because(?!\s+of)|instead|whereas|however|therefore|thus|so\s+that|while|unlike)\b""",
    re.IGNORECASE | re.VERBOSE,
)

TRIAL = r"trials?|stud(?:y|ies)|research|evidence|proof|data|reviews?|guidelines?|reason\s+to\s+(?:think|believe)"
THING = (
    r"treatments?|therap(?:y|ies)|injections?|products?|medicines?|drugs?|supplements?|cells?|stem|PRP|exosomes?|"
    r"operations?|surgery|cures?|one|way|clinics?|doctors?|tests?|form|known"
)
SELLER = (
    r"clinics?|companies|company|sellers?|websites?|advertis\w+|adverts?|ads?|marketing|brochures?|anyone|anybody|"
    r"someone|somebody|people\s+who\s+sell|others|articles?|headlines?|news"
)

# Denied or doubted, anywhere before the claim in its clause.
BEFORE = re.compile(
    rf"""
    \b(?:no|not\s+any|little|without|lacks?|lack\s+of|insufficient|not\s+enough|limited|weak|poor|low[\s-]\w+)\s+
        (?:\w+[\s-]+){{0,3}}?(?:{TRIAL})\b |
    \bno\s+(?!other\b|longer\b|wonder\b|doubt\b|matter\b)(?:\w+[\s-]+){{0,3}}?(?:{THING})\b |
    \bno\s+such\b | \bnone\s+of\b | \bneither\b | \bnobody\b | \bno\s+one\b |
    (?:\bnot|n't|\bnever|\bcannot|\bhas\s+yet\s+to)\s+(?:yet\s+|been\s+|be\s+|actually\s+|clearly\s+|so\s+far\s+)*
        (?:shown?|proven|proved?|known|established|clear|certain|sure|confirmed|demonstrated?|approved|found|evidence|
           mean|means|believe|trust|say|says|claim|promise|expect|supported|possible|guarantee|use|recommend\w*)\b |
    \b(?:whether|if\s+a\s+(?:clinic|company|seller)|unproven|uncertain|unclear|unknown|unlikely|(?<!no\s)doubt\w*|disproved)\b |
    \b(?:beware|wary|careful|cautious|suspicious|warn\w*|myths?|mislead\w*|falsely|untrue|hype|so-called|
        avoid\s+\w+\s+that)\b |
    \bclaim(?:s|ed|ing)?\s+(?:that|to)\b |
    \bstop(?:ped|s)?\s+(?:saying|claiming|advertising|promising)\b | \b(?:clinics?|people|companies)\s+(?:that|who)\s+sell\b |
    \b(?:marketed|advertised|sold|promoted|described|touted)\s+(?:as|for|to|with|online)\b |
    \b(?:small|early|older|few)\s+(?:trials|studies)\s+(?:\w+\s+)?(?:report\w*|found|suggest\w*|saw)\b |
    \b(?:the\s+idea\s+is|(?:joint|body|bone)\s+tries\s+to)\b | \bdo(?:es)?\s+more\s+than\s*\Z |
    \b(?:phrases?|words|slogans?)\s+(?:like|such\s+as)\b | \b(?:phrase|word|term|slogan)\s+["'“‘]\Z | \b(?:pitch|advert\w*)\s*:\s*\Z |
    \b(?:has|have|needs?|must)\s+(?:to\s+)?(?:first\s+)?be\s+(?:(?:proven|shown|tested)(?:\s+to)?\s+)?\Z | \bsome\s+(?:promise|claim|say|advertise)\b |
    \bnothing\s+(?:can|could|will|has)\b | \b(?:scientists|researchers)\s+hope\b |
    \bask\s+(?:(?:the|your|a|any)\s+\w+|them|what|whether|if|who|how\s+many)\b | \bto\s+show\s+(?:that|whether)\b |
    \b(?:surgery|operations?)\s+(?:\w+\s+)?(?:to|for|can|may|might)\s*(?:(?:still\s+|also\s+)?be\s+(?:the\s+|an?\s+)?)?\Z |
    \b(?:have|has)\s+(?:read|heard|seen|been\s+told)\b | \bare\s+told\b |
    \b(?:in\s+(?:the|a)\s+(?:laboratory|lab|dish)|laboratory\s+(?:studies|tests|work)|in\s+(?:animals|mice|rats)|
        animal\s+studies)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Put in the mouth of those who sell it. Who speaks of "our clinic" speaks for themselves.
SOLD = re.compile(
    rf"""
    (?<!unlike\s)(?<!than\s)(?<!other\s)(?<!let\s)\b(?:{SELLER})\b[^,]*?
        \b(?:say|says|said|claim|claims|claimed|promise|promises|advertise|advertises|offer|offers|tell|tells|speak|
           speaks)\b |
    \b(?:unsubstantiated|deceiv\w+|deceptive\w*|illegal\w*|purported\w*|concerned\s+that|banned|fined)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
OURS = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
# A plain "not" reaches a few words ahead; "not only" and "do not wait" deny nothing.
NOT = re.compile(
    r"""(?<!why\s)(?:\bnot\b|n't\b|\bnever\b|\bcannot\b|\bnor\b|\bhardly\b|\brarely\b|(?<!never\s)\bfail(?:s|ed)?\s+to\b|
           \bwithout\b|\bno\b|\bnothing\b)
        (?!\s+(?:only|just|merely|simply|to\s+mention|wait|delay|miss|hesitate|let|settle|suffer|felt|fails?|other|
                 wonder|matter|doubt|have\s+to|need|drugs?|pills?|surgery|downtime|cutting|scalpel|
                 else|beats|works|compares|long\s+ago|is\s+(?:better|safer|more))\b)""",
    re.IGNORECASE | re.VERBOSE,
)
REACH = {"no": 2, "without": 2, "nothing": 2}  # words; any other reaches FAR
FAR = 6

# Denied or doubted after the claim: "Regrowth of cartilage has not been shown."
AFTER = re.compile(
    rf"""
    \b(?:has|have|had|is|are|was|were|does|do|did|can|could|cannot|been|be)(?:\s+not|n't|\s+never)?\s+
        (?:yet\s+|also\s+|still\s+|not\s+|never\s+|so\s+far\s+|been\s+|very\s+|largely\s+)*
        (?:unproven|uncertain|unknown|unclear|unlikely|untrue|false|misleading|(?:a\s+)?myths?|not\s+true|impossible|
           debated|disputed|against\s+the\s+law|illegal|banned|a\s+warning|red\s+flags?|an?\s+(?:ideas?|claims?|slogans?))\b |
    (?:\bnot|n't|\bnever|\bcannot)\s+(?:yet\s+|been\s+|be\s+|so\s+far\s+|clearly\s+|well\s+)*
        (?:shown|proven|proved|known|established|approved|mean|support(?:ed)?|demonstrated|confirmed|promised|guaranteed|true|
           clear|certain|evidence|used|counted|accepted|published|shared|advised|recommended|tested|studied|compared|
           assessed|help|helped|found|better|show|prove)\b |
    \bno\s+(?:better|different|more\s+\w+)\s+than\b |
    \bremains?\s+(?:\w+\s+)?(?:unproven|uncertain|unknown|unclear)\b |
    \b(?:no|little|weak|limited)\s+(?:\w+\s+){{0,2}}(?:{TRIAL})\b |
    \b(?:in\s+(?:the|a)\s+(?:laboratory|lab|dish)|in\s+(?:animals|mice|rats)|in\s+(?:the|that|one)\s+(?:trial|study))\b
    """,
    re.IGNORECASE | re.VERBOSE,
)

# A question somebody brings: "Will it regrow my cartilage?", or that speaks to nobody: "Can cells regrow cartilage?"
ASKED = re.compile(
    r"""(?:(?:can|does|do|is|are|will)\b(?!.*\b(?:you|your|we|our|us)\b).*|
        (?:is|are|was|will|would|does|do|did|can|could|has|have|how|what|which|who|when|should)\b.*\b(?:my|i|me)\b.*)
        \?\W*\Z""",
    re.IGNORECASE | re.VERBOSE,
)
# A result told with what it was compared with, as a trial tells it.
COMPARED = re.compile(
    r"\b(?:placebo|dummy|sham|salt\s+water|no\s+treatment|(?:control|comparison)\s+group)\b", re.IGNORECASE
)
# "No drugs, no surgery": each promises its own, none denies the next.
LISTED = re.compile(r"(?:,|\band|\bor)\s+\Z", re.IGNORECASE)
DENIAL = re.compile(r"\b(?:not|no|never|none|cannot|neither|nor|without|zero|unproven)\b|n't\b", re.IGNORECASE)


def is_question(sentence: str) -> bool:
    return sentence.rstrip("\"')").endswith("?")


def is_compared(sentence: str) -> bool:
    """Whether a result stands beside what it was compared with: a dummy injection, no treatment."""
    return COMPARED.search(sentence) is not None


def is_honest(sentence: str, start: int, end: int, *, intro: str = "") -> bool:
    """Whether the words at `start` to `end` are denied, doubted or only reported where they stand.

    `intro` is the sentence that leads into a list: what it denies, it denies of every line.
    """
    begins = max((match.end() for match in CLAUSE_END.finditer(sentence, 0, start)), default=0)
    if LISTED.search(sentence, 0, start) and DENIAL.match(sentence, start):
        begins = start
    ends = CLAUSE_END.search(sentence, end)
    return (
        _denied(sentence, begins, start)
        or (intro != "" and _denied(intro, 0, len(intro)))
        or AFTER.search(sentence, end, ends.start() if ends else len(sentence)) is not None
        or ASKED.match(sentence) is not None
    )


def _denied(sentence: str, begins: int, start: int) -> bool:
    """Whether something between these places denies or doubts what follows it."""
    if BEFORE.search(sentence, begins, start):
        return True
    if SOLD.search(sentence, begins, start) and not OURS.search(sentence, begins, start):
        return True
    for match in NOT.finditer(sentence, begins):
        if match.end() > start:
            break
        if len(sentence[match.end() : start].split()) <= REACH.get(match[0].lower(), FAR):
            return True
    return False
