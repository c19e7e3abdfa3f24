"""Plots as SVG, with their numbers as a table beside them; no script, no style."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import screening
from comments.figures import Pace

register = template.Library()
WIDTH = 320  # as wide as the narrowest screen: text keeps its size on all of them
BAR_ROW = 38
STRIP = 44


@register.filter
def by_label(counts):
    """``(screen, number)`` rows with the screens' labels in place of their names."""
    return [(screening.label(name), number) for name, number in counts]


@register.inclusion_tag("admin/comments/figures/_bars.html")
def bars(name, title, rows):
    """One bar for each ``(label, number)``; a third item says that it is hatched."""
    most = max((row[1] for row in rows), default=0) or 1
    return {
        "name": name,
        "title": title,
        "width": WIDTH,
        "height": BAR_ROW * len(rows),
        "bars": [
            {
                "label": label,
                "number": number,
                "is_hatched": bool(hatched and hatched[0]),
                "text_y": BAR_ROW * n + 14,
                "bar_y": BAR_ROW * n + 20,
                "length": round(WIDTH * number / most, 1),
            }
            for n, (label, number, *hatched) in enumerate(rows)
        ],
    }


@register.inclusion_tag("admin/comments/figures/_strips.html")
def strips(pace: list[Pace], hours: list[datetime]):
    """A strip for each moderator, a column for each hour; all to the same scale."""
    step = WIDTH / len(hours)
    most = max((max(line.hours) for line in pace), default=0) or 1
    return {
        "width": WIDTH,
        "height": STRIP,
        "most": most,
        "first": timezone.localtime(hours[0]),
        "last": timezone.localtime(hours[-1]),
        "pace": pace,
        "strips": [
            {
                "line": line,
                "columns": [
                    {
                        "x": round(step * n, 2),
                        "y": round(STRIP - STRIP * number / most, 2),
                        "width": round(step * 0.8, 2),
                        "height": round(STRIP * number / most, 2),
                    }
                    for n, number in enumerate(line.hours)
                    if number
                ],
            }
            for line in pace
        ],
        "rows": [
            (timezone.localtime(hour), numbers)
            for hour, *numbers in zip(hours, *(p.hours for p in pace), strict=True)
            if any(numbers)
        ],
    }


@register.filter
def duration(span: timedelta | None) -> str:
    """“3 min”, “2 h 5 min”, “4 d 2 h”; a dash where there is none."""
    if span is None:
        return "–"
    minutes = round(span.total_seconds() / 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours % 24}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {
            "hours": hours,
            "minutes": minutes % 60,
        }
    return _("%d min") % minutes


@register.filter
def share(part: int, whole: int) -> str:
    """As a percentage, whatever the whole."""
    return f"{100 * part / whole:.0f} %" if whole else "–"
