from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True

    def ready(self) -> None:
        # drf-spectacular knows an extension once its module is imported.
        from accounts.api import schema  # noqa: F401


class VedetteAdminConfig(admin_apps.AdminConfig):
    default_site = "accounts.admin_site.VedetteAdminSite"
    default = False
