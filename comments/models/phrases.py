"""The words that are looked for."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from comments import text


class Phrase(models.Model):
    """Words that hold or reject a comment; matched as whole words, in any case."""

    class Kind(models.TextChoices):
        SUSPECT = "suspect", _("suspect: hold the comment")
        BANNED = "banned", _("banned: reject the comment")

    text = models.CharField(_("phrase"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.SUSPECT)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_on_trial = models.BooleanField(
        _("on trial"),
        default=False,
        help_text=_("Found and recorded, but nothing is held or rejected for it."),
    )
    # The folded first word, by which a comment's words find their phrases; empty for
    # scripts without spaces, whose phrases are looked for in every comment.
    first_word = models.CharField(max_length=100, editable=False, db_index=True)

    class Meta:
        ordering = ["text"]
        verbose_name = _("phrase")
        verbose_name_plural = _("phrases")

    def __str__(self):
        return self.text

    def save(self, *args, **kwargs):
        words = text.words(self.text)
        self.first_word = "" if text.is_spaceless(self.text) else words[0]
        super().save(*args, **kwargs)

    def clean(self):
        if not text.words(self.text):
            raise ValidationError({"text": _("A phrase needs at least one word.")})
