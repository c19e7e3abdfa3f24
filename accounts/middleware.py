"""Who may keep a copy of an answer."""

from django.conf import settings
from django.utils.cache import (
    add_never_cache_headers,
    patch_cache_control,
    patch_vary_headers,
)

# Only browsers that carry one of these can be shown anything personal.
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, settings.COMMENTER_COOKIE_NAME)


class PrivateUnlessAnonymousMiddleware:
    """Mark what may be personal as private, and the rest as good for everybody.

    A browser without our cookies is shown the same bytes as any other, so shared
    caches may hold them, briefly; the others' answers are never stored anywhere.
    A view that has set its own Cache-Control is left alone.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.has_header("Cache-Control"):
            return response
        if is_personal(request, response):
            add_never_cache_headers(response)
        elif response.status_code == 200:
            patch_cache_control(response, public=True, max_age=0, s_maxage=10)
            patch_vary_headers(response, ["Accept-Encoding"])  # also if it is short
        return response


def is_personal(request, response) -> bool:
    return (
        request.method not in {"GET", "HEAD"}
        or bool(response.cookies)
        or any(name in request.COOKIES for name in PERSONAL_COOKIES)
    )
