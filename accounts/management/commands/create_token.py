"""Print a new API key, and nothing else, so that a script can read it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Membership, User
from accounts.services import token_create
from accounts.tenancy import acting_user


class Command(BaseCommand):
    help = "Make an API token for a person and print the key (it is shown this once)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", required=True, metavar="EMAIL")
        parser.add_argument("--organization", metavar="SLUG", help="needed when the person is in several")
        parser.add_argument("--name", default="command line", help="what the key is for, as the token list shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["user"]).first()
        if user is None:
            raise CommandError(f"Nobody logs in as {options['user']}. Check the address.")
        with acting_user(user.id):
            memberships = list(
                Membership.objects.filter(user=user).select_related("organization").order_by("created_at")
            )
        if options["organization"]:
            memberships = [each for each in memberships if each.organization.slug == options["organization"]]
        if not memberships:
            raise CommandError(f"{user.email} belongs to no such organization.")
        if len(memberships) > 1:
            slugs = ", ".join(each.organization.slug for each in memberships)
            raise CommandError(f"{user.email} is in several organizations; name one with --organization: {slugs}")
        _, key = token_create(membership=memberships[0], name=options["name"], at=timezone.now())
        self.stdout.write(key)
