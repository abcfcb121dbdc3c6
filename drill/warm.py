"""What a process of the drill has loaded before it is told what to do: each is a fork of one that imported this."""

import django

django.setup()

import gunicorn.app.wsgiapp  # noqa: E402, F401
import gunicorn.workers.gthread  # noqa: E402, F401

import clinic.urls  # noqa: E402, F401
from drill import mails  # noqa: E402, F401
