"""Lists of words that claim rules share: `{surgery}` in a pattern stands for any word of that list.

Written as in a pattern: a space also stands for a hyphen, `\\w*` is the rest of a word.
"""

import re
from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "avoid": (
        r"avoid\w*|skip\w*|escap\w+|dodg\w+|bypass\w*|forget\w*|postpon\w+|delay\w*|cancel\w*|prevent\w*|"
        r"ditch\w*|eliminat\w+|forgo\w*|sidestep\w*|spar(e|es|ed|ing)|instead of|rather than|say no to|"
        r"no need for|never need\w*|no longer need\w*|put off|steer clear of|in place of"
    ),
    "body": (
        r"joints?|knees?|hips?|shoulders?|backs?|spines?|necks?|elbows?|ankles?|feet|hands|wrists?|dis[ck]s?|"
        r"vertebrae|body|bodies|muscles?"
    ),
    "boost": (
        r"stimulat\w+|promot\w+|accelerat\w+|speed\w*|boost\w*|trigger\w*|activat\w+|(kick|jump|re) ?start\w*|"
        r"spur\w*|ignit\w+|unlock\w*|unleash\w*|awaken\w*|encourag\w+|harness\w*|enhanc\w+|foster\w*|"
        r"facilitat\w+|amplif\w+|optimi[sz]\w+|maximi[sz]\w+|tap\w* into|wak(e|es|ing) up|support(s|ing)"
    ),
    "cells": (
        r"stem cells?|cells|cell therap\w+|PRP|platelets?( rich plasma)?|plasma|exosomes?|growth factors?|"
        r"wharton'?s jelly|amniotic \w+|umbilical \w+|cord blood|bone marrow \w+|regenerative \w+|"
        r"cellular (therap\w+|medicine)|prolotherapy|shock ?waves?|lasers?"
    ),
    "defeat": (
        r"beat\w*|outsmart\w*|defeat\w*|conquer\w*|banish\w*|crush\w*|kick\w*|eras\w+|eliminat\w+|end|ends|"
        r"ending|melt\w*|dissolv\w+|silenc\w+|knock\w* out|zap\w*|vanquish\w*|overcom(e|es|ing)|get rid of|"
        r"put a stop to|wip(e|es|ing) out|eradicat\w+|(goodbye|farewell)( to)?"
    ),
    "disease": (
        r"neuropath\w+|COPD|emphysema|asthma|MS|multiple sclerosis|parkinson\w*|alzheimer\w*|dementia|"
        r"autis\w+|ALS|lupus|crohn\w*|diabetes|fibromyalgia|hair loss|erectile \w+|migraines?|strokes?|"
        r"heart (disease|failure)|kidney \w+|infertility|lyme|chronic fatigue|depression|anxiety|long covid|"
        r"cerebral palsy|wrinkles|low libido|allergies"
    ),
    "drips": (
        r"drips?|infusions?|IV (therap\w+|treatments?|vitamins?)|ozone|glutathione|vitamin [BCD]\w*|NAD\+?|"
        r"peptides?|BPC 157|TB 500|thymosin|myers'? cocktails?|hydrogen|hyperbaric \w+|chelation|cocktails?"
    ),
    "heal": (
        r"heal(s|ed|ing)?|repair(s|ed|ing)?|re ?generat(e|es|ed|ing|ion)|re ?grow(s|n|ing|th)?|re ?grew|"
        r"re ?build(s|ing)?|re ?built|restor(e|es|ed|ing|ation)|renew\w*|rejuvenat\w+|mend(s|ed|ing)?|"
        r"re ?construct\w*|revitali[sz]\w*|replenish\w*|reviv\w+|rehydrat\w+|revers(e|es|ed|ing)|reclaim\w*|"
        r"rediscover\w*"
    ),
    "living": (
        r"mobility|movement|function|strength|flexibility|independence|freedom|life|lives|lifestyle|"
        r"quality of life|vitality|youth\w*|energy|confidence|comfort|stamina|balance|active \w+|motion|"
        r"health"
    ),
    "medicine": (
        r"medications?|medicines?|meds|pills|tablets|pain ?killers?|drugs?|opioids?|prescriptions?|steroids?|"
        r"cortisone|NSAIDs?|anti inflammator\w+"
    ),
    "much": (
        r"completely|totally|entirely|fully|perfectly|absolutely|100 ?%|virtually|practically|highly|"
        r"extremely|very|incredibly|remarkably|exceptionally|truly|inherently|amazingly|proven|so"
    ),
    "number": (
        r"\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
        r"sixteen|seventeen|eighteen|nineteen|twenty"
    ),
    "pain": (
        r"pains?|aches?|aching|suffering|stiffness|soreness|arthritis|osteoarthritis|sciatica|agony|hurting|"
        r"misery"
    ),
    "people": (
        r"patients?|people|clients|customers|men and women|individuals|sufferers|users|athletes|players|"
        r"visitors"
    ),
    "strong": (
        r"real|true|lasting|long(er)? lasting|fast|quick|rapid|big|dramatic|remarkable|amazing|incredible|"
        r"outstanding|impressive|proven|superior|excellent|permanent|powerful|complete|total|lifelong|"
        r"exceptional|extraordinary|life changing|optimal|immediate|instant|profound|spectacular|astonishing|stunning|wonderful|fantastic|phenomenal|unparalleled"
    ),
    "surgery": (
        r"surger\w+|surgical \w+|operations?|operating (table|room|theatre)|surgeons?|(knee|hip|joint|"
        r"shoulder|disc|total) replacements?|replacements|the (knife|scalpel|surgeon|hospital|operating \w+)|"
        r"fusion|going under|(an? )?scalpels?"
    ),
    "therapy": (
        r"treatments?|therap(y|ies)|injections?|procedures?|protocols?|program(me)?s?|approach(es)?|shots?|"
        r"infusions?|techniques?|methods?|solutions?|options?|alternatives?|sessions?|remed(y|ies)|medicine|"
        r"care"
    ),
    "tissue": (
        r"tissues?|cartilage|dis[ck]s?|tendons?|ligaments?|meniscus|menisci|joints?|muscles?|nerves?|bones?|"
        r"collagen|rotator cuffs?|(knee|hip|shoulder|spine)s?|cushion\w*|labrum|hair|skin|follicles?"
    ),
}
NAME = re.compile(r"\{([a-z]+)\}")


def unknown(pattern: str) -> str | None:
    """The first name in a pattern that no list has, or None."""
    return next((name for name in NAME.findall(pattern) if name not in WORDS), None)


def spelled_out(pattern: str) -> str:
    """The pattern with the words of each list in place of its name."""
    return NAME.sub(lambda name: f"(?:{WORDS[name[1]]})" if name[1] in WORDS else name[0], pattern)
