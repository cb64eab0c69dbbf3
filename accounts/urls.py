"""Log in and out, change the password, choose the organization."""

from __future__ import annotations

from django.contrib.auth import views as auth
from django.urls import path, reverse_lazy

from accounts import views

urlpatterns = [
    path(
        "login/",
        auth.LoginView.as_view(template_name="accounts/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path(
        "password/",
        auth.PasswordChangeView.as_view(
            template_name="accounts/password_change.html", success_url=reverse_lazy("password-changed")
        ),
        name="password-change",
    ),
    path("password/changed/", views.password_changed, name="password-changed"),
    path("organizations/", views.organizations, name="organizations"),
]
