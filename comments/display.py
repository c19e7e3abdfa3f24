"""What the discussion's template shows to one reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db.models import OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import numbers, signin
from accounts.models import ProviderPause
from accounts.prepared import Select, Slot
from articles.models import Article
from comments import drafts, explanations, hours, identity, pages, paging, policies
from comments.forms import GUEST, ReplyForm
from comments.hours import Standing
from comments.identity import Reader, ReaderRequest
from comments.models import Comment, Discussion, NewsroomHours, Sanction
from comments.paging import Place
from comments.threads import Node

MOST_PICKS = 3


@dataclass(frozen=True)
class IdentityLine:
    """“Name: You are commenting using your Google account.”"""

    state: str  # guest, connected, or change: connected, and about to post as a guest
    name: str = ""
    service: str = ""  # the provider's label; empty for an account with a password
    picture_url: str = ""
    has_email: bool = False


@dataclass(frozen=True)
class Panel:
    """What the form says of one kind of account; shown for the one connected with."""

    icon: str
    picture_alt: str
    sentence: str
    is_shown: bool


def discussion(request: ReaderRequest, article: Article) -> dict:
    """The context of ``comments/_discussion.html``."""
    reader, place = request.reader, Place.from_request(request)
    counted = _counted(article)
    pages.declare(request, article, counted.version if counted else 0)
    page = paging.load(article, place, reader.voices)
    standing = _standing(article, counted)
    is_open = policies.is_open(article) and standing.state != hours.State.CLOSED
    nodes = [node for thread in page.threads for node in thread.walk()]
    _permit(nodes, reader, is_open=is_open)
    _explain(nodes)
    address = article.get_absolute_url()
    return {
        "request": request,
        "article": article,
        "count": counted.published_count if counted else 0,
        "threads": page.threads,
        "address": address,
        "asked": place.asked,
        "picks": _picks(counted, place),
        "warning": _warning(request),
        "is_single_thread": place.thread is not None,
        "order": "newest" if place.is_newest_first else "oldest",
        "order_urls": {
            "oldest": f"{address}#comments",
            "newest": f"{address}?order=newest#comments",
        },
        "earlier_url": _page_url(address, page.previous),
        "later_url": _page_url(address, page.next),
        "is_open": is_open,
        "hours_notice": standing.notice if policies.is_open(article) else "",
        **(
            _reply(request, article, nodes, counted)
            if is_open
            else _refused(request, article)
        ),
    }


def _reply(
    request: ReaderRequest,
    article: Article,
    nodes: list[Node],
    counted: Counted | None,
) -> dict:
    """The form, in the state and the place this reader left it."""
    has_session = identity.has_session(request)
    form = getattr(request, "reply_form", None) or blank_form(request, article)
    answered = numbers.read_key(str(form["parent"].value() or ""))
    is_in_thread = any(n.comment.pk == answered and n.may_reply for n in nodes)
    line = _identity_line(request, form)
    providers = signin.providers(none_paused=bool(counted and not counted.has_pauses))
    return {
        "form": form,
        "closes_at": article.comments_closed_at,
        "identity": line,
        "providers": tuple(providers),
        "panels": tuple(_panels(line, [provider.id for provider in providers])),
        "replying_to": _replying_to(article, answered),
        "is_form_in_thread": is_in_thread,
        "is_form_own": has_session or form.is_bound or bool(form.initial),
        "sign_in_problem": signin.take_problem(request) if has_session else "",
        "post_url": reverse("comments:comments", kwargs=address_of(article)),
    }


def _replying_to(article: Article, key: int | None) -> Comment | None:
    if key is None:
        return None
    published = Comment.objects.of_article(article).published()
    return published.for_display().filter(pk=key).first()


def _refused(request: ReaderRequest, article: Article) -> dict:
    """The form that came when the discussion was closed: its text is its writer's."""
    return {
        "form": getattr(request, "reply_form", None),
        "closed_words": _("Comments are closed.")
        if article.is_published
        else _("Readers can comment here once it is published."),
    }


class Counted(NamedTuple):
    """An article's discussion, and whether there are any of what pages seldom show."""

    article_id: int
    published_count: int
    version: int
    has_picks: bool
    has_hours: bool
    has_pauses: bool


