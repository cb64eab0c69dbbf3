"""What lists of events and incidents can be narrowed by."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from incidents.alerts import routed_to
from incidents.models import Category, Disposition, Event, Incident, Severity, Status
from incidents.search import MOST as MOST_FOUND
from incidents.search import USUAL, Within

MOST = dt.timedelta(days=366)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def timeframe(text: str) -> dt.timedelta:
    """Read 30m, 24h or 7d, at most a year; ValidationError says what is wrong with anything else."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", text)
    length = dt.timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
    if length is None or length > MOST:
        raise ValidationError({"timeframe": f"“{text}” is no timeframe. Write 30m, 24h or 7d; at most 366d."})
    return length


class TimeframeFilter(django_filters.CharFilter):
    """Keep what happened in the time before now that `?timeframe=` names."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(**{f"{self.field_name}__gte": timezone.now() - timeframe(value)}) if value else qs


class EventFilter(django_filters.FilterSet):
    timeframe = TimeframeFilter(field_name="started_at", help_text="30m, 24h, 7d …")
    camera = django_filters.UUIDFilter(field_name="camera_id")
    site = django_filters.UUIDFilter(field_name="camera__site_id")
    incident = django_filters.UUIDFilter(field_name="incident_id")
    min_score = django_filters.NumberFilter(field_name="peak_score", lookup_expr="gte", help_text="0–1")
    tag = django_filters.CharFilter(method="tagged")
    category = django_filters.MultipleChoiceFilter(choices=Category.choices)
    status = django_filters.ChoiceFilter(method="in_state", choices=[("active", "Active"), ("ended", "Ended")])

    class Meta:
        model = Event
        fields = ["timeframe", "camera", "site", "incident", "min_score", "tag", "category", "status"]

    def tagged(self, found: QuerySet[Event], name: str, value: str) -> QuerySet[Event]:
        return found.filter(tags__contains=[value])

    def in_state(self, found: QuerySet[Event], name: str, value: str) -> QuerySet[Event]:
        return found.filter(ended_at__isnull=value == "active")


class SearchQuery(serializers.Serializer):
    """What a search by words or by likeness is narrowed to."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST_FOUND, default=USUAL)
    camera = serializers.UUIDField(required=False, help_text="Only of this camera.")
    site = serializers.UUIDField(required=False, help_text="Only of this site.")
    category = serializers.ChoiceField(choices=Category.choices, required=False)
    timeframe = serializers.CharField(required=False, help_text="30m, 24h, 7d …; any time by default")
    until = serializers.DateTimeField(required=False, help_text="Only what started before.")

    @classmethod
    def narrowed(cls, query: Mapping[str, str]) -> dict[str, Any]:
        """Return `within` and `limit` for incidents.search; a value that makes no sense raises either ValidationError.

        An empty value counts as not given.
        """
        asked = cls(data={name: value for name, value in query.items() if value})
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        if "timeframe" in values:
            values["since"] = timezone.now() - timeframe(values.pop("timeframe"))
        return {"limit": values.pop("limit"), "within": Within(**values)}


class IncidentFilter(django_filters.FilterSet):
    timeframe = TimeframeFilter(field_name="opened_at", help_text="30m, 24h, 7d …")
    status = django_filters.MultipleChoiceFilter(choices=Status.choices)
    disposition = django_filters.MultipleChoiceFilter(choices=Disposition.choices)
    category = django_filters.MultipleChoiceFilter(choices=Category.choices)
    min_severity = django_filters.TypedChoiceFilter(
        field_name="severity", lookup_expr="gte", choices=Severity.choices, coerce=int
    )
    site = django_filters.UUIDFilter(field_name="site_id")
    camera = django_filters.UUIDFilter(field_name="camera_id")
    scope = django_filters.ChoiceFilter(
        method="in_scope",
        choices=[("mine", "Mine"), ("all", "All")],
        help_text="mine: those that you are alerted of",
    )

    class Meta:
        model = Incident
        fields = ["timeframe", "status", "disposition", "category", "min_severity", "site", "camera", "scope"]

    def in_scope(self, found: QuerySet[Incident], name: str, value: str) -> QuerySet[Incident]:
        return found.filter(routed_to(self.request.actor.membership)) if value == "mine" else found
