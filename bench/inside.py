"""What has to happen inside Django, each time in a process of its own: `python -m bench.inside TASK ...` prints JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def run(environment: dict[str, str], task: str, *arguments: object) -> Any:
    """What the task prints, from another process with this environment."""
    command = [sys.executable, "-m", "bench.inside", task, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{task} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main(task: str, *arguments: str) -> None:
    import django

    django.setup()
    from bench import tasks

    print(json.dumps(tasks.TASKS[task](*arguments)))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    main(*sys.argv[1:])
