"""The admin of what readers see as soon as it is saved: its words pass the claim guard, and each change is kept."""

from django.contrib import messages

from therapies import fact_changes, gates
from therapies.claim_scan import PUBLIC_TEXTS
from therapies.models import RegulatoryStatus

# What is public at once in the rows of a page: when somebody last looked at the regulator's own page.
ROWS = {RegulatoryStatus: ("checked_on", "recheck_due")}
OWN_NAMES = ("slug", "key", "term")  # what a fact is known by, where it has one of these


class GuardedForm:
    """Mixed into the form of a live fact: refuses claims in the texts that were changed."""

    guarded: tuple[str, ...] = ()

    def clean(self):
        cleaned = super().clean()
        cleaned = self.cleaned_data if cleaned is None else cleaned
        changed = {name for name in self.guarded if name in self.changed_data and name in cleaned}
        self.advice = []
        if changed:
            # All of them: a source cited in one text stands beside the others too.
            for gate in gates.claims_in([(name, cleaned.get(name) or "") for name in self.guarded]):
                if gate.where in changed and gate.severity == gates.BLOCK:
                    self.add_error(gate.where, f"{gate.message} {gate.fix}")
                elif gate.where in changed:
                    self.advice.append(gate)
        return cleaned


class LiveFacts:
    """Mixed into a ModelAdmin. `live_facts` names the fields that are public at once; None: all of them."""

    live_facts = None

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        guarded = tuple(name for name in PUBLIC_TEXTS.get(self.model, ("", ()))[1] if name in form.base_fields)
        return type(form.__name__, (GuardedForm, form), {"guarded": guarded})

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        names = [name for name in form.changed_data if self.is_live(name)]
        before = form.initial if change else {}
        self.keep(request, obj, [(name, before.get(name), getattr(obj, name)) for name in names])
        for gate in form.advice:
            self.message_user(request, f"Saved. Look again: {gate.message} {gate.fix}", messages.WARNING)

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        for row in formset.forms if formset.model in ROWS else ():
            is_gone = row in formset.deleted_forms
            names = [name for name in ROWS[formset.model] if is_gone or name in row.changed_data]
            after = {name: None if is_gone else getattr(row.instance, name) for name in names}
            changes = [(name, row.initial.get(name), after[name]) for name in names]
            called = f"{form.instance.slug} {row.instance.jurisdiction}"
            fact_changes.record(formset.model._meta.verbose_name, called, changes, staff=request.user)

    def delete_model(self, request, obj):
        self.keep_gone(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.keep_gone(request, obj)
        super().delete_queryset(request, queryset)

    def is_live(self, name):
        return self.live_facts is None or name in self.live_facts

    def keep_gone(self, request, obj):
        fields = [
            field.name for field in obj._meta.concrete_fields if not field.primary_key and self.is_live(field.name)
        ]
        self.keep(request, obj, [(name, getattr(obj, name), None) for name in fields])

    def keep(self, request, obj, changes):
        own = next((name for name in OWN_NAMES if hasattr(obj, name)), "")
        called = str(getattr(obj, own) if own else obj)
        fact_changes.record(self.model._meta.verbose_name, called, changes, staff=request.user)
