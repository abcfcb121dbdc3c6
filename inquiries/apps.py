from django.apps import AppConfig


class InquiriesConfig(AppConfig):
    name = "inquiries"
    verbose_name = "Consultation requests"

    def ready(self):
        from django.db.models.signals import post_delete, post_migrate, post_save

        from clinic import keys, outbox, upkeep
        from inquiries.models import ReplyTarget
        from inquiries.services import (
            acknowledgement,
            alerts,
            append_only,
            contact_mails,
            digests,
            due_warnings,
            figures,
            histories,
            lateness,
            nightly,
            presence,
            privacy,
            replies,
            search_keys,
        )

        post_migrate.connect(append_only.guard, sender=self)
        for signal in (post_save, post_delete):  # how soon we answer is kept with the library, by every process
            signal.connect(targets_changed, sender=ReplyTarget, dispatch_uid=f"reply targets {id(signal)}")

        outbox.register(acknowledgement.KIND, acknowledgement.render)
        outbox.register(alerts.KIND, alerts.render)
        outbox.register(contact_mails.LINK, contact_mails.render_link)
        outbox.register(contact_mails.CHANGED, contact_mails.render_changed)
        outbox.register(contact_mails.LATE, contact_mails.render_late)
        outbox.register(contact_mails.UPDATE, contact_mails.render_update)
        outbox.register(replies.KIND, replies.render)
        outbox.register(due_warnings.KIND, due_warnings.render)
        outbox.register(digests.KIND, digests.render)
        outbox.register(nightly.KIND, nightly.render)
        outbox.register(contact_mails.ERASED, contact_mails.render_erased, emptied_at_once=True)
        upkeep.register("retention of requests", privacy.keep_retention)
        upkeep.register("promises to patients", lateness.keep_promises)
        upkeep.register("who has a request open", presence.keep_recent)
        upkeep.register("figures of the desk", figures.keep_figures)
        upkeep.register("requests of who has left", nightly.keep_order)
        upkeep.register("checks of the desk", nightly.keep_checking)
        upkeep.register("warnings before a reply is late", due_warnings.keep_warning, each_minute=True)
        upkeep.register("mails on the queue of today", digests.keep_digests, each_minute=True)
        keys.on_new_search_key("search keys of requests", search_keys.rebuild)
        keys.on_new_search_key("heads of histories", histories.sign_again)


def targets_changed(**kwargs):
    from therapies import publishing

    publishing.library_changed()
