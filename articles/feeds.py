"""RSS and Atom, whole articles: of the site and of each section, tag, contributor."""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.formats import date_format
from django.utils.html import escape, format_html

from articles import rendering
from articles.models import Article, Contributor, Section, Tag

SIZE = 20
# What no XML 1.0 document may hold, not even escaped.
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _XmlOnly(SyndicationFeed):
    """A generator that leaves out the characters XML has no way to write."""

    def __init__(self, *args, **kwargs):
        super().__init__(*map(_clean, args), **_clean(kwargs))

    def add_item(self, *args, **kwargs):
        super().add_item(*map(_clean, args), **_clean(kwargs))


class RssFeed(_XmlOnly, Rss201rev2Feed):
    suffix = "feed"

    def root_attributes(self):
        module = {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}
        return super().root_attributes() | module

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


class AtomFeed(_XmlOnly, Atom1Feed):
    suffix = "feed-atom"

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


class ArticlesFeed(Feed):
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

    def items(self, subject):
        articles = subject.articles.all() if subject else Article.objects.all()
        return articles.published().newest_first().for_reading()[:SIZE]

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
        return max(article.published_at, article.updated_at)

    def item_extra_kwargs(self, article):
        return {"content": _source(article) + rendering.feed_html(article)}


def _source(article: Article):
    """For a reprint: where the article stood first, and when."""
    day = date_format(article.source_date, "j F Y") if article.source_date else ""
    line = ", ".join(filter(None, [article.source_publication, day]))
    return format_html("<p><cite>{}</cite></p>", line) if line else ""


def _clean(value):
    match value:
        case str():
            return NOT_XML.sub("", value)
        case list() | tuple():
            return [_clean(part) for part in value]
        case dict():
            return {key: _clean(part) for key, part in value.items()}
    return value
