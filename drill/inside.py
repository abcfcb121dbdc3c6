"""The drill on one database, inside Django: `python -m drill.inside PART=NUMBER ...` prints a line of JSON for each."""

import contextlib
import json
import os
import sys
import traceback

from bench.inside import ROOT


def main(arguments: list[str]) -> None:
    if "DRILL_DATA" not in os.environ:
        raise SystemExit("The drill fills and breaks a database: `make drill` gives it one of its own.")
    import django

    django.setup()

    from drill import killing, mails, prepare, stopping
    from drill.report import Report

    parts = {"prepare": prepare.run, "kill": killing.run, "mail": mails.run, "stop": stopping.run}
    for argument in arguments:
        part, _, number = argument.partition("=")
        try:
            with contextlib.redirect_stdout(sys.stderr):
                report = parts[part](int(number))
        except Exception:
            report = Report(breaches=[f"broke off: {traceback.format_exc()[-1500:]}"])
        print(json.dumps({"part": part, **report.as_data()}), flush=True)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "scripts"))
    from drill import endings

    endings.clean_up_once()
    main(sys.argv[1:])
