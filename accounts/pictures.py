"""A person's picture, fetched once from the provider and kept as our own small copy.

No reader's browser ever asks a provider for it. What comes from outside is decoded and
encoded anew, so that nothing but pixels is passed on.
"""

from __future__ import annotations

import hashlib
import io
import logging
import secrets
from functools import partial
from urllib.parse import urlsplit

import requests
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.tasks import task
from PIL import ImageOps

from accounts import outside, pixels, provided
from accounts.models import User

FOLDER = "pictures/"
SIDE = 96  # pixels
MOST_BYTES = 1_000_000
MOST_PIXELS = 4_000_000
FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]

logger = logging.getLogger(__name__)


class PictureRefused(Exception):
    """Not a picture we take: too many pixels, or no picture at all."""


def follow(account: SocialAccount) -> None:
    """Fetch the picture ``account`` has now, when its owner's copy is not of it."""
    url, user = provided.picture_url(account.extra_data), account.user
    if not url or user.picture_source == _digest(url):
        return
    if not user.picture or provided.is_leading(account):
        transaction.on_commit(partial(fetch.enqueue, account.pk))


@task
def fetch(account_id: int) -> None:
    """Make our copy of the account's picture; where that fails, things stay as is."""
    account = SocialAccount.objects.select_related("user").filter(pk=account_id).first()
    if account is None:
        return
    url = provided.picture_url(account.extra_data)
    if account.user.picture_source == _digest(url):
        return
    try:
        picture = _shrink(_download(url))
    except (PictureRefused, outside.Refused, requests.RequestException) as problem:
        kind = type(problem).__name__
        logger.warning("No picture for social account %s: %s", account_id, kind)
        return
    _keep(account.user, picture, _digest(url))


def forget(user: User) -> None:
    """Remove the file of ``user``'s picture once the transaction holds."""
    if old := user.picture.name:
        transaction.on_commit(partial(user.picture.storage.delete, old))


@transaction.atomic
def _keep(user: User, picture: bytes, source: str) -> None:
    forget(user)
    user.picture.save(f"{secrets.token_hex(16)}.webp", ContentFile(picture), save=False)
    user.picture_source = source
    user.save(update_fields=["picture", "picture_source"])


def _download(url: str) -> bytes:
    """The bytes at ``url``, at most MOST_BYTES, from nowhere but the hosts we know."""
    with (
        requests.Session() as session,
        outside.answered(session, url, may=_is_allowed) as answer,
    ):
        answer.raise_for_status()
        return outside.read(answer, MOST_BYTES)


def _is_allowed(url: str) -> bool:
    sandbox = settings.SIGN_IN_SANDBOX
    if sandbox and url.startswith(f"{sandbox}/"):
        return True
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_known = any(
        host.endswith(known) if known.startswith(".") else host == known
        for known in settings.PICTURE_HOSTS
    )
    return is_known and parts.scheme == "https" and port in {None, 443}


def _shrink(raw: bytes) -> bytes:
    """A square WebP of SIDE pixels, without anything that was beside the pixels."""
    try:
        with pixels.opened(io.BytesIO(raw), FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:  # known before it is decoded
                raise PictureRefused
            turned = ImageOps.exif_transpose(image).convert("RGBA")
    except pixels.Unreadable as problem:
        raise PictureRefused from problem
    small = io.BytesIO()
    ImageOps.fit(turned, (SIDE, SIDE)).save(small, "WEBP", quality=80)
    return small.getvalue()


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
