"""The library of images: pixels of our own making, and what is said of them."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.querysets import ImageQuerySet

# Where a focal point lies that is chosen from a grid of three by three.
ACROSS = {"left": 1 / 6, "center": 1 / 2, "right": 5 / 6}
DOWN = {"top": 1 / 6, "middle": 1 / 2, "bottom": 5 / 6}


class Image(models.Model):
    """A master, made once from an upload by ``articles.images``, and words on it."""

    file = models.FileField(_("file"), upload_to="images/", editable=False)
    sha256 = models.CharField(
        max_length=64, unique=True, editable=False
    )  # the upload's
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    alt = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows, for those who do not see it."),
    )
    is_decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("It says nothing that the text does not: no alternative text."),
    )
    caption = models.CharField(_("caption"), max_length=400, blank=True)
    credit = models.CharField(
        _("credit"),
        max_length=150,
        help_text=_("Whose work it is, as readers see it: “Photograph: Dara Chan”."),
    )
    rights = models.CharField(
        _("rights"),
        max_length=300,
        blank=True,
        help_text=_("For the newsroom alone: the licence, and for what."),
    )
    rights_until = models.DateField(
        _("rights until"),
        null=True,
        blank=True,
        help_text=_("The last day on which it may be shown. Empty: no end is known."),
    )
    # What must stay in sight when the picture is cropped: parts of width and height.
    focal_x = models.FloatField(default=0.5, editable=False)
    focal_y = models.FloatField(default=0.5, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("image")
        verbose_name_plural = _("images")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=True) | ~Q(alt=""), name="image_has_alt"
            ),
            models.CheckConstraint(condition=~Q(credit=""), name="image_has_credit"),
            models.CheckConstraint(
                condition=Q(focal_x__range=(0, 1), focal_y__range=(0, 1)),
                name="image_focus_inside",
            ),
        ]

    def __str__(self):
        return self.caption or self.alt or self.credit

    def clean(self):
        self.alt = self.alt.strip()
        if not self.alt and not self.is_decorative:
            words = _("Say what the picture shows, or mark it as decorative.")
            raise ValidationError({"alt": words})

    @property
    def url(self) -> str:
        """Our own address of the master."""
        return _address(self.file)

    @property
    def spoken(self) -> str:
        """What stands in for the picture."""
        return "" if self.is_decorative else self.alt

    @property
    def focus(self) -> str:
        """The focal point's place in a grid of three by three: “left-top”."""
        across = list(ACROSS)[min(int(self.focal_x * 3), 2)]
        down = list(DOWN)[min(int(self.focal_y * 3), 2)]
        return f"{across}-{down}"


class Rendition(models.Model):
    """An image in one format, at one width."""

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        WEBP = "webp", "WebP"
        JPEG = "jpg", "JPEG"

    image = models.ForeignKey(Image, models.CASCADE, related_name="renditions")
    format = models.CharField(max_length=4, choices=Format)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    file = models.FileField(upload_to="images/")

    class Meta:
        ordering = ["width"]
        constraints = [
            models.UniqueConstraint(
                fields=["image", "format", "width"], name="rendition_once_per_width"
            )
        ]

    def __str__(self):
        return f"{self.format} {self.width} × {self.height}"

    @property
    def url(self) -> str:
        return _address(self.file)


def _address(file) -> str:
    return reverse("articles:image", args=[file.name.rpartition("/")[2]])
