"""The desk's pages. Every one works without a script; with one, the answers are JSON.

Who may see them is asked in ``urls``.
"""

from django.contrib import admin, messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import numbers
from articles import publishing
from articles.models import Article
from comments import leases, moderation, queues
from comments.admin.desk import head, records, verbs
from comments.admin.desk.cards import Card
from comments.admin.desk.forms import REASONS, CommentingForm, DecisionForm, PlaceForm
from comments.models import Comment, ModerationDecision
from comments.queues import Selection

BATCH = 10


@require_GET
def desk(request):
    """A queue's first cards; the ones after ``?after=`` for who has no script."""
    selection = read_selection(request)
    after = numbers.read_key(request.GET.get("after"))
    before = Comment.objects.filter(pk=after).first() if after else None
    cards = load_cards(request, selection.after(before)[:BATCH])
    if cards and not cards[0].reader:
        leases.take(cards[0].comment.pk, by=request.user)
    return show(request, selection, cards)


@require_GET
def more(request):
    """The cards after the last that the page has."""
    place = PlaceForm(request.GET)
    last = place.cleaned_data["last"] if place.is_valid() else None
    selection = read_selection(request)
    return JsonResponse({"cards": _render_more(request, selection, last)})


@require_POST
def decide(request):
    """One decision, and in the same answer all that the page needs to go on."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.errors.as_text(), status=422)
    given = dict(form.cleaned_data)
    comment = get_object_or_404(Comment, pk=given.pop("comment"))
    said = verbs.Answer(**given)
    try:
        words = verbs.give(said, comment, by=request.user)
    except moderation.Stale as stale:
        return refuse(request, verbs.what_changed(stale), comment=comment, status=409)
    is_shown_on = said.verb in {"feature", "unfeature"}
    return answer(request, words, comment=comment if is_shown_on else None)


@require_POST
def undo(request):
    """Take back the moderator's own decision that the form names."""
    mine = ModerationDecision.objects.filter(moderator=request.user)
    pk = numbers.read_key(request.POST.get("decision"))
    decision = get_object_or_404(mine.select_related("comment"), pk=pk)
    try:
        words = verbs.undo(decision, by=request.user)
    except moderation.CannotUndo as cannot:
        return refuse(request, str(cannot), comment=decision.comment, status=409)
    return answer(request, words, comment=decision.comment)


@require_POST
def reading(request):
    """The page says which card is read now, and hears who reads the others."""
    _move_lease(request)
    shown = [pk for pk in map(numbers.read_key, request.POST.getlist("shown")) if pk]
    others = leases.readers(shown[: 10 * BATCH], but=request.user)
    return JsonResponse({"readers": others})


@require_POST
def commenting(request):
    """Open, hold or close an article's discussion."""
    form = CommentingForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.errors.as_text(), status=422)
    article = form.cleaned_data["article"]
    rule = Article.Commenting(form.cleaned_data["rule"])
    publishing.set_commenting(article, rule, by=request.user)
    said = {"article": article, "rule": rule.label}
    return answer(request, _("Commenting on “%(article)s” is %(rule)s.") % said)


def read_selection(request) -> Selection:
    """What the address asks for, or the form that came from it."""
    return Selection.read(
        request.GET, sees_emails=request.user.has_perm("comments.view_commenter")
    )


def load_cards(request, comments) -> list[Card]:
    batch = records.load(comments)
    others = leases.readers([c.pk for c in batch.comments], but=request.user)
    return [Card(c, batch, others.get(c.pk, "")) for c in batch.comments]


def show(request, selection, cards, *, status=200, **context):
    """The whole page."""
    context = {
        **admin.site.each_context(request),
        "title": _("Desk"),
        "here": "desk",
        "query": f"?{selection.query}",
        "cards": cards,
        "last_decision": verbs.last_decision(request.user),
        **head.about(selection),
        **_card_context(),
        **context,
    }
    return render(request, "admin/comments/desk/desk.html", context, status=status)


def answer(request, words, *, comment=None):
    """What was done: to a script as JSON, to anybody else as the next page."""
    if not _is_script(request):
        messages.success(request, words)
        return redirect(f"{reverse('admin:comments_desk')}?{request.GET.urlencode()}")
    _move_lease(request)
    selection, last = read_selection(request), verbs.last_decision(request.user)
    place = PlaceForm(request.POST)
    wanted = place.cleaned_data.get("last") if place.is_valid() else None
    said = {
        "words": words,
        "counts": {queue: str(count) for queue, count in queues.counts().items()},
        "undo": last and {"pk": last.pk, "words": str(last.comment.commenter)},
        "more": _render_more(request, selection, wanted) if wanted else None,
    }
    if comment:
        found = Comment.objects.filter(pk=comment.pk)
        said["card"] = _render_cards(request, found)
    return JsonResponse(said)


def refuse(request, words, *, status, comment=None):
    """Why nothing was done, and the comment as it is now; what was typed is kept."""
    found = Comment.objects.filter(pk__in=[comment.pk] if comment else [])
    if _is_script(request):
        card = _render_cards(request, found) if comment else None
        return JsonResponse({"words": words, "card": card}, status=status)
    kept = {
        "refusal": words,
        "kept_words": request.POST.get("words", ""),
        "kept_reason": request.POST.get("reason", ""),
    }
    cards, selection = load_cards(request, found), read_selection(request)
    return show(request, selection, cards, status=status, **kept)


def _render_more(request, selection, last: int | None) -> str:
    before = get_object_or_404(Comment, pk=last)
    return _render_cards(request, selection.after(before)[:BATCH])


def _render_cards(request, comments) -> str:
    context = {
        "cards": load_cards(request, comments),
        "query": f"?{read_selection(request).query}",
        **_card_context(),
    }
    return render_to_string("admin/comments/desk/_cards.html", context, request)


def _card_context():
    return {"reasons": REASONS, "rules": Article.Commenting.choices}


def _move_lease(request) -> None:
    place = PlaceForm(request.POST)
    if not place.is_valid():
        return
    if place.cleaned_data["left"]:
        leases.release(place.cleaned_data["left"], by=request.user)
    if place.cleaned_data["reading"]:
        leases.take(place.cleaned_data["reading"], by=request.user)


def _is_script(request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
