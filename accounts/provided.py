"""What a provider tells us about a person, made fit to keep."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from accounts import names
from accounts.models import User

_valid_website = URLValidator(schemes=["http", "https"])


def name(data: dict[str, Any]) -> str:
    """The name to show, from what the provider said."""
    said = data.get("name") or data.get("given_name") or data.get("username") or ""
    longest = User._meta.get_field("display_name").max_length
    return names.tidy(str(said))[:longest].strip()


def website(data: dict[str, Any]) -> str:
    """A website the person gives there; X shortens it, and has the long form beside."""
    try:
        said = data["entities"]["url"]["urls"][0]["expanded_url"]
    except (KeyError, IndexError, TypeError):
        said = data.get("website") or ""
    longest = User._meta.get_field("website").max_length or 0
    try:
        _valid_website(said)
    except ValidationError:
        return ""
    return said if len(said) <= longest else ""


def picture_url(data: dict[str, Any]) -> str:
    """Where the provider has the person's picture; none for its stand-in for one."""
    said = data.get("profile_image_url") or data.get("picture") or ""
    if isinstance(said, dict):  # Facebook
        picture = said.get("data") or {}
        said = "" if picture.get("is_silhouette") else picture.get("url") or ""
    # X names the size in the address; the normal one has 48 pixels.
    return str(said).replace("_normal.", "_bigger.")


def is_leading(account: SocialAccount) -> bool:
    """Whether the name and picture come from ``account``: its owner's first.

    Somebody who signs in with Google today and Facebook tomorrow is not to change
    names in between.
    """
    first = SocialAccount.objects.filter(user=account.user_id).order_by("pk").first()
    return first == account


def follow_name(account: SocialAccount) -> None:
    """Show the name that the provider has now, unless its owner has set another."""
    user, said = account.user, name(account.extra_data)
    if not said or said == user.provider_name:
        return
    if user.display_name in {"", user.provider_name}:
        user.display_name = said
    user.provider_name = said
    user.save(update_fields=["display_name", "provider_name"])
