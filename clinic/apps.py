from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = "The clinic"


class ClinicAdminConfig(AdminConfig):
    default_site = "clinic.admin.site.ClinicAdminSite"
