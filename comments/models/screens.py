"""How the screens are set: which act, which only watch, and when comments are open."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Section


class ScreenSetting(models.Model):
    """One screen's settings; without a row, a screen acts with its own defaults."""

    class Mode(models.TextChoices):
        ACTIVE = "active", _("acts")
        SHADOW = "shadow", _("is recorded, does not act")
        OFF = "off", _("is off")

    class OnFailure(models.TextChoices):
        HOLD = "hold", _("hold the comment")
        PUBLISH = "publish", _("go on without it")
        RETRY = "retry", _("hold, and ask again")

    screen = models.CharField(_("screen"), max_length=40, unique=True)
    mode = models.CharField(_("mode"), max_length=6, choices=Mode, default=Mode.ACTIVE)
    threshold = models.FloatField(_("threshold"), null=True, blank=True)
    on_failure = models.CharField(
        _("when it gives no answer"),
        max_length=7,
        choices=OnFailure,
        default=OnFailure.HOLD,
    )

    class Meta:
        ordering = ["screen"]
        verbose_name = _("screen")
        verbose_name_plural = _("screens")

    def __str__(self):
        return self.screen


class NewsroomHours(models.Model):
    """A weekly timetable of commenting, for the site, a section or an article.

    ``week`` is a list of spans in ``time_zone``'s wall clock; Monday is day 0:
    ``[{"day": 0, "from": "08:00", "to": "22:00"}, …]``; "to" may be "24:00". Inside a
    span comments are taken as usual, outside of all of them ``otherwise`` rules.
    ``holidays`` is a list of dates ("2026-12-25") that have no spans.
    """

    class Otherwise(models.TextChoices):
        HOLD = "hold", _("hold every comment")
        CLOSED = "closed", _("take no comments")

    section = models.OneToOneField(
        Section, models.CASCADE, null=True, blank=True, verbose_name=_("section")
    )
    article = models.OneToOneField(
        Article, models.CASCADE, null=True, blank=True, verbose_name=_("article")
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    week = models.JSONField(_("week"), default=list)
    holidays = models.JSONField(_("holidays"), default=list, blank=True)
    otherwise = models.CharField(
        _("otherwise"), max_length=6, choices=Otherwise, default=Otherwise.HOLD
    )

    class Meta:
        verbose_name = _("newsroom hours")
        verbose_name_plural = _("newsroom hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(section=None) | Q(article=None),
                name="newsroom_hours_one_scope",
                violation_error_message=_("Choose a section or an article, not both."),
            ),
        ]

    def __str__(self):
        return str(self.article or self.section or _("the whole site"))
