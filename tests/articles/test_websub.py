"""A hub is told of what has changed in feeds: at once, or at the minute it happens."""

from datetime import timedelta

import feedparser
import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles import addresses, publishing, revisions, websub
from articles.models import Article, Contributor, Tag
from comments import moderation, pushing
from tests.articles.test_workflow import make_draft
from tests.factories import make_article, make_comment, make_moderator, make_section
from tests.test_house import PRODUCTION, manage

pytestmark = pytest.mark.django_db

HOME = "http://localhost:8000"
FRONT = [f"{HOME}/feed/", f"{HOME}/feed/atom/"]
HOUR = timedelta(hours=1)


@pytest.fixture
def hub(elsewhere, settings):
    settings.WEBSUB_HUB = f"{elsewhere.address}/hub"
    return elsewhere


@pytest.fixture
def act(django_capture_on_commit_callbacks):
    """Do something, and what follows once it holds."""

    def do(verb, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return verb(*args, **kwargs)

    return do


@pytest.fixture
def queue(settings):
    """Tasks wait in the database, as in production; called, it runs those due."""
    backend = "django_tasks_db.DatabaseBackend"
    settings.TASKS = {"default": {"BACKEND": backend}}

    def run():
        while row := DBTaskResult.objects.ready().first():
            DBTaskResult.objects.filter(pk=row.pk).update(status="SUCCESSFUL")
            row.task.call(*row.args_kwargs["args"])

    return run


def topics(hub):
    """What the hub was told of since last asked."""
    told, hub.told[:] = list(hub.told), []
    assert all(body["hub.mode"] == ["publish"] for _, _, body in told)
    return [body["hub.url"][0] for _, _, body in told]


def everywhere():
    """An article under all kinds of subject, and the addresses of its feeds."""
    article = make_draft(section=make_section(slug="city"))
    article.tags.add(Tag.objects.create(name="River", slug="river"))
    ines = Contributor.objects.create(name="Ines", slug="ines")
    article.bylines.create(contributor=ines)
    places = ["", "/sections/city", "/tags/river", "/contributors/ines"]
    feeds = [f"{HOME}{p}{kind}" for p in places for kind in ("/feed/", "/feed/atom/")]
    return article, feeds


def test_hub_is_told_of_every_feed_of_what_is_published(hub, act, client):
    article, feeds = everywhere()

    act(publishing.publish, article, by=None)

    kinds = {(path, kind) for path, kind, _ in hub.told}
    assert kinds == {("/hub", "application/x-www-form-urlencoded")}
    assert topics(hub) == feeds
    for feed in feeds:
        told = feedparser.parse(client.get(feed.removeprefix(HOME)).content).feed
        assert [link.href for link in told.links if link.rel == "self"] == [feed]


def test_hub_is_told_of_every_change_that_readers_see(hub, act):
    article = make_article()
    for verb, args, facts in [
        (revisions.save, [article], {}),
        (publishing.correct, [article], {"text": "It was two."}),
        (addresses.move, [article], {"slug": "another"}),
        (publishing.expire_at, [article], {"at": timezone.now() + HOUR}),
        (publishing.unpublish, [article], {}),
        (publishing.publish, [article], {}),
    ]:
        act(verb, *args, by=None, **facts)

        assert topics(hub) == FRONT, verb


def test_hub_hears_nothing_of_drafts_or_of_what_did_not_happen(hub, act):
    draft, shown = make_draft(), make_article()

    act(revisions.save, draft, by=None)
    act(publishing.send_to_review, draft, by=None)
    act(publishing.publish, shown, by=None)
    act(publishing.schedule, draft, by=None, at=timezone.now() + HOUR)
    act(publishing.unpublish, draft, by=None)

    assert topics(hub) == []


@pytest.mark.usefixtures("no_cache")
def test_scheduled_piece_is_told_of_without_the_cache(hub, act, queue):
    article, start = make_draft(), timezone.now()
    act(publishing.schedule, article, by=None, at=start + HOUR)

    with time_machine.travel(start + 2 * HOUR):
        queue()

    assert topics(hub) == FRONT


def test_scheduled_piece_is_told_of_at_its_minute_and_at_its_end(hub, act, queue):
    article, start = make_draft(), timezone.now()
    act(publishing.schedule, article, by=None, at=start + HOUR)
    act(publishing.expire_at, article, by=None, at=start + 3 * HOUR)
    told = []

    for minutes in (0, 59, 60, 179, 180):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            queue()
            told.append(topics(hub))

    assert told == [[], [], FRONT, [], FRONT]


def test_task_that_waited_looks_again(hub, act, queue):
    moved, back = make_draft(), make_draft()
    start = timezone.now()
    for article in (moved, back):
        act(publishing.schedule, article, by=None, at=start + HOUR)
    act(publishing.schedule, moved, by=None, at=start + 2 * HOUR)
    act(publishing.unpublish, back, by=None)

    with time_machine.travel(start + HOUR, tick=False):
        queue()
        early = topics(hub)
    with time_machine.travel(start + 2 * HOUR, tick=False):
        queue()

    assert (early, topics(hub)) == ([], FRONT)


@pytest.mark.parametrize("place", ["broken", "late"])
def test_hub_out_of_order_is_told_again_later_and_given_up(
    hub, queue, settings, monkeypatch, place
):
    monkeypatch.setattr(websub, "PATIENCE", 0.1)
    settings.WEBSUB_HUB = f"{hub.address}/{place}"
    arguments, pauses = [FRONT[:1]], []

    while arguments:
        websub.ping.call(*arguments)
        waiting = DBTaskResult.objects.filter(status="READY").first()
        arguments = waiting and waiting.args_kwargs["args"]
        if waiting:
            pause = (waiting.run_after - timezone.now()) / timedelta(minutes=1)
            pauses.append(round(pause))
            waiting.delete()

    assert pauses == [1, 2, 4, 8]
    assert topics(hub) == FRONT[:1] * 5


@pytest.mark.parametrize("place", ["gone", "moved"])
def test_hub_that_refuses_is_not_told_again(hub, queue, settings, place):
    settings.WEBSUB_HUB = f"{hub.address}/{place}"

    websub.ping.call(FRONT)

    assert topics(hub) == FRONT
    assert not DBTaskResult.objects.exists()
    assert hub.asked == []  # a redirect is not followed


def test_hub_that_is_away_stops_nobody(settings, act):
    settings.WEBSUB_HUB = "http://127.0.0.1:1/hub"
    article = make_draft()

    act(publishing.publish, article, by=None)

    assert Article.objects.published().get() == article


def test_comments_feeds_are_told_of_once_a_minute(hub, act, queue, client):
    article = make_article()
    comments = [make_comment(article=article, status="pending") for _ in range(2)]
    for comment in comments:
        act(moderation.approve, comment, by=make_moderator())
    with time_machine.travel(timezone.now() + pushing.PAUSE):
        queue()

    told = topics(hub)
    act(moderation.reject, comments[0], by=make_moderator(), reason="spam")

    assert len(set(told)) == len(told) == 4
    for feed in told:
        page = client.get(feed.removeprefix(HOME))
        assert f'<{feed}>; rel="self"' in page["Link"]


@pytest.mark.usefixtures("no_cache")
def test_comment_is_published_and_told_of_without_the_cache(hub, act, queue):
    comment = make_comment(status="pending")

    act(moderation.approve, comment, by=make_moderator())
    with time_machine.travel(timezone.now() + pushing.PAUSE):
        queue()

    assert comment.is_published
    assert topics(hub) == pushing.feeds_of(comment.article)


def test_comments_that_readers_do_not_see_are_not_told_of(hub, act):
    pending = make_comment(status="pending")
    hidden = make_comment(article=make_article(commenting="hidden"), status="pending")

    act(moderation.reject, pending, by=make_moderator(), reason="spam")
    act(moderation.approve, hidden, by=make_moderator())

    assert topics(hub) == []


@pytest.mark.parametrize("kind", ["feed/", "feed/atom/"])
def test_feeds_name_the_hub_and_themselves(hub, settings, client, kind):
    comment = make_comment(article=make_article(section=make_section(slug="city")))
    article = comment.article.get_absolute_url()

    for place in ("/", "/sections/city/", "/comments/", f"{article}comments/"):
        answer = client.get(place + kind)

        links = feedparser.parse(answer.content).feed.links
        told = {link.rel: link.href for link in links}
        assert told["hub"] == settings.WEBSUB_HUB
        assert told["self"] == f"{HOME}{place}{kind}"
        assert answer["Link"] == (
            f'<{told["hub"]}>; rel="hub", <{told["self"]}>; rel="self"'
        )


@pytest.mark.parametrize("address", ["/feed/", "/feed/atom/", "/search/feed/?q=a"])
def test_feeds_of_which_no_hub_is_told_name_none(elsewhere, settings, client, address):
    if "search" in address:
        settings.WEBSUB_HUB = f"{elsewhere.address}/hub"

    answer = client.get(address)

    assert "Link" not in answer
    assert 'rel="hub"' not in answer.content.decode()


def test_nothing_is_queued_without_a_hub(act, queue):
    act(publishing.publish, make_draft(), by=None)
    act(moderation.approve, make_comment(status="pending"), by=make_moderator())

    assert not DBTaskResult.objects.exists()


def test_hub_has_an_address():
    refused = manage("check", **PRODUCTION | {"WEBSUB_HUB": "hub.example.org"})

    assert ImproperlyConfigured.__name__ in refused.stderr
    assert "WEBSUB_HUB" in refused.stderr
