"""kill -9 of the server while forms are being sent."""

import time

from django.db import connections

from drill import forms, records, web
from drill.report import Report


def run(rounds: int) -> Report:
    """So many servers, each killed at a random moment of a Send; then every form is sent again."""
    report = Report()
    ready = forms.ready((rounds + 2) * forms.TOGETHER)
    groups = [ready[start : start + forms.TOGETHER] for start in range(0, len(ready), forms.TOGETHER)]
    with web.running() as server:
        whole, seconds = forms.undisturbed(server.port, groups[0] + groups[1])
    before: list[forms.Form] = []
    for group in groups[2:]:
        connections.close_all()  # a crash leaves nobody who holds the database open
        with web.running() as server:
            _send_again(server.port, before, whole, report)
            sending = forms.Sending(server.port, group)
            time.sleep(forms.a_moment_of(seconds))
            server.kill()
            sending.wait()
        forms.check(group, whole, report, "killed")
        report.count("servers killed")
        before = group
    with web.running() as server:
        _send_again(server.port, before, whole, report)
    forms.check_all(report)
    return report


def _send_again(port: int, group: list[forms.Form], whole: records.Pattern, report: Report) -> None:
    if group:
        forms.Sending(port, group).wait()
        forms.check_sent_again(group, whole, report)
        connections.close_all()
