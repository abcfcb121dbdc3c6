"""Where mail goes."""

from django.conf import settings

from clinic.models import ClinicProfile

SERVER = "server"
FILES = "files"
NOWHERE = "nowhere"


def mail_route() -> str:
    """SERVER; FILES under var/mail, in the demonstration; NOWHERE: a real clinic without a mail server sends nothing."""
    if settings.EMAIL_HOST:
        return SERVER
    return FILES if ClinicProfile.is_demonstration() else NOWHERE
