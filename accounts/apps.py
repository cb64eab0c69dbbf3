from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True


class VedetteAdminConfig(admin_apps.AdminConfig):
    default_site = "accounts.admin_site.VedetteAdminSite"
    default = False
