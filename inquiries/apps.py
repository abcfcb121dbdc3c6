from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    name = "inquiries"
    verbose_name = "Consultation requests"

    def ready(self):
        from clinic import keys, outbox
        from inquiries.services import acknowledgement, alerts, search_keys

        outbox.register(acknowledgement.KIND, acknowledgement.render)
        outbox.register(alerts.KIND, alerts.render)
        keys.on_new_search_key("search keys of requests", search_keys.rebuild)
