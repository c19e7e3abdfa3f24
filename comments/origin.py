"""Where a post comes from: our own pages, or somebody else's.

Public pages carry no token, as they are the same bytes for everybody. A browser without
a session is told apart by what browsers say of a request and pages cannot forge
(Fetch Metadata, and Origin, RFC 6454); one with a session must have its CSRF token too.
"""

import ipaddress

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware

from comments import identity
from comments.identity import ReaderRequest
from comments.refusals import Sender


def is_ours(request: HttpRequest) -> bool:
    """Whether a page of this site sent the post."""
    return _is_same_origin(request) and (
        not identity.has_session(request) or _has_token(request)
    )


def sender(request: ReaderRequest) -> Sender:
    """Whence a comment comes: the network, the browser, its voices and account."""
    agent, reader = request.headers.get("User-Agent", ""), request.reader
    return Sender(_network(request), agent, reader.voices, reader.account)


def _network(request: HttpRequest) -> str:
    """The IPv4 address, or the IPv6 /64 (one household's); "" where there is none."""
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):  # a server on a socket knows no address
        return ""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def _is_same_origin(request: HttpRequest) -> bool:
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is None:
        return origin in ours
    return site == "same-origin" and (origin is None or origin in ours)


def _has_token(request: HttpRequest) -> bool:
    def view(request):
        """Stand for a view that is not exempt."""

    middleware = CsrfViewMiddleware(view)
    middleware.process_request(request)
    return middleware.process_view(request, view, (), {}) is None
