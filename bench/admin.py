"""What staff wait for: each list and form of pages in the admin, and the publishing page."""

import time
import warnings

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Staff
from therapies.models import Condition, GlossaryTerm, OutcomeEvidence, Revision, Source, Treatment

TIMES = 3
CONDITION, TREATMENT = "knee-osteoarthritis", "prp-injection"  # the same rows, however many stand around them


def views() -> dict[str, dict[str, float]]:
    """Queries and milliseconds of each view, by its name."""
    warnings.simplefilter("ignore")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(administrator())
    client.get(reverse("admin:index"))
    return {name: timed(client, path) for name, path in paths().items()}


def administrator() -> Staff:
    staff, _ = Staff.objects.get_or_create(
        username="bench", defaults={"is_staff": True, "is_superuser": True, "is_demo": True}
    )
    return staff


def paths() -> dict[str, str]:
    found = {"home": reverse("admin:index"), "everything scheduled": reverse("admin:therapies_scheduled")}
    for model in (Condition, Treatment, OutcomeEvidence, Source, Revision, GlossaryTerm):
        name = model._meta.verbose_name_plural
        found[f"list of {name}"] = reverse(f"admin:therapies_{model._meta.model_name}_changelist")
    condition, treatment = Condition.objects.get(slug=CONDITION), Treatment.objects.get(slug=TREATMENT)
    for row in (condition, treatment, condition.evidence.first(), Source.objects.earliest("pk")):
        model = type(row)
        found[f"form of a {model._meta.verbose_name}"] = reverse(
            f"admin:therapies_{model._meta.model_name}_change", args=[row.pk]
        )
    found["publishing of a condition"] = reverse("admin:therapies_condition_publishing", args=[condition.pk])
    found["search in conditions"] = found["list of conditions"] + "?q=knee"
    return found


def timed(client: Client, path: str) -> dict[str, float]:
    took = []
    for _ in range(TIMES):
        with CaptureQueriesContext(connection) as caught:
            begin = time.perf_counter()
            answer = client.get(path)
            took.append((time.perf_counter() - begin) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return {"queries": len(caught), "ms": min(took), "kB": len(answer.content) / 1000}
