"""Page lists by a cursor, so that rows that arrive meanwhile neither repeat nor hide others."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import CursorPagination


class RecentFirst(CursorPagination):
    """`?limit=` rows (1–200); a view names its own unique `ordering`."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    cursor_query_param = "cursor"

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        return tuple(view.ordering)
