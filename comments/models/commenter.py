"""The voice behind comments, and what it wants to hear of."""

import uuid

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from accounts import names
from articles.models import Article


class Commenter(models.Model):
    """A User's voice or a guest's; whatever people do here hangs on one.

    A guest has the name, private e-mail and website that were typed; somebody else's
    typing the same makes another Commenter. An account's voice shows the account's
    name, and none once the account is deleted.
    """

    # What the signed cookie names; never shown.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="commenter",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), max_length=100, blank=True)
    website = models.URLField(_("website"), max_length=200, blank=True)
    email_confirmed_at = models.DateTimeField(
        _("e-mail confirmed at"), null=True, blank=True
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("commenter")
        verbose_name_plural = _("commenters")
        indexes = [models.Index(fields=["email"], name="commenter_email")]

    def __str__(self):
        return self.display_name

    def keep(self) -> None:
        """Save it with the first that it says; an account has one voice, and another
        of its requests may just have saved it."""
        if self.pk is not None:
            return
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:
            if self.user_id is None:
                raise
            (self.pk,) = Commenter.objects.values_list("pk").get(user=self.user_id)
            self.refresh_from_db()

    @property
    def display_name(self) -> str:
        """Read with ``select_related("user")``."""
        if self.user:
            return self.user.get_full_name()
        return self.name or str(_("Someone"))

    @property
    def display_website(self) -> str:
        return self.user.website if self.user else self.website

    @property
    def picture_url(self) -> str:
        return self.user.picture_url if self.user else ""

    @property
    def initials(self) -> str:
        return names.initials(self.display_name)

    @property
    def tone(self) -> int:
        """Which of the eight colours stands behind the initials."""
        return (self.pk or 0) % 8

    @property
    def is_guest(self) -> bool:
        return self.user_id is None

    @property
    def is_staff(self) -> bool:
        return bool(self.user and self.user.is_staff and self.user.is_active)

    @property
    def has_verified_identity(self) -> bool:
        """A provider vouches for accounts; guests confirm their e-mail."""
        return self.user_id is not None or self.email_confirmed_at is not None


class Subscription(models.Model):
    """A wish to hear of new comments on one article, or of every new article."""

    commenter = models.ForeignKey(
        Commenter, models.CASCADE, related_name="subscriptions"
    )
    article = models.ForeignKey(
        Article,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="subscriptions",
        help_text=_("Without one: every new article."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["commenter", "article"], name="subscription_once"
            ),
            models.UniqueConstraint(
                fields=["commenter"],
                condition=models.Q(article=None),
                name="subscription_to_articles_once",
            ),
        ]

    def __str__(self):
        return f"{self.commenter} → {self.article or _('every new article')}"