_COUNTED = Select(
    Discussion,
    lambda: (
        Discussion.objects.filter(article=Slot("article"))
        .knowing_whether(
            has_picks=Comment.objects.featured().filter(article=OuterRef("article")),
            has_hours=NewsroomHours.objects.all(),
            has_pauses=ProviderPause.objects.all(),
        )
        .values_list(*Counted._fields)
    ),
)


def _counted(article: Article) -> Counted | None:
    row = _COUNTED.row(article=article.pk)
    return Counted(*row) if row else None


def _standing(article: Article, discussion: Counted | None) -> Standing:
    """No query of its own where nobody keeps newsroom hours."""
    if discussion is not None and not discussion.has_hours:
        return Standing()
    return hours.standing(article, timezone.now())


def _picks(discussion: Counted | None, place: Place) -> list[Comment]:
    """On the first page, what the editors chose as most worth reading, latest first."""
    if discussion is None or not discussion.has_picks or place != place.first:
        return []
    picked = Comment.objects.featured().filter(article=discussion.article_id)
    return list(picked.for_display().order_by("-featured_at")[:MOST_PICKS])


def _warning(request: ReaderRequest) -> Sanction | None:
    """What stands between a form that came back and its writer's next comment."""
    if not hasattr(request, "reply_form"):
        return None
    found = policies.sanctions_on(request.reader.voices, request.reader.account)
    return next((s for s in found if s.awaits_acknowledgement), None)


def blank_form(request: ReaderRequest, article: Article) -> ReplyForm:
    """The form as the reader left it: a kept draft, or their own details."""
    reader = request.reader
    initial = _own_details(reader)
    if identity.has_session(request):
        initial |= drafts.find(request, article)
    if "replytocom" in request.GET:
        initial["parent"] = numbers.read_key(request.GET["replytocom"])
    return ReplyForm(initial=initial, article=article, reader=reader)


def address_of(article: Article) -> dict[str, str]:
    """The parts of a published article's address."""
    year, month, day = f"{article.published_on:%Y %m %d}".split()
    return {"year": year, "month": month, "day": day, "slug": article.slug}


def _own_details(reader: Reader) -> dict:
    if reader.account and reader.account.user:
        user = reader.account.user
        return {
            "name": user.get_full_name(),
            "email": user.email,
            "website": user.website,
        }
    if reader.guest and reader.is_remembered:
        guest = reader.guest
        return {
            "name": guest.name,
            "email": guest.email,
            "website": guest.website,
            "remember": True,
        }
    return {}


def _identity_line(request: ReaderRequest, form: ReplyForm) -> IdentityLine:
    account = form.reader.account
    if account is None:
        return IdentityLine(GUEST)
    return IdentityLine(
        "connected" if form.posts_as_account else "change",
        account.display_name,
        signin.signed_in_with(request),
        account.picture_url,
        bool(account.user and account.user.email),
    )


def _panels(line: IdentityLine, offered: list[str]) -> list[Panel]:
    """The account's own panel and each service's, in the order of the buttons.

    A service switched off since somebody signed in with it still has theirs.
    """
    is_connected = line.state == "connected"
    panels = [
        Panel(
            "account",
            _("Logo"),
            _("You are commenting using your account."),
            is_connected and not line.service,
        )
    ]
    for provider, service in settings.SIGN_IN_PROVIDERS.items():
        is_shown = is_connected and line.service == service
        if is_shown or provider in offered:
            # The service's own words for what its people look like.
            alt = _("%s picture") if provider == "twitter_oauth2" else _("%s photo")
            sentence = _("You are commenting using your %s account.")
            panels.append(Panel(provider, alt % service, sentence % service, is_shown))
    return panels


def _permit(nodes: list[Node], reader: Reader, *, is_open: bool) -> None:
    voices, deepest = reader.voices, settings.COMMENT_DISPLAY_DEPTH
    for node in nodes:
        comment = node.comment
        if node.is_tombstone:
            continue
        node.may_reply = (
            is_open and node.level < deepest and policies.may_reply_to(comment)
        )
        node.may_edit = policies.may_edit(comment, voices)
        node.may_withdraw = policies.may_withdraw(comment, voices)
        node.may_flag = policies.may_flag(comment, voices)


def _explain(nodes: Iterable[Node]) -> None:
    """Give a reader's own unpublished comments the words about why."""
    waiting = [n.comment for n in nodes if n.is_own and not n.is_tombstone]
    explanations.explain([c for c in waiting if not c.is_published])


def _page_url(address: str, query: str | None) -> str:
    return "" if query is None else f"{address}{query}#comments"
