"""Posting a reply, with the trip to a provider that may lie before it."""

from contextlib import nullcontext
from dataclasses import replace

from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts import signin, turns
from articles import editions
from articles.models import Article
from articles.views import ArticleView, Moved, NotHere
from comments import (
    drafts,
    finding,
    identity,
    notifications,
    origin,
    paging,
    policies,
    sanctions,
    submission,
)
from comments.display import address_of
from comments.forms import GUEST, GUEST_FIELDS, ReplyForm
from comments.models import Comment
from comments.refusals import Refusal


@require_safe
def comment(request, pk):
    """A comment's permanent address leads to the page where it stands now."""
    voices = request.reader.voices
    visible = Comment.objects.visible_to(voices).select_related("article", "root")
    found = get_object_or_404(visible, pk=pk)
    if not finding.is_discussed(found.article):
        raise Http404
    return redirect(_page_of(found, voices))


@csrf_exempt  # origin.is_ours() asks for the token where there is a session
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request, **address):
    """Take what the reply form sends, whichever of its buttons sent it."""
    # The body has been read, so that no slow network is waited for; a provider, who is
    # asked by "connect", takes as long as it takes.
    takes_turn = request.method == "POST" and "connect" not in request.POST
    with turns.work() if takes_turn else nullcontext():
        return _take(request, **address)


def _take(request, **address) -> HttpResponse:
    request.edition = editions.current()
    page = ArticleView()
    page.setup(request, **address)
    try:
        article = page.get_object()
    except NotHere as absence:
        return _follow(request, page, absence)
    if request.method != "POST":
        return redirect(f"{article.get_absolute_url()}#comments")
    form = ReplyForm(request.POST, article=article, reader=request.reader)
    if not origin.is_ours(request):
        form.refuse(_("For your safety, please press the button once more."))
        return _show_again(page, form, 403)
    for button, answer in BUTTONS.items():
        if button in request.POST:
            return answer(request, page, article, form)
    return _post(request, page, article, form)


def _follow(request, page: ArticleView, absence: NotHere) -> HttpResponse:
    """To where the article went, with what was typed; or the text, to keep."""
    if request.method != "POST":
        return page.get(request)
    if isinstance(absence, Moved):
        return redirect(
            "comments:comments",
            **address_of(absence.article),
            permanent=True,
            preserve_request=True,
        )
    form = ReplyForm(request.POST, article=absence.article, reader=request.reader)
    form.refuse(_("The article was taken back while you wrote."))
    return render(request, "comments/gone.html", {"form": form}, status=410)


def _post(request, page, article: Article, form: ReplyForm) -> HttpResponse:
    if not form.is_valid():
        return _show_again(page, form, 422)
    reader, fields = request.reader, form.cleaned_data
    commenter = (
        reader.account
        if form.posts_as_account
        else reader.as_guest(**{name: fields[name] for name in GUEST_FIELDS})
    )
    try:
        posted = submission.submit(
            article,
            commenter=commenter,
            body=fields["comment"],
            parent=fields["parent"],
            sender=replace(origin.sender(request), signs=form.signs),
        )
    except Refusal as refusal:
        form.refuse(refusal.words)
        return _show_again(page, form, refusal.status)
    _subscribe(posted, fields)
    if identity.has_session(request):
        drafts.drop(request, article)
    voices = reader.voices | {commenter.pk}
    response = redirect(_page_of(posted, voices, request.edition))
    if commenter.is_guest:
        identity.remember(response, request, commenter, consent=fields["remember"])
    return response


def _connect(request, page, article: Article, form: ReplyForm) -> HttpResponse:
    """Off to a provider; the reply waits here."""
    drafts.keep(request, article, form.typed() | {"post_as": ""})
    try:
        return signin.begin(
            request, request.POST["connect"], return_to=_form_of(article)
        )
    except signin.ProviderUnavailable as problem:
        form.refuse(str(problem))
        return _show_again(page, form, 503)


def _log_out(request, page, article: Article, form: ReplyForm) -> HttpResponse:
    """Leave the account, keep the reply; the guest's fields are not the account's."""
    typed = form.typed() | dict.fromkeys(GUEST_FIELDS, "") | {"post_as": ""}
    logout(request)
    drafts.keep(request, article, typed)
    return redirect(_form_of(article))


def _change(request, page, article: Article, form: ReplyForm) -> HttpResponse:
    """Stay signed in, but show the guest's fields and the services again."""
    drafts.keep(request, article, form.typed() | {"post_as": GUEST})
    return redirect(_form_of(article))


def _acknowledge(request, page, article: Article, form: ReplyForm) -> HttpResponse:
    """The warning is read; what it held up goes on its way."""
    reader, chosen = request.reader, request.POST["acknowledge"]
    for sanction in policies.sanctions_on(reader.voices, reader.account):
        if str(sanction.pk) == chosen:
            sanctions.acknowledge(sanction)
    return _post(request, page, article, form)


BUTTONS = {
    "acknowledge": _acknowledge,
    "connect": _connect,
    "log_out": _log_out,
    "change": _change,
}


def _show_again(page: ArticleView, form: ReplyForm, status: int) -> HttpResponse:
    """The article's page, with the form as it was sent and what is wrong with it."""
    page.request.reply_form = form  # type: ignore[attr-defined]
    response = page.get(page.request)
    response.status_code = status
    return response


def _subscribe(posted: Comment, fields: dict) -> None:
    if fields["notify_comments"]:
        notifications.subscribe(posted.commenter, article=posted.article)
    if fields["notify_posts"]:
        notifications.subscribe(posted.commenter)


def _form_of(article: Article) -> str:
    return f"{article.get_absolute_url()}#respond"


def _page_of(
    comment: Comment, voices: frozenset[int], edition: int | None = None
) -> str:
    query = paging.place_of(comment, voices, edition)
    return f"{comment.article.get_absolute_url()}{query}#comment-{comment.pk}"
