"""allauth's hooks: who may sign up, what a provider may tell us, how failures end.

Accounts are made by providers alone and keyed by provider and uid. No form ever stands
between a reader and the reply: what would need one (an address somebody else has, a
name that is missing) is done without.
"""

import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_email
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.crypto import get_random_string
from requests import ConnectionError as NoConnection
from requests import Timeout

from accounts import provided, signin

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up with a password; sign-ins keep what waits in the session."""

    def is_open_for_signup(self, request):
        return False

    def login(self, request, user):
        with signin.keeping(request):
            super().login(request, user)
        signin.succeed(request)

    def logout(self, request):
        # allauth ends the old account's session in the middle of a new sign-in. A
        # reader who presses “Sign out” leaves nothing behind.
        if not getattr(request, "is_signing_in", False):
            super().logout(request)
            return
        with signin.keeping(request):
            super().logout(request)

    def send_mail(self, template_prefix, email, context):
        """At once: its link lets somebody in, so it must not lie in a task's row."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as problem:  # what SMTP raises is one
            # Its own words may hold the address.
            kind = type(problem).__name__
            logger.error("No mail was sent (%s): %s", template_prefix, kind)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """What the three providers may do here."""

    def is_open_for_signup(self, request, sociallogin):
        return True

    def is_auto_signup_allowed(self, request, sociallogin):
        return True

    def list_providers(self, request):
        """Those that can be used now, in our order and under our labels."""
        known = {known.id: known for known in super().list_providers(request)}
        usable = [p for p in signin.providers() if p.id in known]
        for provider in usable:
            known[provider.id].name = provider.label
        return [known[provider.id] for provider in usable]

    def get_provider(self, request, provider, client_id=None):
        """As allauth's, but its sign-in addresses are shut while a provider is."""
        if _signs_in(request, provider) and not signin.is_available(provider):
            raise ImmediateHttpResponse(_shut(request, provider))
        return super().get_provider(request, provider, client_id=client_id)

    def get_app(self, request, provider, client_id=None):
        """A provider that lost its credentials still names the accounts it made."""
        try:
            return super().get_app(request, provider, client_id=client_id)
        except SocialApp.DoesNotExist:
            if provider not in settings.SIGN_IN_PROVIDERS:
                raise
            return SocialApp(provider=provider)

    def populate_user(self, request, sociallogin, data):
        user, said = sociallogin.user, sociallogin.account.extra_data
        # Shown only where there is no other name, so it tells nothing about anybody.
        user.username = f"reader-{get_random_string(12, 'abcdefghijkmnpqrstuvwxyz')}"
        user.email = data.get("email") or ""
        user.display_name = user.provider_name = provided.name(said)
        user.website = provided.website(said)
        return user

    def pre_social_login(self, request, sociallogin):
        sociallogin.token = None  # else allauth may put it into the session
        request.is_signing_in = sociallogin.state.get("process") != AuthProcess.CONNECT
        if not sociallogin.is_existing:
            _leave_taken_addresses(sociallogin)

    def on_authentication_error(
        self, request, provider, error=None, exception=None, extra_context=None
    ):
        kind = _kind(error, exception)
        cause = type(exception).__name__ if exception else error
        # The exception's own words may hold what the provider sent.
        logger.warning("Sign-in with %s failed (%s): %s", provider.id, kind, cause)
        state = (extra_context or {}).get("state")
        return_to = signin.fail(request, provider.id, kind, state)
        if return_to:
            raise ImmediateHttpResponse(redirect(return_to))


def _signs_in(request, provider: str) -> bool:
    """Whether this is one of allauth's addresses that lead to a sign-in."""
    match = getattr(request, "resolver_match", None)
    steps = ("login", "login_by_token", "callback")
    return match is not None and match.url_name in {
        f"{provider}_{step}" for step in steps
    }


def _shut(request, provider: str):
    return_to = signin.fail(request, provider, signin.PAUSED, None)
    if return_to:
        return redirect(return_to)
    messages.error(request, str(signin.ProviderUnavailable(provider)))
    return redirect(settings.LOGIN_URL)


def _leave_taken_addresses(sociallogin) -> None:
    """An address that another account has stays with that account, verified or not."""
    free = [
        a for a in sociallogin.email_addresses if not filter_users_by_email(a.email)
    ]
    sociallogin.email_addresses = free
    if sociallogin.user.email.lower() not in {a.email.lower() for a in free}:
        sociallogin.user.email = ""


def _kind(error, exception) -> str:
    if error in {AuthError.CANCELLED, AuthError.DENIED}:
        return signin.CANCELLED
    if isinstance(exception, NoConnection | Timeout):
        return signin.SILENT
    return signin.FAILED
