from django.contrib import admin


class ClinicAdminSite(admin.AdminSite):
    """The staff side."""
