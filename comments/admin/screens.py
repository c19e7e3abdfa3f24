"""The screens at work: how they are set, phrases, hours, trials and the comparison."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from articles.models import Article
from comments import policies, screening, trials
from comments.admin.screen_forms import (
    DAY_NAMES,
    DaysForm,
    NewsroomHoursForm,
    PhraseTrialForm,
    ScreenSettingForm,
    TextForm,
    ThresholdTrialForm,
)
from comments.models import Commenter, NewsroomHours, Phrase, ScreenSetting
from comments.screening import Finding, Screen, Submission, Verdict


@dataclass(frozen=True)
class Said:
    """One screen's row of the try-it box."""

    screen: Screen
    mode: ScreenSetting.Mode
    finding: Finding | None


@admin.register(ScreenSetting)
class ScreenSettingAdmin(admin.ModelAdmin):
    """A screen without a row here acts, with the default threshold."""

    form = ScreenSettingForm
    list_display = ["label", "mode", "threshold", "on_failure"]
    list_filter = ["mode"]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("tryout/", view(self.tryout_view), name="comments_tryout"),
            path("compare/", view(self.compare_view), name="comments_screens"),
            *super().get_urls(),
        ]

    @admin.display(description=_("screen"), ordering="screen")
    def label(self, setting):
        return screening.label(setting.screen)

    def tryout_view(self, request):
        """Show a text to the screens, or another setting to what was said lately."""
        self._refuse_others(request)
        forms: dict[str, tuple[type[Form], Callable[..., dict]]] = {
            "text": (TextForm, _look_at),
            "phrase": (PhraseTrialForm, _try_phrase),
            "threshold": (ThresholdTrialForm, _try_threshold),
        }
        asked = request.POST.get("try", "") if request.method == "POST" else ""
        context = {"here": "tryout", "title": _("Try it"), "asked": asked}
        for name, (form_class, answer) in forms.items():
            form = form_class(request.POST if name == asked else None, prefix=name)
            context[f"{name}_form"] = form
            if name == asked and form.is_valid():
                context |= answer(**form.cleaned_data)
        return self._show(request, "tryout", context)

    def compare_view(self, request):
        """What each screen has found, beside what people decided."""
        self._refuse_others(request)
        form = DaysForm(request.GET or None)
        is_chosen = form.is_bound and form.is_valid()
        days = form.cleaned_data["days"] if is_chosen else 30
        sample, records = trials.compare(days)
        context = {
            "here": "screens",
            "title": _("Screens and people compared"),
            "form": form,
            "sample": sample,
            "records": records,
        }
        return self._show(request, "compare", context)

    def _refuse_others(self, request):
        if not policies.may_moderate(request.user):
            raise PermissionDenied

    def _show(self, request, page, context):
        context = {**self.admin_site.each_context(request), **context}
        return render(request, f"admin/comments/screens/{page}.html", context)


@admin.register(Phrase)
class PhraseAdmin(admin.ModelAdmin):
    list_display = ["text", "kind", "is_on_trial", "note"]
    list_filter = ["kind", "is_on_trial"]
    search_fields = ["text", "note"]


@admin.register(NewsroomHours)
class NewsroomHoursAdmin(admin.ModelAdmin):
    """The most specific hours rule: the article's, the section's, the site's."""

    fieldsets = [
        (None, {"fields": ["section", "article", "time_zone", "otherwise"]}),
        (_("Week"), {"fields": [f"day_{number}" for number, _name in DAY_NAMES]}),
        (None, {"fields": ["holidays"]}),
    ]
    form = NewsroomHoursForm
    list_display = ["__str__", "time_zone", "otherwise"]
    list_select_related = ["article", "section"]


def _look_at(body, speaker, article):
    now = timezone.now()
    commenter = Commenter(name=str(TextForm.SPEAKERS["guest"]))
    if speaker != "guest":  # an account that nobody has
        commenter = Commenter(user=User(pk=0, date_joined=now))
    article = article or Article(commenting=Article.Commenting.OPEN)
    submission = Submission(article, commenter, body, at=now)
    rows = [Said(*row) for row in screening.each(submission)]
    if speaker == "trusted":
        rows = [row for row in rows if row.screen.name != "first_comment"]
    acting = [r.finding for r in rows if r.finding and r.mode == "active"]
    outcome = Verdict(tuple(acting)).outcome
    return {
        "rows": rows,
        "outcome": outcome.status.label,
        "pieces": _pieces(body, submission.matches[0]),
    }


def _try_phrase(phrase, days, **fields):
    return {"trial": trials.try_phrase(phrase, days)}


def _try_threshold(screen, threshold, days):
    return {"trial": trials.try_threshold(screen, threshold, days)}


def _pieces(body, matches):
    """``body`` cut where a match begins or ends, each piece with whether it is one."""
    marked = {n for match in matches for n in range(match.start, match.end)}
    edges = [n for n in range(1, len(body)) if (n in marked) != (n - 1 in marked)]
    cuts = [0, *edges, len(body)]
    return [(body[start:end], start in marked) for start, end in pairwise(cuts)]
