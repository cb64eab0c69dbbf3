"""The admin's forms for people and teams."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.actors import RIGHTS
from accounts.admin_base import TenantForm
from accounts.models import ApiToken, Membership, Team, User

ROLES = "Viewers look; operators answer incidents; managers also set up sites, cameras and teams; owners also members."


class MembershipForm(TenantForm):
    """Change a member's role and alerts."""

    class Meta:
        model = Membership
        fields = ["role", "alerts"]
        help_texts = {"role": ROLES}


class InvitationForm(TenantForm):
    """Add a member by e-mail, with a first password where the person has no account yet."""

    email = forms.EmailField(label="E-mail", widget=UnfoldAdminEmailInputWidget())
    full_name = forms.CharField(max_length=120, required=False, widget=UnfoldAdminTextInputWidget())
    password = forms.CharField(
        label="First password",
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters. Leave empty for a person who has an account already.",
    )

    class Meta:
        model = Membership
        fields = ["role", "alerts"]
        help_texts = {"role": ROLES}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        email = cleaned.get("email")
        user = User.objects.filter(email__iexact=email).first() if email else None
        if user and Membership.objects.filter(organization_id=self.actor.organization_id, user=user).exists():
            self.add_error("email", f"{email} is a member already.")
        elif email and user is None:
            self._check_password(cleaned.get("password") or "", User(email=email))
        return cleaned

    def _check_password(self, password: str, user: User) -> None:
        try:
            validate_password(password, user)
        except forms.ValidationError as refusal:
            self.add_error("password", refusal)


class TeamForm(TenantForm):
    categories = forms.MultipleChoiceField(
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="None ticked: the team answers for every category.",
    )
    members = forms.ModelMultipleChoiceField(
        queryset=Membership.objects.none(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="They are alerted of incidents at the sites that this team covers; a site's own page says which.",
    )

    class Meta:
        model = Team
        fields = ["name", "categories"]
        help_texts = {"name": "As your people say it: Security, First aid."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Looked up by name: accounts lies below incidents and must not import it.
        incident = apps.get_model("incidents", "Incident")
        self.fields["categories"].choices = incident._meta.get_field("category").choices
        own = Membership.objects.filter(organization_id=self.actor.organization_id).select_related("user")
        self.fields["members"].queryset = own.order_by("user__email", "id")
        if not self.instance._state.adding:
            self.initial["members"] = list(self.instance.members.values_list("membership_id", flat=True))


class TokenForm(TenantForm):
    class Meta:
        model = ApiToken
        fields = ["name", "membership"]
        labels = {"membership": "Acts as"}
        help_texts = {
            "name": "What uses it, such as Dashboard in the control room.",
            "membership": "The key may do what this member may. It is shown once, after saving.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "membership" not in self.fields:  # the page of an existing key only shows
            return
        # A key must not do more than the person who makes it.
        roles = [role for role, rights in RIGHTS.items() if rights <= RIGHTS[self.actor.role]]
        own = Membership.objects.filter(organization_id=self.actor.organization_id, role__in=roles)
        self.fields["membership"].queryset = own.select_related("user").order_by("user__email", "id")
