"""What lists can be narrowed by."""

from __future__ import annotations

import django_filters

from cameras.models import Camera, CameraStatus, SecurityLevel, Site


class SiteFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains")
    security_level = django_filters.ChoiceFilter(choices=SecurityLevel.choices)
    team = django_filters.UUIDFilter(field_name="covering_teams__team_id")

    class Meta:
        model = Site
        fields = ["name", "security_level", "team"]


class CameraFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains")
    site = django_filters.UUIDFilter(field_name="site_id")
    preset = django_filters.UUIDFilter(field_name="preset_id")
    enabled = django_filters.BooleanFilter()
    status = django_filters.ChoiceFilter(field_name="state__status", choices=CameraStatus.choices)

    class Meta:
        model = Camera
        fields = ["name", "site", "preset", "enabled", "status"]
