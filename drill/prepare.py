"""A site on the new database, with what the drill's forms ask about."""

from django.core.management import call_command

from drill.report import Report


def run(number: int) -> Report:
    """All of the site's content, or with 0 only the two pages the forms name."""
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    call_command("demo_clinic", verbosity=0)
    if number:
        call_command("load_content", verbosity=0)
    else:
        from tests import factories

        factories.condition(slug="knee-osteoarthritis", live=True)
        factories.treatment(slug="prp-injection", live=True)
    return Report()
