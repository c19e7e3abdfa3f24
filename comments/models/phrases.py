"""The words that are looked for."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from comments import text

STARS = _(
    "A star stands at the beginning or the end of a word, with two letters or more "
    "beside it: casin*, *coin."
)


class Phrase(models.Model):
    """Words that hold or reject a comment; matched as whole words, in any case.

    A star at an end of a word stands for the rest of it: ``casin*``, ``*coin``.
    Change phrases by ``save()`` and ``delete()``: with them another edition begins, by
    which processes know that their copy of the list is old.
    """

    class Kind(models.TextChoices):
        SUSPECT = "suspect", _("suspect: hold the comment")
        BANNED = "banned", _("banned: reject the comment")

    text = models.CharField(
        _("phrase"),
        max_length=100,
        unique=True,
        help_text=_("casin* and *coin find longer words too."),
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.SUSPECT)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_on_trial = models.BooleanField(
        _("on trial"),
        default=False,
        help_text=_("Found and recorded, but nothing is held or rejected for it."),
    )

    class Meta:
        ordering = ["text"]
        verbose_name = _("phrase")
        verbose_name_plural = _("phrases")

    def __str__(self):
        return self.text

    def clean(self):
        if not text.words(self.text):
            raise ValidationError({"text": _("A phrase needs at least one word.")})
        if not text.is_searchable(self.text):
            raise ValidationError({"text": STARS})
