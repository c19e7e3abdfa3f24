"""The desk's addresses, for the comments' admin; all for moderators alone."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.urls import path

from comments import policies
from comments.admin.desk import bulk, views


def urls(admin_site):
    """The desk's pages, behind the admin's login and the moderators' permission."""

    def for_moderators(view):
        @wraps(view)
        def asked(request, *args, **kwargs):
            if not policies.may_moderate(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return admin_site.admin_view(asked)

    pages = [
        ("", views.desk, "desk"),
        ("cards/", views.more, "desk_cards"),
        ("decisions/", views.decide, "desk_decide"),
        ("undo/", views.undo, "desk_undo"),
        ("reading/", views.reading, "desk_reading"),
        ("commenting/", views.commenting, "desk_commenting"),
        ("bulk/", bulk.prepare, "desk_bulk"),
        ("bulk/<int:pk>/", bulk.run, "desk_bulk_run"),
    ]
    return [
        path(f"desk/{at}", for_moderators(view), name=f"comments_{name}")
        for at, view, name in pages
    ]
