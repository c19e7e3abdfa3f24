"""Who may keep a copy of an answer, how a sign-in ends that nobody foresaw, and what a
balancer is told."""

import logging
from traceback import format_tb

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.utils.cache import (
    add_never_cache_headers,
    patch_cache_control,
    patch_vary_headers,
)
from redis import RedisError

from accounts import cookies, outages, replicas

# What reading an answer ends in that lacks something, or has it in another shape.
NOT_UNDERSTOOD = (AttributeError, LookupError, TypeError, ValueError)

logger = logging.getLogger(__name__)


class HealthMiddleware:
    """Tell whoever asks at /health/ whether the database answers this process.

    Stands before everything else: a balancer knows neither our name nor https.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info != "/health/" or request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        words, status = ("ok", 200) if _database_answers() else ("no database", 503)
        headers = {"Cache-Control": "no-store"}
        return HttpResponse(
            words, status=status, headers=headers, content_type="text/plain"
        )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except replicas.FAILURES:
        return False
    return True


class SignInMiddleware:
    """What a provider says that allauth does not expect ends as its refusals do.

    What allauth cannot count, since the cache is away, is not tried at all.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, RedisError):
            return outages.no_cache(request, exception)
        provider_id, _, step = (request.resolver_match.url_name or "").rpartition("_")
        if (
            step != "callback"
            or provider_id not in settings.SIGN_IN_PROVIDERS
            or not isinstance(exception, NOT_UNDERSTOOD)
        ):
            return None
        # Where, but not the exception's own words: they may hold what was sent.
        where = "".join(format_tb(exception.__traceback__))
        logger.error("%s said what nobody understands:\n%s", provider_id, where)
        try:
            provider = get_adapter().get_provider(request, provider_id)
            return render_authentication_error(request, provider, exception=exception)
        except ImmediateHttpResponse as answer:
            return answer.response


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
        or any(name in request.COOKIES for name in cookies.PERSONAL)
    )
