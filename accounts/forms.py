"""What the pages of accounts ask for."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import User

LONGEST_PASSWORD = 1000


class LogInForm(AuthenticationForm):
    """E-mail address and password; one sentence for every failure, so that nobody learns which addresses exist."""

    password = forms.CharField(
        label=_("Password"),
        # Hashing a password of megabytes would be work for nothing.
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": _(
            "This e-mail address and password do not belong together, or the user is not active."
        ),
        "inactive": _("This e-mail address and password do not belong together, or the user is not active."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django's form tells the browser the limit and checks nothing; axes stores the text in a column with one.
        self.fields["username"].validators.append(
            MaxLengthValidator(User._meta.get_field("email").max_length)
        )
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget.attrs.update(inputmode="email", spellcheck="false")

    def clean_username(self) -> str:
        """One spelling, so that capitals do not begin a new count of failures."""
        return str(self.cleaned_data["username"]).strip().lower()


class CodeForm(forms.Form):
    """A code from the authenticator app, or a recovery code where the page accepts one."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


class ForgottenForm(forms.Form):
    """The address that a link to choose a password goes to."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "spellcheck": "false"}),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class NewPasswordForm(forms.Form):
    """A new password."""

    password = forms.CharField(
        label=_("New password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least twelve characters, and not one that is easy to guess."),
    )


class OwnPasswordForm(NewPasswordForm):
    """A user's own new password, after the old one."""

    old_password = forms.CharField(
        label=_("Old password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_old_password(self) -> str:
        old = str(self.cleaned_data["old_password"])
        if not self.user.check_password(old):
            raise forms.ValidationError(_("This is not your password."), "wrong_password")
        return old
