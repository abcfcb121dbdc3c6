"""Signing in: the password form, and what a locked-out visitor gets."""

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from clinic.staff_session import may_sign_in

LONGEST_PASSWORD = 4096  # hashing a longer one would be work for nothing


class StaffLoginForm(AdminAuthenticationForm):
    """One sentence for every failure, so that nobody learns which accounts exist or why one is refused."""

    error_messages = {
        "invalid_login": "This user name and password do not fit together, or there were too many attempts. "
        "After ten wrong ones wait 15 minutes.",
    }

    def clean(self):
        if len(self.data.get("password", "")) > LONGEST_PASSWORD:
            raise self.get_invalid_login_error()
        return super().clean()

    def confirm_login_allowed(self, user):
        if not (user.is_active and user.is_staff and may_sign_in(user)):
            raise self.get_invalid_login_error()

    def get_invalid_login_error(self):
        return ValidationError(self.error_messages["invalid_login"], code="invalid_login")


def locked_out(request, response, credentials):
    """The lockout's answer: the same page as for a wrong password, with 429."""
    response.status_code = 429
    return response
