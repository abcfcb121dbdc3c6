"""Whether a clinical lead has signed the safety questions as they are now: every sign and word they decide by."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from inquiries import questionnaire, safety
from inquiries.models import SafetySignOff
from therapies.red_flags import RED_FLAGS


def document() -> dict[str, Any]:
    """All that is signed: another wording, level, region, order or word makes it another document."""
    return {
        "version": safety.VERSION,
        "question": [questionnaire.QUESTIONS["safety"].label, questionnaire.QUESTIONS["safety"].hint],
        "ways out": [list(option) for option in questionnaire.SAFETY_EXITS],
        "signs": [asdict(flag) for flag in RED_FLAGS.values()],
        "words": [asdict(word) for word in safety.DANGER_WORDS],
        "alerting": sorted(safety.ALERTING),
    }


def current_hash() -> str:
    """The SHA-256 of the document as it is now."""
    return hashlib.sha256(json.dumps(document(), sort_keys=True).encode()).hexdigest()


def signature() -> SafetySignOff | None:
    """Who signed it as it is now; None: nobody."""
    return SafetySignOff.objects.select_related("signed_by").filter(sha256=current_hash()).first()


def is_signed() -> bool:
    """Has anybody signed it as it is now?"""
    return SafetySignOff.objects.filter(sha256=current_hash()).exists()
