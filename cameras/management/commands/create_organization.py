"""Set up a tenant with its first owner and the built-in presets."""

from __future__ import annotations

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Organization, Role, User
from accounts.services import membership_add, organization_create, user_create
from accounts.tenancy import installation
from cameras.services import presets_create_builtin


class Command(BaseCommand):
    help = "Create an organization, its presets and its first owner, who adds everybody else in the portal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help='for example "Acme Security"')
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="a new person, or one who has an account")
        parser.add_argument("--slug", help="short name for folders and commands (default: made from the name)")
        parser.add_argument("--password", help="of a new owner; asked for when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"] or slugify(options["name"])
        with installation():
            if Organization.objects.filter(slug=slug).exists():
                raise CommandError(f"There is an organization “{slug}” already. Choose another --slug.")
        try:
            organization = self._create(options["name"], slug, options["owner"], options["password"])
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"{organization.name} is set up. {options['owner']} logs in as its owner.")

    @transaction.atomic
    def _create(self, name: str, slug: str, email: str, password: str | None) -> Organization:
        now = timezone.now()
        owner = User.objects.filter(email__iexact=email).first()
        if owner is None:
            owner = user_create(email=email, password=password or getpass(f"Password for {email}: "))
        organization = organization_create(name=name, slug=slug, at=now)
        membership_add(organization_id=organization.id, user=owner, role=Role.OWNER, at=now)
        presets_create_builtin(organization_id=organization.id, at=now)
        return organization
