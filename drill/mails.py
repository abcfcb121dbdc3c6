"""Many mails against a server that misbehaves in turn: none is lost, and none comes twice without a reason."""

import os
import signal
import threading
from multiprocessing.process import BaseProcess
from uuid import uuid4

from django.conf import settings
from django.db import connections
from django.utils import timezone

from clinic import delivery, outbox
from clinic.models import OutboxEmail
from drill import forks, mail_server
from drill.report import Report

KIND = "drill.mail"
EVERY_REFUSED = 20  # one address in so many does not exist
CRASHES = 5  # of workers
PASSES_UNTIL_WELL = 40


def run(number: int) -> Report:
    """Owe so many, try some of them in each mood of the server, then all until nothing waits."""
    report = Report()
    server = mail_server.Server(settings.EMAIL_TIMEOUT)
    server.up()
    _use(server.port)
    OutboxEmail.objects.waiting().update(state=OutboxEmail.State.CANCELLED)  # what other parts of the drill left
    for each in range(number):
        name = mail_server.REFUSED if each % EVERY_REFUSED == 0 else "person"
        outbox.owe(kind=KIND, about=("drill", uuid4()), to=f"{name}{each}@example.com", dedupe_key=f"drill {each}")
    part = number // len(mail_server.MOODS) + 1
    for mood in mail_server.MOODS:
        server.mood = mood
        if mood == "down":
            server.down()
            _send(part)
            server.up()
        elif mood == "crashing":
            report.count("workers killed", _crash(server, part))
        else:
            _send(part)
        _time_goes_by()
    for _ in range(PASSES_UNTIL_WELL):
        if not OutboxEmail.objects.filter(kind=KIND).waiting().exists():
            break
        _send(number)
        _time_goes_by()
    server.down()
    _check(server, report)
    return report


def _send(limit: int) -> None:
    """Two workers at the same time."""

    def work() -> None:
        try:
            delivery.send_due(limit=limit)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _time_goes_by() -> None:
    """Pauses and leases are over."""
    OutboxEmail.objects.filter(kind=KIND).waiting().update(send_after=timezone.now())


def _crash(server: mail_server.Server, limit: int) -> int:
    """Kill workers with -9 when the server has taken a message, before they can write that it is sent."""
    killed = 0
    for _ in range(CRASHES):
        connections.close_all()
        with forks.running(work, server.port, limit) as worker:

            def kill(message_id: str, worker: BaseProcess = worker) -> None:
                server.unanswered[message_id] += 1
                os.killpg(worker.pid or 0, signal.SIGKILL)  # before it hears the reply

            server.after_taking = kill
            worker.join()
            server.after_taking = lambda message_id: None
        killed += worker.exitcode == -signal.SIGKILL
        _time_goes_by()
    return killed


def work(port: int, limit: int) -> None:
    """What the worker of the site does, in a process of its own."""
    _use(port)
    delivery.send_due(limit=limit)


def _use(port: int) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_SSL = "127.0.0.1", port, False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    outbox.register(KIND, lambda email: outbox.Message(subject="Drill", body="A line.\n" * 10))


def _check(server: mail_server.Server, report: Report) -> None:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    known = set()
    for email in OutboxEmail.objects.filter(kind=KIND):
        message_id = f"<{email.public_id}@{domain}>"
        known.add(message_id)
        is_refused = email.recipient.startswith(mail_server.REFUSED)
        times, unanswered = server.taken[message_id], server.unanswered[message_id]
        report.count(f"mails {email.state}")
        report.count("tries", email.attempts)
        report.count("delivered twice, after a crash or a lost reply", max(times - 1, 0))
        if email.state not in {OutboxEmail.State.SENT, OutboxEmail.State.FAILED}:
            report.breaches.append(f"a mail is {email.state} at the end")
        if (email.state == OutboxEmail.State.SENT) != (times > 0):
            report.breaches.append(f"a mail is {email.state}, and the server took it {times} times")
        if (email.state == OutboxEmail.State.FAILED) != is_refused:
            address = "does not exist" if is_refused else "is right"
            report.breaches.append(f"a mail is {email.state}, and its address {address}")
        if email.state == OutboxEmail.State.FAILED and not email.last_error:
            report.breaches.append("a mail failed without saying why")
        if times > 1 + unanswered:
            report.breaches.append(f"a mail came {times} times, and {unanswered} replies were lost")
    report.count("replies lost", sum(server.unanswered.values()))
    if set(server.taken) - known:
        report.breaches.append("the server took mail nobody owed")
