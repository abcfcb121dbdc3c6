"""The federal holidays of the United States, each on its own day (not the day it is observed on). Pure."""

from datetime import date, timedelta

MONDAY, THURSDAY = 0, 3


def federal_holidays(year: int) -> list[tuple[date, str]]:
    """Date and name of each, in order."""
    return [
        (date(year, 1, 1), "New Year's Day"),
        (nth_weekday(year, 1, MONDAY, 3), "Martin Luther King Jr. Day"),
        (nth_weekday(year, 2, MONDAY, 3), "Presidents' Day"),
        (last_weekday(year, 5, MONDAY), "Memorial Day"),
        (date(year, 6, 19), "Juneteenth"),
        (date(year, 7, 4), "Independence Day"),
        (nth_weekday(year, 9, MONDAY, 1), "Labor Day"),
        (nth_weekday(year, 10, MONDAY, 2), "Columbus Day"),
        (date(year, 11, 11), "Veterans Day"),
        (nth_weekday(year, 11, THURSDAY, 4), "Thanksgiving Day"),
        (date(year, 12, 25), "Christmas Day"),
    ]


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    """The first, second, … Monday (0) to Sunday (6) of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def last_weekday(year: int, month: int, weekday: int) -> date:
    """The last Monday (0) to Sunday (6) of a month before December."""
    return nth_weekday(year, month + 1, weekday, 1) - timedelta(days=7)
