"""Where gunicorn finds the site."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = get_wsgi_application()

from django.db import connection  # noqa: E402 (Django must be set up first)

from clinic.canary import WrongKeys  # noqa: E402
from clinic.keys import prove_keys  # noqa: E402

try:
    prove_keys()
except WrongKeys as error:
    sys.stderr.write(f"{error}\n")
    # gunicorn takes 3 for "this worker cannot start" and stops, instead of starting it again for ever.
    raise SystemExit(3) from None
finally:
    connection.close()  # a fork must not share it
