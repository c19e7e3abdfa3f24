"""What the screens' admin asks for, and what is wrong with it, in clear words."""

import re
from datetime import date
from itertools import pairwise
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article
from comments import hours, screening, text, trials
from comments.models import NewsroomHours, Phrase, ScreenSetting

ARTICLES = 50  # the latest, to choose from
DAY_NAMES = list(WEEKDAYS.items())
_SPAN = re.compile(r"^(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)$")


def latest(chosen=None):
    """The articles to choose from; ``chosen`` is the key of one that stands already."""
    published = Article.objects.published().order_by("-published_at")
    keys = [*published.values_list("pk", flat=True)[:ARTICLES], chosen]
    return Article.objects.filter(pk__in=keys).order_by("-published_at")


class ScreenSettingForm(forms.ModelForm):
    """A screen is chosen, not typed; thresholds belong to those that have one."""

    screen = forms.ChoiceField(label=gettext_lazy("Screen"))

    class Meta:
        model = ScreenSetting
        fields = ["screen", "mode", "threshold", "on_failure"]
        help_texts = {
            "threshold": gettext_lazy("Empty: the default."),
            "on_failure": gettext_lazy("For external scorers."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        screens = screening.every_screen()
        choices = [(screen.name, screen.label) for screen in screens]
        self.fields["screen"].choices = choices  # type: ignore[attr-defined]

    def clean(self):
        super().clean()
        chosen = screening.find(self.cleaned_data.get("screen", ""))
        threshold = self.cleaned_data.get("threshold")
        if threshold is None or chosen is None:
            return
        if not chosen.limit:
            self.add_error("threshold", _("This screen has no threshold."))
        elif threshold < 0:
            self.add_error("threshold", _("A threshold is not below 0."))


class SpansField(forms.CharField):
    """A day's spans: "08:00–12:00, 13:00–24:00"; empty for none."""

    @classmethod
    def of(cls, day):
        help_text = gettext_lazy("As 08:00–12:00, 13:00–22:00.")
        return cls(label=WEEKDAYS[day], required=False, help_text=help_text)

    def to_python(self, value):
        spans = [self._span(part.strip()) for part in (value or "").split(",")]
        spans = sorted(span for span in spans if span)
        for (_start, end), (start, _end) in pairwise(spans):
            if hours.minutes(start) < hours.minutes(end):
                raise ValidationError(_("These times overlap: join them to one."))
        return spans

    def _span(self, part):
        if not part:
            return None
        found = _SPAN.match(part)
        if not found:
            words = _("“%s” is not like 08:00–22:00.")
            raise ValidationError(words % part)
        start, end = found.groups()
        for clock in (start, end):
            try:
                hours.minutes(clock)
            except ValueError as error:
                raise ValidationError(_("There is no %s.") % clock) from error
        if hours.minutes(start) >= hours.minutes(end):
            raise ValidationError(
                _(
                    "%s ends before it begins. Over midnight it is two: up to 24:00 "
                    "on one day, from 00:00 on the next."
                )
                % part
            )
        return start, end


class DatesField(forms.CharField):
    """Dates, one a line, as 2026-12-25."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value):
        return sorted({self._day(line) for line in (value or "").split()})

    def _day(self, line):
        try:
            return date.fromisoformat(line).isoformat()
        except ValueError as error:
            words = _("“%s” is not a date like 2026-12-25.")
            raise ValidationError(words % line) from error


class NewsroomHoursForm(forms.ModelForm):
    """The week as seven lines; stored as ``NewsroomHours`` says."""

    holidays = DatesField(
        label=gettext_lazy("Holidays"),
        required=False,
        help_text=gettext_lazy("One a line, as 2026-12-25: the newsroom is away."),
    )

    class Meta:
        model = NewsroomHours
        fields = ["section", "article", "time_zone", "otherwise", "holidays"]
        help_texts = {
            "section": gettext_lazy("Neither section nor article: the whole site."),
            "time_zone": gettext_lazy("As Europe/Berlin or Asia/Phnom_Penh."),
        }

    day_0, day_1, day_2, day_3, day_4, day_5, day_6 = map(SpansField.of, WEEKDAYS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        articles = latest(self.instance.article_id)
        self.fields["article"].queryset = articles  # type: ignore[attr-defined]
        if self.instance.holidays:
            self.initial["holidays"] = "\n".join(self.instance.holidays)
        for number, _name in DAY_NAMES:
            spans = [s for s in self.instance.week if s["day"] == number]
            words = ", ".join(f"{span['from']}–{span['to']}" for span in spans)
            self.initial[f"day_{number}"] = words

    def clean_time_zone(self):
        name = self.cleaned_data["time_zone"]
        if name not in available_timezones():
            words = _("There is no time zone “%s”; one is Europe/Berlin.")
            raise ValidationError(words % name)
        return name

    def clean(self):
        super().clean()
        data = self.cleaned_data
        self.instance.week = [
            {"day": number, "from": start, "to": end}
            for number, _name in DAY_NAMES
            for start, end in data.get(f"day_{number}") or []
        ]
        is_for_site = not data.get("section") and not data.get("article")
        of_site = NewsroomHours.objects.filter(section=None, article=None)
        if is_for_site and of_site.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("The whole site has its hours already."))


class TextForm(forms.Form):
    """A text to show to every screen; nothing of it is stored."""

    SPEAKERS = {
        "guest": gettext_lazy("a guest"),
        "new": gettext_lazy("an account, for the first time"),
        "trusted": gettext_lazy("an account that has been published before"),
    }

    body = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 6})
    )
    speaker = forms.ChoiceField(
        label=gettext_lazy("Said by"), choices=SPEAKERS.items(), initial="trusted"
    )
    article = forms.ModelChoiceField(
        Article.objects.none(),
        label=gettext_lazy("Under"),
        required=False,
        empty_label=gettext_lazy("any open article"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["article"].queryset = latest()  # type: ignore[attr-defined]

    def clean_body(self):
        return text.tidy(self.cleaned_data["body"])


class DaysForm(forms.Form):
    days = forms.IntegerField(
        label=gettext_lazy("Over the last days"),
        min_value=1,
        max_value=365,
        initial=30,
    )


class PhraseTrialForm(DaysForm):
    """A phrase that may not be on the list yet."""

    text = forms.CharField(label=gettext_lazy("Phrase"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Phrase.Kind)
    field_order = ["text", "kind", "days"]

    def clean(self):
        phrase = Phrase(
            text=self.cleaned_data.get("text", ""),
            kind=self.cleaned_data.get("kind", Phrase.Kind.SUSPECT),
        )
        if "text" in self.cleaned_data:
            phrase.clean()
        self.cleaned_data["phrase"] = phrase


class ThresholdTrialForm(DaysForm):
    """Another threshold for one of the screens."""

    screen = forms.ChoiceField(label=gettext_lazy("Screen"))
    threshold = forms.FloatField(label=gettext_lazy("Threshold"), min_value=0)
    field_order = ["screen", "threshold", "days"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(screen.name, screen.label) for screen in trials.repeatable()]
        self.fields["screen"].choices = choices  # type: ignore[attr-defined]
