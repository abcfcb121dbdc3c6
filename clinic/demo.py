"""Makes the demonstration: a clinic in the United States that says it is none, and an account for each role."""

import secrets
from datetime import date, time

from django.contrib.auth.models import Group
from django.db import transaction

from clinic import two_step
from clinic.models import ClinicProfile, Holiday, OpeningHours, Staff, Weekday
from clinic.us_holidays import federal_holidays

PROFILE = {
    "name": "Alderway",
    "tagline": "Pain and regenerative medicine",
    "phone": "(202) 555-0143",  # 555-01xx numbers are kept free for this
    "email": "hello@alderway.example",
    "address": "1 Example Street\nExampletown",
    "how_to_find_us": "This is a demonstration. There is no building to find at this address.",
    "building_access": "A real clinic says here how to get in without steps, where the nearest accessible toilet is, "
    "whether there is a hearing loop, and how to ask for an interpreter.",
    "existing_patients": "If you are already a patient of a clinic, call the number on your appointment letter. "
    "Do not use the request form to change an appointment or to ask about results.",
    "country": "US",
    "time_zone": "America/New_York",
    "currency": "USD",
    "emergency_number": "911",
    "crisis_line": "988 Suicide & Crisis Lifeline (call or text 988)",
    "is_demo": True,
}
OPENS, CLOSES = time(8), time(18)

ADMINISTRATOR = "admin"
ACCOUNTS = {
    "author": "Content author",
    "editor": "Editor",
    "reviewer": "Clinical reviewer",
    "frontdesk": "Front desk",
    "nurse": "Triage nurse",
    "clinician": "Clinician",
    "manager": "Manager",
    "privacy": "Privacy officer",
    "auditor": "Auditor",
    ADMINISTRATOR: "",
}


class NotADemonstration(Exception):
    """The clinic is real: it gets no demonstration accounts."""


@transaction.atomic
def make_clinic(today: date) -> bool:
    """The demonstration clinic with its hours, and the holidays of this year and the next. False if there is a clinic."""
    if ClinicProfile.objects.exists():
        return False
    ClinicProfile.objects.create(**PROFILE)
    for weekday in (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY):
        OpeningHours.objects.get_or_create(weekday=weekday, opens=OPENS, defaults={"closes": CLOSES})
    for year in (today.year, today.year + 1):
        for day, name in federal_holidays(year):
            Holiday.objects.get_or_create(date=day, defaults={"name": name})
    return True


@transaction.atomic
def make_staff(*, reset: bool = False) -> dict[str, str]:
    """One account for each role. Returns the passwords that are new, by user name.

    An account that is there is left alone, but for `reset`: then a demonstration account gets a new password and loses
    its authenticator. An account somebody made under one of these names is never touched.
    """
    if not ClinicProfile.is_demonstration():
        raise NotADemonstration
    passwords = {}
    for username, role in ACCOUNTS.items():
        staff = Staff.objects.filter(username=username).first()
        if staff is None:
            staff = Staff(username=username, is_staff=True, is_superuser=not role, is_demo=True)
        elif not (reset and staff.is_demo):
            continue
        passwords[username] = new_password()
        staff.set_password(passwords[username])
        staff.is_active = True
        staff.save()
        staff.groups.set(Group.objects.filter(name=role))
        two_step.reset(staff)
    return passwords


def new_password() -> str:
    """Twenty letters in five groups that can be read aloud: about 60 random bits."""

    def syllable() -> str:
        return secrets.choice("bdfghjklmnprstvz") + secrets.choice("aeiou")

    return "-".join(syllable() + syllable() for _ in range(5))
