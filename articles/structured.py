"""What machines are told of an article, as schema.org's NewsArticle."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from articles import rendering
from articles.models import Article, Contributor, Image, Rendition


def news_article(article: Article) -> dict:
    """The JSON-LD of ``article``, which was read with ``for_reading()``."""
    address = settings.SITE_ORIGIN + article.get_absolute_url()
    section, tags = article.section, article.tags.all()
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"{address}#article",
        "url": address,
        "mainEntityOfPage": address,
        "headline": article.headline,
        "description": rendering.description(article),
        "inLanguage": settings.LANGUAGE_CODE,
        "datePublished": moment(article.published_at),
        "dateModified": moment(modified_at(article)),
        "image": _image(article),
        "author": [_person(byline.contributor) for byline in article.bylines.all()],
        "publisher": publisher(),
        "articleSection": section.name if section else "",
        "keywords": [tag.name for tag in tags],
        "wordCount": len(rendering.plain_text(article.body).split()),
        "isBasedOn": _source(article),
        "correction": [_correction(correction) for correction in article.noted],
    }
    return filled(facts)


def modified_at(article: Article) -> datetime | None:
    """When readers last got something new: the text itself, or a correction of it."""
    noted = [correction.corrected_at for correction in article.noted]
    times = [article.published_at, article.revised_at, *noted]
    return max((time for time in times if time), default=None)


def card_image(article: Article) -> Image | Rendition | None:
    """The lead image as others show it: the widest print that everybody can read."""
    image = article.lead_image
    if image is None:
        return None
    prints = [one for one in image.renditions.all() if one.format == "jpg"]
    return max(prints, key=lambda one: one.width, default=image)


def publisher() -> dict:
    home = settings.SITE_ORIGIN + reverse("articles:front")
    return {"@type": "NewsMediaOrganization", "name": settings.SITE_NAME, "url": home}


def moment(time: datetime | None) -> str:
    """``time`` in the newsroom's zone, with its offset and without microseconds."""
    return timezone.localtime(time).isoformat(timespec="seconds") if time else ""


def filled(facts: dict) -> dict:
    """``facts`` without those there is nothing to say about."""
    return {name: fact for name, fact in facts.items() if fact not in ("", [], {})}


def _image(article: Article) -> dict:
    shown, image = card_image(article), article.lead_image
    if shown is None or image is None:
        return {}
    return filled(
        {
            "@type": "ImageObject",
            "url": settings.SITE_ORIGIN + shown.url,
            "width": shown.width,
            "height": shown.height,
            "caption": image.caption or image.spoken,
            "creditText": image.credit,
        }
    )


def _person(contributor: Contributor) -> dict:
    address = settings.SITE_ORIGIN + contributor.get_absolute_url()
    return {"@type": "Person", "name": contributor.name, "url": address}


def _source(article: Article) -> dict:
    """For a reprint: the work it repeats, with that one's own date."""
    day, paper = article.source_date, article.source_publication
    facts = filled(
        {
            "publisher": {"@type": "Organization", "name": paper} if paper else {},
            "datePublished": day.isoformat() if day else "",
            "url": article.canonical_url,
        }
    )
    return {"@type": "CreativeWork", **facts} if facts else {}


def _correction(correction) -> dict:
    return {
        "@type": "CorrectionComment",
        "text": correction.text,
        "datePublished": moment(correction.corrected_at),
    }
