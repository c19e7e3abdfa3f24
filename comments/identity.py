"""Who a browser speaks as: its account's voice, and the guests it has been.

A guest is known again by one signed, HttpOnly cookie that names the browser's voices,
newest first, and by nothing that anybody could type. The cookie lasts for the session
of the browser, or, with the person's consent, for REMEMBERED.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.forms import Form
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.prepared import Select, Slot, one_of
from comments.models import Commenter

REMEMBERED = timedelta(seconds=30_000_000)  # as long as WordPress does, 347 days
MOST_VOICES = 8
_SALT = "comments.identity"
_OF_USER = Select(Commenter, lambda: Commenter.objects.filter(user=Slot("user")))
_GUESTS = Select(
    Commenter,
    lambda count: Commenter.objects.filter(one_of("key", "keys", count), user=None),
)


@dataclass(frozen=True)
class Reader:
    """Whoever reads or writes with one browser."""

    account: Commenter | None = None
    guests: tuple[Commenter, ...] = ()
    is_remembered: bool = False

    @property
    def guest(self) -> Commenter | None:
        """The guest that this browser was last."""
        return self.guests[0] if self.guests else None

    @property
    def voices(self) -> frozenset[int]:
        """The keys of all the Commenters this browser has spoken as."""
        everyone = (*self.guests, self.account)
        return frozenset(voice.pk for voice in everyone if voice and voice.pk)

    def as_guest(self, *, name: str, email: str, website: str) -> Commenter:
        """The guest with these details: known already, or new and unsaved.

        Other details are another voice: nobody is approved as one person to go on
        as another.
        """
        for guest in self.guests:
            if (guest.name, guest.email, guest.website) == (name, email, website):
                return guest
        return Commenter(name=name, email=email, website=website)


NOBODY = Reader()


class ReaderRequest(HttpRequest):
    """A request as ``comments.middleware`` makes it; for annotations alone."""

    reader: Reader
    reply_form: Form  # one that was refused, to be shown again


def reader(request: HttpRequest) -> Reader:
    """The browser's Reader; no query for a browser without our cookies."""
    keys, is_remembered = _read_cookie(request)
    account = _account(request)
    if not keys and account is None:
        return NOBODY
    known = {guest.key: guest for guest in _GUESTS.all(len(keys), keys=keys)}
    guests = tuple(known[key] for key in keys if key in known)
    return Reader(account, guests, is_remembered)


def remember(
    response: HttpResponse, request: HttpRequest, guest: Commenter, *, consent: bool
) -> None:
    """Let the browser know its guest again: till it is closed, or for REMEMBERED."""
    keys, _ = _read_cookie(request)
    keys = [guest.key, *(key for key in keys if key != guest.key)][:MOST_VOICES]
    value = {"keys": [key.hex for key in keys], "remembered": consent}
    response.set_cookie(
        settings.COMMENTER_COOKIE_NAME,
        signing.dumps(value, salt=_SALT),
        max_age=REMEMBERED if consent else None,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _account(request: HttpRequest) -> Commenter | None:
    user: User | AnonymousUser = (
        request.user if has_session(request) else AnonymousUser()
    )
    if not user.is_authenticated:
        return None
    voice = _OF_USER.first(user=user.pk) or Commenter()
    voice.user = user
    return voice


def _read_cookie(request: HttpRequest) -> tuple[list[uuid.UUID], bool]:
    raw = request.COOKIES.get(settings.COMMENTER_COOKIE_NAME, "")
    try:
        value = signing.loads(raw, salt=_SALT, max_age=REMEMBERED)
    except signing.BadSignature:
        return [], False
    return [uuid.UUID(key) for key in value["keys"]], value["remembered"]
