"""Makes the tables and the page that is asked about: `python -m bench.two_rows.begin`."""

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (Django must be set up first)

from bench.two_rows.models import Page  # noqa: E402

call_command("migrate", verbosity=0, interactive=False)  # the accounts first: an inquiry refers to them
call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
Page.objects.create(slug="page-7")
