"""The pages of the second step. They open with a password alone; everything else of the admin does not."""

import logging
from contextlib import suppress
from functools import wraps
from urllib.parse import urlencode

import segno
from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from clinic import staff_session, totp, two_step
from clinic.models import ClinicProfile

NEXT = "next"
logger = logging.getLogger(__name__)


class CodeForm(forms.Form):
    code = forms.CharField(
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


def private_page(view):
    """A page for someone whose password was accepted, kept out of caches and error reports."""

    @method_decorator(
        [never_cache, csrf_protect, sensitive_post_parameters(), require_http_methods(["GET", "HEAD", "POST"])]
    )
    @wraps(view)
    def wrapped(self, request):
        if not (request.user.is_active and request.user.is_staff):
            return redirect_to_login(own_address(request), reverse("admin:login"))
        return view(self, request)

    return wrapped


def own_address(request):
    """Where to go afterwards: an address of this host, else the admin home."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT, "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else reverse("admin:index")


def at(name, request, afterwards=None):
    """The address of one of these pages, carrying where to go afterwards."""
    return f"{reverse(name)}?{urlencode({NEXT: afterwards or own_address(request)})}"


class TwoStepPages:
    """Mixed into the admin site."""

    def two_step_urls(self):
        return [
            path("two-step/", self.two_step, name="two_step"),
            path("two-step/enrol/", self.enrol, name="two_step_enrol"),
            path("two-step/codes/", self.admin_view(self.recovery_codes), name="two_step_codes"),
        ]

    @private_page
    def two_step(self, request):
        """Ask for a code."""
        if not request.user.two_step_key:
            return HttpResponseRedirect(at("admin:two_step_enrol", request))
        if request.method == "POST":
            form, status = CodeForm(request.POST), 200
            if form.is_valid():
                status = self._check(request, form, two_step.check)
                if status == 302:
                    return HttpResponseRedirect(own_address(request))
        elif staff_session.passed_second_step(request):
            return HttpResponseRedirect(own_address(request))
        else:
            form, status = CodeForm(), 200
        return self._page(request, "two_step", status, form=form, title="Enter your code")

    @private_page
    @sensitive_variables()
    def enrol(self, request):
        """Set up an authenticator app: first a button, then the QR code, then ten recovery codes, shown once."""
        if request.user.two_step_key:
            return HttpResponseRedirect(at("admin:two_step", request))
        form, status = CodeForm(), 200
        if "begin" in request.POST:
            with suppress(two_step.WrongCode):  # another session was faster: the page says where this one stands
                request.session[staff_session.BEGUN] = two_step.begin(request.user).pk
            return HttpResponseRedirect(at("admin:two_step_enrol", request))
        # Only what this session began: see two_step.begin.
        pk = request.session.get(staff_session.BEGUN)
        authenticator = two_step.begun(request.user, pk)
        if request.method == "POST" and authenticator:
            form = CodeForm(request.POST)
            if form.is_valid():
                codes = []
                status = self._check(request, form, lambda *args: codes.extend(two_step.confirm(*args, pk=pk)))
                if status == 302:
                    return self._page(request, "recovery_codes", 200, codes=codes, title="Your recovery codes")
        shown = self._secret(request, authenticator) if authenticator else {}
        return self._page(request, "enrol", status, form=form, title="Set up the second step", **shown)

    @method_decorator([sensitive_post_parameters(), sensitive_variables()])
    def recovery_codes(self, request):
        """How many are left, and new ones for who shows a code."""
        if not request.user.two_step_key:
            return HttpResponseRedirect(at("admin:two_step_enrol", request))
        form, status = CodeForm(request.POST or None), 200
        if request.method == "POST" and form.is_valid():
            codes = []
            status = self._check(request, form, lambda *args: codes.extend(two_step.renew_codes(*args)))
            if status == 302:
                return self._page(request, "recovery_codes", 200, codes=codes, title="Your recovery codes")
        left = request.user.recovery_codes.filter(used_at__isnull=True).count()
        return self._page(request, "recovery_codes", status, form=form, left=left, title="Recovery codes")

    def _check(self, request, form, accept):
        """302 when the code was accepted and the session has passed; else the status of the page that says no."""
        try:
            accept(request.user, form.cleaned_data["code"])
        except two_step.WrongCode as error:
            logger.warning("Second step refused for staff %s", request.user.pk)
            form.add_error(
                "code",
                "That code did not work. A code changes every 30 seconds and works once. "
                "After several wrong ones the wait grows, up to 15 minutes.",
            )
            return 429 if isinstance(error, two_step.Locked) else 200
        staff_session.pass_second_step(request)
        logger.info("Second step passed by staff %s", request.user.pk)
        return 302

    def _secret(self, request, authenticator):
        """What the page shows of a begun authenticator: the QR code as an image address, and the secret as text."""
        issuer = ClinicProfile.objects.values_list("name", flat=True).first() or "Clinic"
        address = totp.enrolment_address(authenticator.secret, account=request.user.get_username(), issuer=issuer)
        picture = segno.make(address, error="m").svg_data_uri(scale=5, light="white", border=4)
        groups = [authenticator.secret[start : start + 4] for start in range(0, len(authenticator.secret), 4)]
        return {"picture": picture, "secret": " ".join(groups)}

    def _page(self, request, name, status, **context):
        shared = {"next": own_address(request), "may_wait": self.has_permission(request), "subtitle": None}
        context = {**self.each_context(request), **shared, **context}
        return TemplateResponse(request, f"admin/{name}.html", context, status=status)
