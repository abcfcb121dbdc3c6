"""The staff side: Django's own admin behind two steps."""

from functools import partial, update_wrapper

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from clinic import staff_session
from clinic.admin.desk import desk_for
from clinic.admin.notices import notices_for
from clinic.admin.panels import tiles_for
from clinic.admin.sign_in import StaffLoginForm
from clinic.admin.two_step import TwoStepPages, at
from clinic.models import ClinicProfile


class ClinicAdminSite(TwoStepPages, admin.AdminSite):
    """A password opens the pages of the second step; only a session that passed it opens the rest."""

    site_title = site_header = "Clinic staff"
    index_title = "Home"
    login_form = StaffLoginForm
    login_template = "admin/login.html"

    def has_permission(self, request):
        return super().has_permission(request) and not staff_session.second_step_is_due(request)

    def admin_view(self, view, cacheable=False):
        """Django's own guard, the second step, and every time as it is on the clinic's wall."""
        guarded = super().admin_view(view, cacheable)

        def inner(request, *args, **kwargs):
            if self.has_password_only(request):
                return HttpResponseRedirect(at("admin:two_step", request, request.get_full_path()))
            with timezone.override(ClinicProfile.zone()):
                response = guarded(request, *args, **kwargs)
                # Written out here: afterwards no page of the site knows another time than UTC.
                return response.render() if hasattr(response, "render") and not response.is_rendered else response

        return update_wrapper(inner, guarded)

    def has_password_only(self, request):
        """Signed in by password, with the second step still to come?"""
        return super().has_permission(request) and staff_session.second_step_is_due(request)

    def get_urls(self):
        # Signing out needs no second step: it stands before Django's own, guarded address.
        logout = path("logout/", never_cache(csrf_protect(self.logout)), name="logout")
        return [logout, *self.two_step_urls(), *super().get_urls()]

    def login(self, request, extra_context=None):
        if request.method == "GET" and self.has_password_only(request):
            return HttpResponseRedirect(at("admin:two_step", request))
        return super().login(request, extra_context)

    def index(self, request, extra_context=None):
        said = {"notices": notices_for(request), "desk": desk_for(request), "tiles": tiles_for(request)}
        return super().index(request, {**said, **(extra_context or {})})

    def get_app_list(self, request, app_label=None):
        """Once a page, however often Django asks for it, and not where nobody reads it."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        if not hasattr(request, "_app_list"):
            request._app_list = SimpleLazyObject(partial(super().get_app_list, request))
        return request._app_list
