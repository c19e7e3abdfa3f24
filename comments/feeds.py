"""RSS and Atom of the comments: of the whole paper, and of each article.

Only what is public, newest first; each says what it answers. Addresses and ids start
with ``SITE_ORIGIN``, as those of the articles' feeds do. No e-mail is in any of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles import addresses
from articles.feeds import AtomFeed, HonestFeed, RssFeed, Talk
from articles.models import Article
from comments import finding, pages, rendering, structured
from comments.display import address_of
from comments.models import Comment, Discussion

SIZE = 50
DESCRIPTION_LENGTH = 300


class CommentsFeed(HonestFeed):
    """The newest comments; with an article's address, of that article."""

    def __init__(self, feed_type: type[RssFeed | AtomFeed]):
        self.feed_type = feed_type
        self.suffix = feed_type.suffix

    def __call__(self, request, *args, **address):
        """An article's feed moves with its article."""
        try:
            return super().__call__(request, *args, **address)
        except Http404:
            moved = addresses.find_moved(_day(address), address["slug"])
            if moved is None or not finding.is_discussed(moved):
                raise
            return redirect(_feed_url(moved, self.suffix), permanent=True)

    def get_object(self, request, **address):
        if not address:
            return None
        discussed = finding.discussed_articles().filter(published_on=_day(address))
        article = get_object_or_404(discussed, slug=address["slug"])
        pages.declare(request, article, pages.versions(article.pk).discussion)
        return article

    def title(self, article):
        subject = article.headline if article else settings.SITE_NAME
        return _("Comments on: %(subject)s") % {"subject": subject}

    def link(self, article):
        home = article.get_absolute_url() if article else reverse("articles:front")
        return settings.SITE_ORIGIN + home

    def feed_url(self, article):
        return _feed_url(article, self.suffix)

    def description(self, article):
        return self.title(article)

    def author_name(self, article):
        return settings.SITE_NAME

    def items(self, article):
        comments = finding.public_under(article) if article else finding.public()
        related = ("article", "parent__commenter__user")
        return (
            comments.for_display()
            .select_related(*related)
            .defer("article__body")[:SIZE]
        )

    def item_title(self, comment):
        facts = {"name": comment.commenter.display_name, "headline": comment.article}
        return _("%(name)s on %(headline)s") % facts

    def item_description(self, comment):
        words = " ".join(structured.words(comment).split())
        return escape(Truncator(words).chars(DESCRIPTION_LENGTH, truncate="…"))

    def item_link(self, comment):
        return settings.SITE_ORIGIN + comment.get_absolute_url()

    def item_author_name(self, comment):
        return comment.commenter.display_name

    def item_pubdate(self, comment):
        return comment.submitted_at

    def item_updateddate(self, comment):
        return comment.edited_at or comment.submitted_at

    def item_extra_kwargs(self, comment):
        answered = _answered(comment)
        return {
            "content": _in_reply_to(comment) + rendering.safe(comment.body_html),
            "in_reply_to": self.item_link(answered)
            if answered
            else settings.SITE_ORIGIN + comment.article.get_absolute_url(),
        }


def talk(articles: Iterable[Article]) -> dict[int, Talk]:
    """What the articles' own feeds say of their discussions."""
    shown = [article for article in articles if article.has_discussion]
    counts = dict(
        Discussion.objects.filter(article__in=shown).values_list(
            "article_id", "published_count"
        )
    )
    return {
        article.pk: Talk(
            page_url=f"{settings.SITE_ORIGIN}{article.get_absolute_url()}#comments",
            rss_url=_feed_url(article, RssFeed.suffix),
            atom_url=_feed_url(article, AtomFeed.suffix),
            count=counts.get(article.pk, 0),
        )
        for article in shown
    }


def _day(address: dict[str, str]) -> date:
    try:
        return date(*(int(address[part]) for part in ("year", "month", "day")))
    except ValueError:
        raise Http404 from None


def _feed_url(article: Article | None, suffix: str) -> str:
    if article is None:
        return settings.SITE_ORIGIN + reverse(f"comments:{suffix}")
    name = f"comments:article-{suffix}"
    return settings.SITE_ORIGIN + reverse(name, kwargs=address_of(article))


def _answered(comment: Comment) -> Comment | None:
    """The comment that it answers, as long as that is there to be read."""
    parent = comment.parent
    return parent if parent and parent.is_published else None


def _in_reply_to(comment: Comment):
    answered = _answered(comment)
    if answered is None:
        return ""
    address = settings.SITE_ORIGIN + answered.get_absolute_url()
    words = _("In reply to")
    name = answered.commenter.display_name
    return format_html('<p>{} <a href="{}">{}</a>.</p>', words, address, name)
