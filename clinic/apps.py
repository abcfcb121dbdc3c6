from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = "The clinic"

    def ready(self):
        from clinic import checks, keys, lost_connection, planner, roles, staff_session, two_step, upkeep  # noqa: F401 (checks register themselves)

        connection_created.connect(lost_connection.watch, dispatch_uid="clinic.lost_connection")
        post_migrate.connect(roles.align, dispatch_uid="clinic.roles")
        user_logged_in.connect(staff_session.begin, dispatch_uid="clinic.staff_session")
        upkeep.register("statistics of the tables", planner.keep_learning)
        keys.on_new_search_key("recovery codes", two_step.forget_recovery_codes)


class ClinicAdminConfig(AdminConfig):
    default_site = "clinic.admin.site.ClinicAdminSite"

    def ready(self):
        super().ready()
        from clinic.admin import outbox, profile, staff  # noqa: F401 (they register themselves)
