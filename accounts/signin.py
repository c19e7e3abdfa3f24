"""Signing in with a provider: which there are, the way there, and the way back.

What a session holds under a key that begins with KEPT outlives the sign-in, though
Django empties the session whenever another account takes it over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib.auth import SESSION_KEY as ACCOUNT_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import ProviderPause

KEPT = "kept:"
_UNDER_WAY = f"{KEPT}signin"
_PROBLEM = f"{KEPT}signin-problem"

# How a sign-in ends without an account.
CANCELLED, SILENT, FAILED, PAUSED = "cancelled", "silent", "failed", "paused"


@dataclass(frozen=True)
class Provider:
    """A service to sign in with, as its button shows it."""

    id: str
    label: str


class ProviderUnavailable(Exception):
    """There is no signing in with this provider now; the words are for the reader."""

    def __init__(self, provider_id: str):
        super().__init__(_words(PAUSED, provider_id))


def providers(*, none_paused: bool = False) -> list[Provider]:
    """Those with credentials that are not paused, in the order of the settings.

    One query; none for a caller who knows already that there are no pauses.
    """
    configured = [
        Provider(provider_id, label)
        for provider_id, label in settings.SIGN_IN_PROVIDERS.items()
        if settings.SOCIALACCOUNT_PROVIDERS.get(provider_id, {}).get("APPS")
    ]
    if not configured or none_paused:
        return configured
    paused = set(ProviderPause.objects.values_list("provider", flat=True))
    return [provider for provider in configured if provider.id not in paused]


def is_available(provider_id: str) -> bool:
    return provider_id in {provider.id for provider in providers()}


def begin(request: HttpRequest, provider_id: str, *, return_to: str) -> HttpResponse:
    """Send the browser to the provider; however that ends, it comes to ``return_to``.

    Raises ProviderUnavailable, also for an id that nobody ever heard of.
    """
    if not _is_local(return_to):
        raise ValueError("A sign-in returns to a path of ours only.")
    if not is_available(provider_id):
        raise ProviderUnavailable(provider_id)
    # Before the redirect: allauth saves the session in there and loads it anew.
    request.session[_UNDER_WAY] = {"provider": provider_id, "return_to": return_to}
    provider = get_adapter().get_provider(request, provider_id)
    return provider.redirect(
        request,
        process=AuthProcess.LOGIN,
        next_url=return_to,
        data={"return_to": return_to},
    )


def fail(
    request: HttpRequest, provider_id: str, kind: str, state: dict | None
) -> str | None:
    """Note why the sign-in failed; return where it began, if it began with us.

    ``state`` is what allauth kept for this very attempt. Without it (it lasts ten
    minutes) the attempt is taken for the latest one.
    """
    under_way = request.session.get(_UNDER_WAY, {})
    began = (state.get("data") or {}) if state else under_way
    return_to = began.get("return_to")
    if return_to:
        request.session.pop(_UNDER_WAY, None)
        request.session[_PROBLEM] = {"provider": provider_id, "kind": kind}
    return return_to


def succeed(request: HttpRequest) -> None:
    """Forget the sign-in that was under way, and the failures before it."""
    for key in (_UNDER_WAY, _PROBLEM):
        request.session.pop(key, None)


def take_problem(request: HttpRequest) -> str:
    """One sentence or two about a sign-in that failed, said once; else empty."""
    problem = request.session.pop(_PROBLEM, None)
    return _words(problem["kind"], problem["provider"]) if problem else ""


def signed_in_with(request: HttpRequest) -> str:
    """The label of the provider this session was signed in with; "" for a password."""
    if ACCOUNT_KEY not in request.session:
        return ""
    ways = [
        record
        for record in request.session.get("account_authentication_methods", [])
        if record["method"] != "mfa" and not record.get("reauthenticated")
    ]
    provider_id = ways[-1].get("provider", "") if ways else ""
    return settings.SIGN_IN_PROVIDERS.get(provider_id, "")


@contextmanager
def keeping(request: HttpRequest) -> Iterator[None]:
    """Carry the KEPT keys through whatever empties the session inside."""
    kept = {k: v for k, v in request.session.items() if k.startswith(KEPT)}
    yield
    request.session.update(kept)


def _is_local(address: str) -> bool:
    return address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts=None
    )


def _words(kind: str, provider_id: str) -> str:
    label = settings.SIGN_IN_PROVIDERS.get(provider_id)
    if label is None:
        return _("There is no such way to sign in.")
    return {
        CANCELLED: _(
            "You did not sign in with %(service)s; nothing was lost. "
            "You can try again, use another service, or go on without signing in."
        ),
        SILENT: _(
            "%(service)s did not answer in time, so you are not signed in; nothing "
            "was lost. Please try again, or go on without signing in."
        ),
        FAILED: _(
            "Signing in with %(service)s went wrong, and not through your fault; "
            "nothing was lost. Please try again, or go on without signing in."
        ),
        PAUSED: _(
            "Signing in with %(service)s is not possible at the moment. "
            "Please use another service, or go on without signing in."
        ),
    }[kind] % {"service": label}
