"""What is not public is nowhere: every address of the service is asked for it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from articles import publishing
from articles.models import Contributor, Tag
from tests.factories import make_article, make_comment, make_section

pytestmark = pytest.mark.django_db

NOT_FOR_READERS = {"admin", "accounts"}  # Django's admin and allauth: the first part
HOUR = timedelta(hours=1)
SECRET, ASKED = "Quixotry", "Xylophone"  # on the page; and what is searched for
STATES = {
    "draft": {"status": "draft", "published_at": None, "published_on": None},
    "in review": {"status": "review", "published_at": None, "published_on": None},
    "scheduled": {"published_at": timezone.now() + 24 * HOUR},
    "expired": {"expires_at": timezone.now() - HOUR},
    "unpublished": {"status": "unpublished"},
}


def make_piece(**fields):
    """An article that has everything by which it could be found, its words unique."""
    slug = SECRET.lower()
    fields.setdefault("published_at", timezone.now() - 5 * HOUR)
    article = make_article(
        headline=f"{SECRET} {ASKED}",
        slug=slug,
        standfirst=f"Of {SECRET} and {ASKED}.",
        body=f"<p>{SECRET}, {ASKED}.</p>",
        section=make_section(name=f"Section {SECRET}", slug=slug),
        **fields,
    )
    article.tags.add(Tag.objects.create(name=f"Tag {SECRET}", slug=slug))
    ines = Contributor.objects.create(name=f"Ines {SECRET}", slug=slug)
    article.bylines.create(contributor=ines)
    article.corrections.create(text=f"Correction of {SECRET}.")
    make_comment(article=article, body=f"A comment on {SECRET}, {ASKED}.")
    return article


def patterns(resolver=None, namespaces=()):
    """Every named pattern that readers can ask for, with its parameters."""
    for found in (resolver or get_resolver()).url_patterns:
        if str(found.pattern).split("/")[0] in NOT_FOR_READERS and not namespaces:
            continue
        if isinstance(found, URLResolver):
            inner = (*namespaces, found.namespace) if found.namespace else namespaces
            yield from patterns(found, inner)
        else:
            regex = found.pattern.regex.groupindex
            yield (
                ":".join([*namespaces, found.name]),
                set(regex) | set(found.pattern.converters),
            )


def addresses(article):
    """The address that ``article`` would have under each pattern.

    A pattern with a parameter of a new name fails here: say what it stands for.
    """
    day = article.published_on or timezone.localdate()
    comment = article.comments.get()
    values = {
        "year": f"{day:%Y}",
        "month": f"{day:%m}",
        "day": f"{day:%d}",
        "slug": article.slug,
        "token": "0",
        "page": 1,
    }
    for name, parameters in patterns():
        own = {
            "pk": article.pk if name.startswith("articles:") else comment.pk,
            "name": f"{'0' * 32}.webp",
        }
        yield reverse(name, kwargs={key: (values | own)[key] for key in parameters})
    # What an address alone does not ask.
    for name in ("search", "search-feed", "search-feed-atom"):
        yield f"{reverse(f'articles:{name}')}?q={ASKED}"
    yield f"{reverse('articles:oembed')}?url=http://localhost:8000" + (
        f"/{day:%Y/%m/%d}/{article.slug}/"
    )


def told(client, article):
    """The addresses whose answers give the article away."""
    return {
        address
        for address in addresses(article)
        for answer in [client.get(address)]
        if SECRET.casefold() in _text(answer).replace(address, "").casefold()
    }


def _text(answer):
    body = b"".join(answer) if answer.streaming else answer.content
    return body.decode(errors="replace") + answer.headers.get("Location", "")


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_public_is_told_nowhere(client, state):
    article = make_piece(**STATES[state])
    assert not article.is_published

    assert told(client, article) == set()


@pytest.mark.parametrize("verb", ["unpublish", "expire"])
def test_what_was_public_leaves_every_page_and_cache_at_once(
    client, verb, time_machine
):
    article, soon = make_piece(), timezone.now() + timedelta(seconds=30)
    if verb == "expire":
        publishing.expire_at(article, by=None, at=soon)
    before = told(client, article)

    if verb == "unpublish":
        publishing.unpublish(article, by=None)
    else:
        time_machine.move_to(soon)

    assert {"/", "/feed/", "/feed/atom/", "/sitemaps/news.xml"} < before
    assert {"/corrections/", "/comments/feed/", article.get_absolute_url()} < before
    assert len(before) >= 20
    assert told(client, article) == set()
    cache.clear()
    assert told(client, article) == set()
