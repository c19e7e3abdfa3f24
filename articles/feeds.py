"""RSS and Atom, whole articles: of the site and of each section, tag, contributor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles import rendering, search, structured
from articles.models import Article, Contributor, Section, Tag

SIZE = 20
ATOM = "application/atom+xml"
NAMESPACES = {
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:slash": "http://purl.org/rss/1.0/modules/slash/",
    "xmlns:thr": "http://purl.org/syndication/thread/1.0",
    "xmlns:wfw": "http://wellformedweb.org/CommentAPI/",
}
# What other apps say of each article, by its key, as Talk; they add themselves.
talk_sources: list[Callable[[Iterable[Article]], dict[int, Talk]]] = []


@dataclass(frozen=True)
class Talk:
    """Where an article is talked about, how much, and where that can be followed."""

    page_url: str
    rss_url: str
    atom_url: str
    count: int


class _XmlOnly(SyndicationFeed):
    """A generator that leaves out the characters XML has no way to write.

    It names the hub that is told of its changes, where there is one.
    """

    hub_element: str

    def __init__(self, *args, **kwargs):
        super().__init__(*map(_clean, args), **_clean(kwargs))

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        if hub := self.feed.get("hub"):
            handler.addQuickElement(self.hub_element, "", {"rel": "hub", "href": hub})

    def add_item(self, *args, **kwargs):
        super().add_item(*map(_clean, args), **_clean(kwargs))


class RssFeed(_XmlOnly, Rss201rev2Feed):
    suffix = "feed"
    hub_element = "atom:link"

    def root_attributes(self):
        return super().root_attributes() | NAMESPACES

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])
        if talk := item.get("talk"):
            handler.addQuickElement("wfw:commentRss", talk.rss_url)
            handler.addQuickElement("slash:comments", str(talk.count))
        _say_what_it_answers(handler, item)


class AtomFeed(_XmlOnly, Atom1Feed):
    suffix = "feed-atom"
    hub_element = "link"

    def root_attributes(self):
        return super().root_attributes() | {"xmlns:thr": NAMESPACES["xmlns:thr"]}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})
        if talk := item.get("talk"):
            count = str(talk.count)
            page = {"rel": "replies", "type": "text/html", "href": talk.page_url}
            feed = {"rel": "replies", "type": ATOM, "href": talk.atom_url}
            for link in (page, feed):
                handler.addQuickElement("link", "", link | {"thr:count": count})
            handler.addQuickElement("thr:total", count)
        _say_what_it_answers(handler, item)


class HonestFeed(Feed):
    """One that says no time of its last change.

    Django's is that of the newest item. When that item goes away, the feed would look
    older than what readers have of it, and they would keep what we have withdrawn.
    """

    is_pushed = True  # whether the hub hears of its changes

    def __call__(self, request, *args, **kwargs):
        response = super().__call__(request, *args, **kwargs)
        del response["Last-Modified"]
        if links := getattr(request, "feed_links", None):
            response["Link"] = ", ".join(
                f'<{address}>; rel="{rel}"' for rel, address in links.items()
            )
        return response

    def feed_extra_kwargs(self, obj):
        return {"hub": settings.WEBSUB_HUB if self.is_pushed else ""}

    def get_feed(self, obj, request):
        made = super().get_feed(obj, request)
        if hub := made.feed["hub"]:
            request.feed_links = {"hub": hub, "self": made.feed["feed_url"]}
        return made


class ArticlesFeed(HonestFeed):
    """The newest articles; with ``subjects``, of the one whose slug is asked for.

    Every address starts with ``SITE_ORIGIN``: a feed is kept and read elsewhere, so
    the name a request came by says nothing.
    """

    def __init__(
        self,
        feed_type: type[RssFeed | AtomFeed],
        subjects: type[Section | Tag | Contributor] | None = None,
    ):
        self.feed_type = feed_type
        self.suffix = feed_type.suffix
        self.subjects = subjects

    def get_object(self, request, slug=None):
        if self.subjects is None:
            return None
        return get_object_or_404(self.subjects.objects.in_use(), slug=slug)

    def title(self, subject):
        return f"{subject} – {settings.SITE_NAME}" if subject else settings.SITE_NAME

    def link(self, subject):
        home = subject.get_absolute_url() if subject else reverse("articles:front")
        return settings.SITE_ORIGIN + home

    def feed_url(self, subject):
        if subject is None:
            return settings.SITE_ORIGIN + reverse(f"articles:{self.suffix}")
        name = f"articles:{subject._meta.model_name}-{self.suffix}"
        return settings.SITE_ORIGIN + reverse(name, args=[subject.slug])

    def description(self, subject):
        return getattr(subject, "description", "") or self.title(subject)

    def author_name(self, subject):
        return settings.SITE_NAME

    def articles(self, subject):
        return subject.articles.all() if subject else Article.objects.all()

    def items(self, subject):
        articles = self.articles(subject).published().newest_first()
        return _with_talk(articles.for_reading().prefetch_related("corrections")[:SIZE])

    def item_title(self, article):
        return article.headline

    def item_description(self, article):
        return escape(rendering.description(article))

    def item_link(self, article):
        return settings.SITE_ORIGIN + article.get_absolute_url()

    def item_author_name(self, article):
        return ", ".join(str(byline) for byline in article.bylines.all()) or None

    def item_categories(self, article):
        section = [article.section.name] if article.section else []
        return section + [tag.name for tag in article.tags.all()]

    def item_pubdate(self, article):
        return article.published_at

    def item_updateddate(self, article):
        return structured.modified_at(article)

    def item_comments(self, article):
        return article.talk.page_url if article.talk else None

    def item_extra_kwargs(self, article):
        parts = [_source(article), rendering.feed_html(article), *_notes(article)]
        return {"content": SafeString("").join(parts), "talk": article.talk}


class SearchFeed(ArticlesFeed):
    """The newest of the articles that a search finds."""

    is_pushed = False

    def get_object(self, request, slug=None):
        return request.GET.get("q", "")[: search.LONGEST_QUERY]

    def title(self, query):
        return f"“{query}” – {settings.SITE_NAME}"

    def link(self, query):
        return _address("articles:search", query)

    def feed_url(self, query):
        return _address(f"articles:search-{self.suffix}", query)

    def articles(self, query):
        found = search.articles(query)
        return Article.objects.filter(pk__in=found.keys)


def _address(name: str, query: str) -> str:
    return f"{settings.SITE_ORIGIN}{reverse(name)}?{urlencode({'q': query})}"


def _source(article: Article):
    """For a reprint: where the article stood first, and when."""
    day = date_format(article.source_date, "j F Y") if article.source_date else ""
    line = ", ".join(filter(None, [article.source_publication, day]))
    return format_html("<p><cite>{}</cite></p>", line) if line else ""


def _notes(article: Article):
    """Its corrections, each with its day."""
    for correction in article.noted:
        day = date_format(timezone.localtime(correction.corrected_at), "j F Y")
        words = _("Correction, %(day)s:") % {"day": day}
        yield format_html("<p><strong>{}</strong> {}</p>", words, correction.text)


def _with_talk(articles: Iterable[Article]) -> list[Article]:
    articles = list(articles)
    said: dict[int, Talk] = {}
    for source in talk_sources:
        said |= source(articles)
    for article in articles:
        article.talk = said.get(article.pk)  # type: ignore[attr-defined]
    return articles


def _say_what_it_answers(handler, item) -> None:
    if answered := item.get("in_reply_to"):
        ref = {"ref": answered, "href": answered, "type": "text/html"}
        handler.addQuickElement("thr:in-reply-to", "", ref)


def _clean(value):
    match value:
        case str():
            return rendering.xml_text(value)
        case list() | tuple():
            return [_clean(part) for part in value]
        case dict():
            return {key: _clean(part) for key, part in value.items()}
    return value
