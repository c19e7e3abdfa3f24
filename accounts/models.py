"""Who signs in: the account, and which providers are out of order."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


def provider_choices():
    return list(settings.SIGN_IN_PROVIDERS.items())


class User(AbstractUser):
    """An account. People come by a provider; staff may also have a password."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(
        _("display name"),
        max_length=80,
        blank=True,
        help_text=_("Shown beside everything you write."),
    )
    website = models.URLField(_("website"), max_length=200, blank=True)
    picture = models.ImageField(
        _("picture"), upload_to="pictures/", blank=True, editable=False
    )
    # What the provider said last, to see what its owner or the provider has changed.
    provider_name = models.CharField(max_length=80, blank=True, editable=False)
    picture_source = models.CharField(max_length=64, blank=True, editable=False)

    REQUIRED_FIELDS = ["email"]

    def __str__(self):
        return self.get_full_name()

    def get_full_name(self):
        return self.display_name or self.username

    def get_short_name(self):
        return self.get_full_name()

    @property
    def picture_url(self) -> str:
        """Our own address of our own copy; empty without a picture."""
        name = (self.picture.name or "").rpartition("/")[2]
        return reverse("accounts:picture", args=[name]) if name else ""


class ProviderPause(models.Model):
    """A provider taken out of the sign-in row while it is down or unwanted."""

    provider = models.CharField(
        _("provider"),
        max_length=30,
        unique=True,
        choices=provider_choices,
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    paused_at = models.DateTimeField(_("paused at"), auto_now_add=True)

    class Meta:
        verbose_name = _("paused provider")
        verbose_name_plural = _("paused providers")

    def __str__(self):
        return self.get_provider_display()
