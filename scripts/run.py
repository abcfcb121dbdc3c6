"""`make run`: from a bare machine to a running site. Needs only Python 3.11 with venv; standard library only.

It brings `.venv` up to date, writes `.env` if there is none, and hands over to serve.py inside the virtual environment.
"""

import os
import sys

if sys.version_info < (3, 11):  # before any import that an older Python could not read
    sys.exit("Python 3.11 or newer is needed; this is {}.{}.".format(*sys.version_info[:2]))

import env_file
import packages


def main():
    try:
        packages.bring_up_to_date("requirements.txt")
        env_file.write_once(packages.ROOT / ".env")
    except packages.CannotPrepare as problem:
        sys.exit(str(problem))
    except OSError as problem:
        sys.exit(f"The project's folder cannot be written: {problem}.")
    except KeyboardInterrupt:
        sys.exit(130)
    python = str(packages.PYTHON)
    os.chdir(packages.ROOT)
    os.execv(python, [python, "scripts/serve.py"])


if __name__ == "__main__":
    main()
