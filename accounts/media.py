"""Stored pictures as answers: ours, for good, and nothing but pictures."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def serve(request, path: str, content_type: str):
    """A picture never changes under its name: a new one has a new name."""
    try:
        file = default_storage.open(path)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        file, content_type=content_type, headers={"X-Content-Type-Options": "nosniff"}
    )
