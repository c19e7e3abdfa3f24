"""The top of the desk: the queues, how long they are, what they are narrowed to."""

from __future__ import annotations

from django.utils.translation import gettext as _

from articles.models import Section
from comments import queues
from comments.models import Commenter
from comments.queues import Selection


def about(selection: Selection) -> dict:
    """What the page says of its selection, and offers in its place."""
    counts = queues.counts()
    is_counted = not selection.is_narrowed
    return {
        "selection": selection,
        "queues": [
            (name, counts[queue], selection.whole(queue).query, queue)
            for queue, name in queues.NAMES.items()
        ],
        "count": counts[selection.queue] if is_counted else selection.count(),
        "oldest": selection.oldest(),
        "filters": [
            (kind, label, selection.but(**{field: None if field in KEYS else ""}).query)
            for field, kind, label in _narrowed(selection)
        ],
        "filter_reasons": queues.reasons().items(),
        "filter_sections": Section.objects.all(),
    }


KEYS = {"article", "section", "commenter"}


def _narrowed(selection: Selection) -> list[tuple[str, str, object]]:
    """What the selection is narrowed to: the field, its name, its value in words."""
    commenters = Commenter.objects.select_related("user")
    asked = [
        ("article", _("article"), queues.articles().filter(pk=selection.article or 0)),
        ("section", _("section"), Section.objects.filter(pk=selection.section or 0)),
        ("commenter", _("commenter"), commenters.filter(pk=selection.commenter or 0)),
    ]
    found: list[tuple[str, str, object]] = [
        (field, kind, rows.first())
        for field, kind, rows in asked
        if getattr(selection, field)
    ]
    if selection.reason:
        label = queues.reasons()[selection.reason]
        found.append(("reason", _("reason"), label))
    if selection.text:
        found.append(("text", _("search"), selection.text))
    return found
