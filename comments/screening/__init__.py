"""The automatic looks at a comment before it is written.

All screens run, so that a moderator sees every reason; the strictest outcome wins.
What a screen is set to, ``ScreenSetting`` says: to act, to watch only, or to be off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles import editions
from articles.models import Article
from comments import hours, spam
from comments.hours import State
from comments.models import Reason, ScreenSetting
from comments.screening.content import (
    links,
    phrases,
    phrases_on_trial,
    repeated,
    too_quick,
    trap,
)
from comments.screening.people import (
    first_comment,
    flood,
    new_account,
    offender,
    premoderated_commenter,
    unconfirmed_guest,
)
from comments.screening.verdict import (
    NO_SIGNS,
    Finding,
    Outcome,
    Signs,
    Submission,
    Verdict,
    hold,
)

__all__ = [
    "NO_SIGNS",
    "SCREENS",
    "Finding",
    "Outcome",
    "Screen",
    "Signs",
    "Submission",
    "Verdict",
    "each",
    "every_screen",
    "find",
    "hold",
    "label",
    "links",
    "phrases",
    "screen",
]

Mode = ScreenSetting.Mode


@dataclass(frozen=True)
class Screen:
    """A look, and how it is set without a ``ScreenSetting``.

    ``limit`` names the setting that holds its default threshold; a screen without one
    has none. ``is_on_trial`` ones never act, whatever they are set to.
    """

    name: str
    label: str | Promise
    look: Callable[..., Finding | None]
    limit: str = ""
    is_on_trial: bool = False

    def threshold(self, setting: ScreenSetting | None = None) -> float | None:
        if not self.limit:
            return None
        is_set = setting is not None and setting.threshold is not None
        return (
            setting.threshold if setting and is_set else getattr(settings, self.limit)
        )

    def run(
        self, submission: Submission, setting: ScreenSetting | None = None
    ) -> Finding | None:
        mode = setting.mode if setting else Mode.ACTIVE
        if mode == Mode.OFF:
            return None
        limits = (self.threshold(setting),) if self.limit else ()
        finding = self.look(submission, *limits)
        if finding and (mode == Mode.SHADOW or self.is_on_trial):
            return replace(finding, is_shadow=True)
        return finding


def screen(submission: Submission) -> Verdict:
    """What every screen has to say. Our own staff is not screened."""
    if submission.commenter.is_staff:
        return Verdict()
    setting = editions.kept(submission.article.edition, "screens", _settings)
    found = list(_look(SCREENS, submission, setting))
    if Verdict(tuple(found)).outcome < Outcome.REJECT:
        found += _look(_scorers(), submission, setting)
    return Verdict(tuple(found))


def each(submission: Submission) -> list[tuple[Screen, Mode, Finding | None]]:
    """Every screen, how it is set, and what it would say if it were on."""
    setting = _settings()
    rows = []
    for look in every_screen():
        row = setting.get(look.name) or ScreenSetting(screen=look.name)
        mode = Mode.SHADOW if look.is_on_trial else Mode(row.mode)
        limits = (look.threshold(row),) if look.limit else ()
        rows.append((look, mode, look.look(submission, *limits)))
    return rows


def every_screen() -> tuple[Screen, ...]:
    """The screens of the house, and the external scorers that are set up."""
    return (*SCREENS, *_scorers())


def find(name: str) -> Screen | None:
    return next((one for one in every_screen() if one.name == name), None)


def label(name: str) -> str:
    """What people call the screen; its bare name where it is no longer there."""
    known = find(name)
    return str(known.label) if known else name


def premoderated_article(submission: Submission) -> Finding | None:
    if submission.article.commenting != Article.Commenting.PREMODERATED:
        return None
    return hold("premoderated_article", Reason.PREMODERATED_ARTICLE)


def out_of_hours(submission: Submission) -> Finding | None:
    standing = hours.standing(submission.article, submission.at)
    if standing.state == State.OPEN:
        return None
    return hold("out_of_hours", Reason.OUT_OF_HOURS, state=standing.state.value)


# Cheapest first; a verdict's reason is that of the first among the strictest.
SCREENS: tuple[Screen, ...] = (
    Screen(
        "premoderated_article", _("articles with premoderation"), premoderated_article
    ),
    Screen("trap", _("a trap for machines"), trap),
    Screen(
        "too_quick", _("typing time, in seconds"), too_quick, "COMMENT_TYPING_SECONDS"
    ),
    Screen("links", _("links, so many"), links, "COMMENT_HOLD_LINKS"),
    Screen("phrases", _("phrases"), phrases),
    Screen(
        "phrases_on_trial", _("phrases on trial"), phrases_on_trial, is_on_trial=True
    ),
    Screen("out_of_hours", _("newsroom hours"), out_of_hours),
    Screen(
        "premoderated_commenter",
        _("commenters on premoderation"),
        premoderated_commenter,
    ),
    Screen(
        "first_comment",
        _("first comments, so many"),
        first_comment,
        "COMMENT_FIRST_COUNT",
    ),
    Screen("unconfirmed_guest", _("unconfirmed guests"), unconfirmed_guest),
    Screen(
        "new_account",
        _("new accounts, in days"),
        new_account,
        "COMMENT_NEW_ACCOUNT_DAYS",
    ),
    Screen("flood", _("flood, so many in ten minutes"), flood, "COMMENT_FLOOD_COUNT"),
    Screen(
        "offender",
        _("offenders, by rejected part of 1"),
        offender,
        "COMMENT_OFFENDER_RATE",
    ),
    Screen(
        "repeated",
        _("repeated texts, alike from 0 to 1"),
        repeated,
        "COMMENT_REPEAT_SIMILARITY",
    ),
)


def _scorers() -> tuple[Screen, ...]:
    """They are asked later, in a task: until then their say is that it is wanted."""

    def wait_for(name: str) -> Callable[..., Finding | None]:
        def look(submission: Submission, score: float) -> Finding | None:
            return hold(name, Reason.UNAVAILABLE, state="asked")

        return look

    return tuple(
        Screen(name, name, wait_for(name), "COMMENT_SCORE") for name in spam.scorers()
    )


def _look(
    screens: tuple[Screen, ...],
    submission: Submission,
    setting: dict[str, ScreenSetting],
) -> list[Finding]:
    found = (look.run(submission, setting.get(look.name)) for look in screens)
    return [finding for finding in found if finding]


def _settings() -> dict[str, ScreenSetting]:
    """All of them, in one query."""
    return {setting.screen: setting for setting in ScreenSetting.objects.all()}
