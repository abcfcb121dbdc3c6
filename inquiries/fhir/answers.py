"""What was asked and answered, as FHIR R4 items of a QuestionnaireResponse. Pure.

The wording is the one that was stored with the answer, never today's. A question's key is its linkId, for good.
Codes are the clinic's own: nobody has verified a code of another terminology for these questions.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from inquiries import questionnaire
from inquiries.questionnaire import Kind

JSON = dict[str, Any]

_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_OTHER_SPACES = re.compile(r"[^\S \n\r\t]")
_YES_NO = {"yes": True, "no": False}


def plain(text: object) -> str:
    """The text as FHIR allows it: every space an ordinary one, every end of a line too. Else as it was typed."""
    return _OTHER_SPACES.sub(" ", _LINE_ENDS.sub("\n", str(text))).strip()


def items(group: str, rows: Iterable[Mapping[str, Any]], codes: str) -> list[JSON]:
    """One group of what was asked, in the order it was asked; nothing when nothing was. `codes` is the address that
    names of the clinic's own codes begin with."""
    asked = [_item(row, codes) for row in rows]
    return [{"linkId": group, "item": asked}] if asked else []


def sign_items(rows: Iterable[Mapping[str, str]]) -> list[JSON]:
    """The warning signs, each as asked, with yes or no."""
    asked: list[JSON] = [
        {
            "linkId": f"sign.{row['id']}",
            "text": plain(row["question"]),
            "answer": [_yes_or_no(row["answer"])],
        }
        for row in rows
    ]
    return [{"linkId": "signs", "item": asked}] if asked else []


def _yes_or_no(answer: str) -> JSON:
    return {"valueBoolean": _YES_NO[answer]} if answer in _YES_NO else {"valueString": plain(answer)}


def _item(row: Mapping[str, Any], codes: str) -> JSON:
    wording = " ".join(filter(None, [row["question"], row.get("hint", "")]))
    item: JSON = {"linkId": row["key"], "text": plain(wording)}
    answers = list(_answers(row, codes))
    return {**item, "answer": answers} if answers else item


def _answers(row: Mapping[str, Any], codes: str) -> Iterable[JSON]:
    answer, text = row["answer"], plain(row["text"])
    question = questionnaire.QUESTIONS.get(row["key"])
    kind = question.kind if question else None
    if isinstance(answer, list):
        words = text.split("; ")
        for place, code in enumerate(answer):
            yield _coded(row["key"], code, words[place] if len(words) == len(answer) else "", codes)
    elif isinstance(answer, bool):
        yield {"valueBoolean": answer}
    elif answer in ("", None):
        return
    elif kind is Kind.CONFIRM:
        yield {"valueBoolean": True}
    elif kind is Kind.SCALE and str(answer).isdecimal():
        yield {"valueInteger": int(answer)}
    elif kind in (Kind.ONE, Kind.PAGE):
        yield _coded(row["key"], answer, text, codes)
    elif text:
        yield {"valueString": text}


def _coded(key: str, code: object, words: str, codes: str) -> JSON:
    display = {"display": words} if words else {}
    return {"valueCoding": {"system": f"{codes}/CodeSystem/{key}", "code": plain(code), **display}}
