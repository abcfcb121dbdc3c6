"""The clinic as readers see it: one frozen value, read with a handful of queries."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from django.conf import settings

from clinic.business_time import Calendar, clock
from clinic.models import Clinician, ClinicProfile, Holiday, OpeningHours, Weekday

Hours = tuple[int, datetime.time, datetime.time]


@dataclass(frozen=True)
class Clinic:
    """Who, where and when. `tel` is the phone for a link, "" if it is not a number; `hours_text` says the hours."""

    name: str
    tagline: str
    phone: str
    tel: str
    email: str
    address_lines: tuple[str, ...]
    how_to_find_us: str
    building_access: str
    existing_patients: str
    country: str
    time_zone: str
    currency: str
    emergency_number: str
    crisis_line: str
    cell_therapy_notice: str
    is_demo: bool
    hours: tuple[Hours, ...]
    hours_text: str
    holidays: tuple[tuple[datetime.date, str], ...]

    @cached_property
    def calendar(self) -> Calendar:
        """The opening hours and holidays, for business_time."""
        return Calendar(self.hours, frozenset(day for day, _ in self.holidays), ZoneInfo(self.time_zone))


def read_clinic() -> Clinic:
    """The clinic from its profile, hours and holidays; without a profile what the environment says about it."""
    return _clinic(
        ClinicProfile.objects.first() or ClinicProfile(name=settings.FALLBACK_CLINIC_NAME),
        tuple(OpeningHours.objects.values_list("weekday", "opens", "closes")),
        tuple(Holiday.objects.values_list("date", "name")),
    )


def fallback_clinic() -> Clinic:
    """What a process that has never reached the database may still say: name, phone and emergency number."""
    # Whether it is a demonstration is not known: an outage must not tell patients that their clinic is not real.
    return _clinic(ClinicProfile(name=settings.FALLBACK_CLINIC_NAME, is_demo=False), (), ())


def _clinic(
    profile: ClinicProfile, hours: tuple[Hours, ...], holidays: tuple[tuple[datetime.date, str], ...]
) -> Clinic:
    phone = profile.phone or settings.FALLBACK_PHONE
    return Clinic(
        name=profile.name,
        tagline=profile.tagline,
        phone=phone,
        tel=dialled(phone, profile.country),
        email=profile.email,
        address_lines=tuple(line.strip() for line in profile.address.splitlines() if line.strip()),
        how_to_find_us=profile.how_to_find_us,
        building_access=profile.building_access,
        existing_patients=profile.existing_patients,
        country=profile.country,
        time_zone=profile.time_zone,
        currency=profile.currency,
        emergency_number=profile.emergency_number or settings.FALLBACK_EMERGENCY_NUMBER,
        crisis_line=profile.crisis_line,
        cell_therapy_notice=profile.cell_therapy_notice,
        is_demo=profile.is_demo,
        hours=hours,
        hours_text=hours_in_words(hours),
        holidays=holidays,
    )


def read_clinicians() -> tuple[dict[str, Any], ...]:
    """The clinicians shown on the site."""
    return tuple(clinician_facts(clinician) for clinician in Clinician.objects.filter(is_active=True))


def clinician_facts(clinician: Clinician) -> dict[str, Any]:
    """What readers may know about a clinician."""
    return {
        "slug": clinician.slug,
        "name": clinician.name,
        "credentials": clinician.credentials,
        "job_title": clinician.job_title,
        "registration_body": clinician.registration_body,
        "registration_number": clinician.registration_number,
        "credentials_checked_on": clinician.credentials_checked_on,
        "bio": clinician.bio,
        "competing_interests": clinician.competing_interests,
        "url": f"/about/clinicians/{clinician.slug}/" if clinician.is_active else "",
    }


def dialled(phone: str, country: str) -> str:
    """The number as a telephone dials it (+12025550100), or "" for what is no number."""
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def hours_in_words(hours: tuple[Hours, ...]) -> str:
    """Neighbouring days with the same hours are said together: Monday to Friday, 8 am to 6 pm; Saturday, …"""
    by_day: dict[int, list[str]] = {}
    for weekday, opens, closes in hours:
        by_day.setdefault(weekday, []).append(f"{clock(opens)} to {clock(closes)}")
    stretches: list[tuple[list[int], str]] = []
    for weekday, times in sorted(by_day.items()):
        said = " and ".join(times)
        if stretches and stretches[-1][1] == said and stretches[-1][0][-1] == weekday - 1:
            stretches[-1][0].append(weekday)
        else:
            stretches.append(([weekday], said))
    return "; ".join(f"{_days(weekdays)}, {said}" for weekdays, said in stretches)


def week_in_words(hours: tuple[Hours, ...]) -> list[tuple[str, str]]:
    """Each day of the week with its hours, Monday first: ("Monday", "8 am to noon and 1 pm to 6 pm"), ("Sunday", "Closed")."""
    days = []
    for weekday in Weekday:
        times = [f"{clock(opens)} to {clock(closes)}" for day, opens, closes in hours if day == weekday]
        days.append((str(weekday.label), " and ".join(times) or "Closed"))
    return days


def _days(weekdays: list[int]) -> str:
    first, last = Weekday(weekdays[0]).label, Weekday(weekdays[-1]).label
    if len(weekdays) == 1:
        return str(first)
    return f"{first} and {last}" if len(weekdays) == 2 else f"{first} to {last}"
