"""The editors' verbs: what readers see, and from when."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from articles import publishing
from articles.models import Article
from tests.factories import make_article, make_editor

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=2)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def make_draft(**fields):
    times = {"status": "draft", "published_at": None, "published_on": None}
    return make_article(**times | fields)


def state(article):
    article.refresh_from_db()
    return article.status, article.published_at, article.published_on


def test_publish_shows_the_article_now_and_records_who():
    article, editor = make_draft(), make_editor()

    assert publishing.publish(article, by=editor)

    assert state(article) == ("published", NOON, NOON.date())
    recorded = LogEntry.objects.values_list("user", "object_id", "change_message")
    assert list(recorded) == [(editor.pk, str(article.pk), "Published.")]


def test_publish_twice_is_once():
    article, editor = make_draft(), make_editor()

    done = [publishing.publish(article, by=editor) for _ in range(2)]

    assert done == [True, False]
    assert LogEntry.objects.count() == 1


def test_publish_may_date_back():
    article = make_draft()
    day = datetime(2018, 2, 5, 9, tzinfo=UTC)

    publishing.publish(article, by=None, at=day)

    assert state(article) == ("published", day, date(2018, 2, 5))


def test_day_in_the_address_is_the_newsrooms(settings):
    settings.TIME_ZONE = "Asia/Phnom_Penh"
    article = make_draft()

    with timezone.override("Asia/Phnom_Penh"):
        publishing.publish(article, by=None, at=datetime(2026, 11, 20, 18, tzinfo=UTC))

    assert article.get_absolute_url() == f"/2026/11/21/{article.slug}/"


def test_republished_article_keeps_its_time_and_address():
    article = make_article()
    before = state(article)

    publishing.unpublish(article, by=None)
    hidden = article.is_published
    publishing.publish(article, by=None)

    assert not hidden
    assert state(article) == before


def test_unpublish_twice_is_once():
    article = make_article()

    assert publishing.unpublish(article, by=None)
    assert not publishing.unpublish(article, by=None)


def test_scheduled_article_appears_by_itself_at_its_moment():
    article = make_draft()

    publishing.schedule(article, by=make_editor(), at=LATER)

    assert article.is_scheduled
    assert not Article.objects.published().exists()
    with time_machine.travel(LATER):
        assert list(Article.objects.published()) == [article]
    assert LogEntry.objects.get().change_message == (
        "Scheduled for 2026-11-26 12:00 UTC."
    )


def test_schedule_can_be_moved_and_the_address_moves_with_it():
    article = make_draft()
    publishing.schedule(article, by=None, at=LATER)

    publishing.schedule(article, by=None, at=LATER + timedelta(days=1))

    assert article.published_on == date(2026, 11, 27)


def test_schedule_can_be_overtaken():
    article = make_draft()
    publishing.schedule(article, by=None, at=LATER)

    publishing.publish(article, by=None)

    assert state(article) == ("published", NOON, NOON.date())


def test_schedule_can_be_taken_back_and_leaves_no_address():
    article = make_draft()
    publishing.schedule(article, by=None, at=LATER)

    publishing.unpublish(article, by=None)

    assert state(article) == ("draft", None, None)


def test_schedule_refuses_the_past():
    article = make_draft()

    with pytest.raises(publishing.MomentPassed):
        publishing.schedule(article, by=None, at=NOON)

    assert state(article) == ("draft", None, None)


@pytest.mark.parametrize("is_taken_back", [False, True])
def test_schedule_refuses_what_readers_have_seen(is_taken_back):
    article = make_article()
    if is_taken_back:
        publishing.unpublish(article, by=None)
    before = state(article)

    with pytest.raises(publishing.AppearedAlready):
        publishing.schedule(article, by=None, at=LATER)

    assert state(article) == before


@pytest.mark.parametrize(
    "missing", [{"headline": "  "}, {"body": ""}, {"body": "<p></p><hr>"}]
)
def test_publish_refuses_the_incomplete(missing):
    article = make_draft(**missing)

    with pytest.raises(publishing.Incomplete):
        publishing.publish(article, by=None)

    assert state(article) == ("draft", None, None)


def test_publish_refuses_a_slug_that_is_taken_that_day():
    first, second = make_draft(slug="the-same"), make_draft(slug="the-same")
    publishing.publish(first, by=None)

    with pytest.raises(publishing.AddressTaken, match="the-same"):
        publishing.publish(second, by=make_editor())

    assert state(second) == ("draft", None, None)
    assert not second.is_published
    assert not LogEntry.objects.exists()


def test_the_same_slug_on_another_day_is_fine():
    first, second = make_draft(slug="the-same"), make_draft(slug="the-same")

    publishing.publish(first, by=None)
    publishing.publish(second, by=None, at=NOON - timedelta(days=1))

    assert second.is_published


def test_verbs_go_by_what_is_stored_not_by_a_stale_copy():
    article = make_draft()
    stale = Article.objects.get(pk=article.pk)
    publishing.publish(article, by=None)

    assert not publishing.publish(stale, by=None)
    assert publishing.unpublish(stale, by=None)
    assert state(article) == ("unpublished", NOON, NOON.date())


def test_commenting_is_set_once_and_recorded():
    article, editor = make_article(), make_editor()

    assert publishing.set_commenting(article, "closed", by=editor)
    assert not publishing.set_commenting(article, "closed", by=editor)

    article.refresh_from_db()
    assert article.commenting == "closed"
    assert LogEntry.objects.get().change_message == "Commenting: closed."
