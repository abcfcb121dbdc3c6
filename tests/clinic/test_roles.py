from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import TestCase

from clinic.models import Staff
from clinic.roles import ROLES


def rights(name):
    codenames = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in codenames}


class RoleTests(TestCase):
    def test_each_role_has_exactly_the_rights_of_the_table(self):
        self.assertEqual(set(Group.objects.values_list("name", flat=True)), set(ROLES))
        for name, wanted in ROLES.items():
            with self.subTest(name):
                self.assertEqual(rights(name), wanted)

    def test_the_table_names_only_rights_that_exist(self):
        known = {
            f"{app}.{codename}"
            for app, codename in Permission.objects.values_list("content_type__app_label", "codename")
        }
        self.assertEqual(set().union(*ROLES.values()) - known, set())

    def test_a_migrate_puts_a_changed_group_right_again(self):
        desk = Group.objects.get(name="Front desk")
        desk.permissions.remove(desk.permissions.get(codename="move_inquiry"))
        desk.permissions.add(Permission.objects.get(codename="view_health"))
        Group.objects.get(name="Auditor").delete()
        call_command("migrate", verbosity=0)
        self.assertEqual(rights("Front desk"), ROLES["Front desk"])
        self.assertEqual(rights("Auditor"), ROLES["Auditor"])

    def test_a_group_the_clinic_made_is_left_alone(self):
        own = Group.objects.create(name="Physiotherapists")
        own.permissions.add(Permission.objects.get(codename="view_inquiry"))
        call_command("migrate", verbosity=0)
        self.assertEqual(rights("Physiotherapists"), {"inquiries.view_inquiry"})

    def test_health_is_for_those_who_treat(self):
        may = {name for name in ROLES if "inquiries.view_health" in ROLES[name]}
        self.assertEqual(may, {"Triage nurse", "Clinician"})

    def test_names_are_not_for_content_staff_and_auditors(self):
        may = {name for name in ROLES if "inquiries.view_contact" in ROLES[name]}
        self.assertEqual(may, {"Front desk", "Triage nurse", "Clinician", "Manager", "Privacy officer"})

    def test_only_an_editor_publishes(self):
        self.assertEqual({name for name in ROLES if "therapies.publish_page" in ROLES[name]}, {"Editor"})

    def test_each_step_of_publishing_is_for_whom_the_plan_names(self):
        for right, roles in {
            "change_condition": {"Content author", "Editor"},
            "change_outcomeevidence": {"Content author", "Editor"},
            "review_page": {"Editor"},
            "approve_page": {"Clinical reviewer"},
            "add_claimwaiver": {"Clinical reviewer"},
            "withdraw_page": {"Editor", "Clinical reviewer", "Clinician"},
            "change_source": {"Editor"},
            "change_glossaryterm": {"Editor"},
            "change_questiontoask": {"Editor"},
            "change_claimrule": {"Editor"},
            "change_pagefeedback": {"Editor"},
            "view_pagefeedback": {"Editor", "Auditor"},
            "view_redirect": {"Editor", "Auditor"},
            "view_revision": {"Content author", "Editor", "Clinical reviewer", "Auditor"},
        }.items():
            with self.subTest(right):
                self.assertEqual({name for name in ROLES if f"therapies.{right}" in ROLES[name]}, roles)

    def test_nobody_rewrites_what_is_a_record(self):
        for model in ("revision", "revisionperson", "revisionevent", "reviewevent", "redirect", "factchange"):
            for action in ("add", "change", "delete"):
                right = f"therapies.{action}_{model}"
                with self.subTest(right):
                    self.assertEqual([name for name in ROLES if right in ROLES[name]], [])

    def test_who_may_take_a_page_down_can_find_it(self):
        for name, rights in ROLES.items():
            if "therapies.withdraw_page" in rights:
                with self.subTest(name):
                    kinds = {f"therapies.view_{kind}" for kind in ("condition", "treatment", "article")}
                    self.assertLessEqual(kinds, rights)

    def test_requests_are_not_for_who_only_works_on_content(self):
        of_the_questions = {"inquiries.view_safetysignoff", "inquiries.sign_safety"}
        for name, rights in {"Content author": set(), "Editor": set(), "Clinical reviewer": of_the_questions}.items():
            with self.subTest(name):
                self.assertEqual({right for right in ROLES[name] if not right.startswith("therapies.")}, rights)

    def test_who_may_do_what_with_a_request(self):
        for right, roles in {
            "enter_inquiry": {"Front desk", "Triage nurse"},
            "erase_inquiry": {"Privacy officer"},
            "hold_inquiry": {"Privacy officer"},
            "sign_safety": {"Clinical reviewer"},
        }.items():
            with self.subTest(right):
                self.assertEqual({name for name in ROLES if f"inquiries.{right}" in ROLES[name]}, roles)

    def test_no_role_makes_accounts(self):
        for right in ["clinic.add_staff", "clinic.change_staff", "clinic.delete_staff", "auth.change_group"]:
            self.assertEqual([name for name in ROLES if right in ROLES[name]], [])

    def test_several_roles_add_up(self):
        nina = Staff.objects.create(username="nina", is_staff=True)
        nina.groups.set(Group.objects.filter(name__in=["Editor", "Clinician"]))
        self.assertTrue(nina.has_perms(["therapies.publish_page", "inquiries.view_health"]))
