"""Who may change what the API shows: the role decides, with its reason."""

from __future__ import annotations

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class ManagesCameras(BasePermission):
    """Everyone in the organization reads; writing needs the right, asked before anything is looked up."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        right = "cameras.view" if request.method in SAFE_METHODS else "cameras.manage"
        request._request.actor.require(right)
        return True
