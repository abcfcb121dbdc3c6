from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.db.models.signals import post_delete, post_migrate, post_save, pre_delete


class TherapiesConfig(AppConfig):
    name = "therapies"
    verbose_name = "Conditions and treatments"

    def ready(self):
        from clinic import outbox, upkeep
        from clinic.models import Clinician, ClinicProfile, Holiday, OpeningHours
        from therapies import reminders
        from therapies.models import (
            Article,
            Condition,
            GlossaryTerm,
            QuestionToAsk,
            RegulatoryStatus,
            Source,
            Treatment,
        )

        # Live facts: readers see them as soon as they are saved. Bulk writes send no signal; whoever makes them says
        # library_changed() himself. Pages are among them for their next review date, a treatment for its prices too.
        for model in (
            *(ClinicProfile, OpeningHours, Holiday, Clinician),
            *(Source, GlossaryTerm, QuestionToAsk, RegulatoryStatus, Condition, Treatment, Article),
        ):
            for signal in (post_save, post_delete):
                signal.connect(live_fact_changed, sender=model, dispatch_uid=f"live fact {model.__name__} {id(signal)}")
        upkeep.register("publish scheduled", publish_scheduled)
        upkeep.register("review reminders", reminders.owe_reminders)
        outbox.register(reminders.KIND, reminders.render)
        pre_delete.connect(keep_used_source, sender=Source, dispatch_uid="keep used source")
        post_migrate.connect(begin_library, sender=self, dispatch_uid="begin library")


def live_fact_changed(**kwargs):
    from therapies import publishing

    publishing.library_changed()


def publish_scheduled(now):
    from therapies import publishing

    return publishing.run_schedule(now)


def keep_used_source(instance, **kwargs):
    """Many-to-many rows would go quietly with a source; so a source in use is refused, as PROTECT does elsewhere."""
    from django.db.models import ProtectedError

    if uses := instance.uses():
        raise ProtectedError(f"{instance.key} is in use: {', '.join(uses)}.", {instance})


def begin_library(using, apps=installed_apps, **kwargs):
    """Every database has the one row of the library's version, also one that a test has just emptied."""
    from therapies.publishing import new_version

    try:
        state = apps.get_model("therapies", "LibraryState")
    except LookupError:  # migrated back to nothing
        return
    state.objects.using(using).get_or_create(pk=1, defaults={"version": new_version()})
