"""Reading a discussion reads what its page shows, however much else there is."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import signing
from django.db import connection, transaction
from django.db.models import F
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import editions
from benchmarks import discussion, seed
from comments import paging, reconciliation
from comments.models import Comment
from tests.plans import watched
from tests.posting import post_reply

# One process fills the discussion, for all.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("plans")]

SIZE, HOT, FLOOD = 4_000, 1_500, 500
MOST_QUERIES = 8
# PostgreSQL's planner goes by how large a part of the table a discussion is.
OTHERS = SIZE if connection.vendor == "postgresql" else 1_000
READS = {
    "first page": "{article}",
    "middle page": "{article}?from={middle}",
    "page before": "{article}?before={middle}",
    "last page": "{article}?from={last}",
    "newest first": "{article}?order=newest",
    "newest first, middle": "{article}?order=newest&from={middle}",
    "thread": "{article}?thread={hot}",
    "thread, middle": "{article}?thread={hot}&after={deep}",
    "permalink": "/comments/{middle}/",
    "permalink of a reply": "/comments/{deep}/",
    "form under a comment": "{article}?replytocom={middle}",
    "feed": "/comments/feed/",
    "feed of an article": "{article}comments/feed/",
}
INDEXES = {
    "comment_shown_threads": "first page",
    "comment_shown_replies": "thread",
    "comment_published": "feed of an article",
}


@pytest.fixture(scope="module")
def places(django_db_setup, django_db_blocker):
    """A discussion among others: a hot thread, floods of rejected comments."""
    settings = {"COMMENT_THREADS_PER_PAGE": 10, "COMMENT_REPLIES_PER_THREAD": 5}
    with (
        django_db_blocker.unblock(),
        override_settings(**settings),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        patch.setattr(paging, "REPLIES_PER_THREAD_PAGE", 20)
        discussion.fill(seed.article("before"), OTHERS)
        article = seed.article("read")
        discussion.fill(article, SIZE, HOT)
        discussion.fill(seed.article("after"), OTHERS)
        yield _places(article)
        transaction.set_rollback(True)


@pytest.fixture(scope="module", params=["unanalyzed", "analyzed"])
def there(request, places, django_db_blocker):
    """First without the database's figures of its tables, then with them."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if request.param == "analyzed":
            cursor.execute("ANALYZE")
        elif connection.vendor == "postgresql":
            pytest.skip("It gathers its figures by itself.")
        else:
            cursor.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'")
            assert cursor.fetchone() is None
    return places


def _places(article):
    comments = article.comments.order_by("pk")
    hot = comments.threads().latest("reply_count")
    _reject(comments.threads().filter(has_replies=False))
    _reject(comments.filter(root=hot).order_by("path"))
    for problem in reconciliation.find_problems():
        if problem.is_repairable:
            reconciliation.repair(problem)
    # Before the others': a feed of its own would have to look past all of them.
    comments.update(submitted_at=F("submitted_at") - timedelta(days=1))
    shown = comments.threads().published()
    picked = shown.values_list("pk", flat=True)[:3]
    Comment.objects.filter(pk__in=list(picked)).update(featured_at=timezone.now())
    replies = list(comments.published().filter(root=hot).order_by("path"))
    waiting = comments.filter(status="pending")[0]
    own = comments.filter(commenter=waiting.commenter).hidden()
    connection.check_constraints()  # nothing deferred stands in an index's way
    return SimpleNamespace(
        article=article.get_absolute_url(),
        middle=shown[shown.count() // 2].pk,
        last=shown[shown.count() - 9].pk,
        hot=hot.pk,
        deep=replies[len(replies) // 2].pk,
        voice=own[0].commenter,
        own=own[0].pk,
    )


def _reject(comments):
    keys = list(comments.published().values_list("pk", flat=True)[:FLOOD])
    Comment.objects.filter(pk__in=keys).update(status="rejected")


def browser(voice):
    client = Client(SERVER_NAME="localhost")
    if voice:
        value = {"keys": [voice.key.hex], "remembered": True}
        cookie = signing.dumps(value, salt="comments.identity")
        client.cookies.load({"commenter": cookie})
    return client


def read(there, name, *, voice=None):
    """What is wrong with the plans of a page's queries."""
    client = browser(voice)
    with watched() as faults:
        response = client.get(READS[name].format(**vars(there)), follow=True)
    assert response.status_code == 200
    return faults


@pytest.mark.parametrize("name", READS)
def test_page_reads_what_it_shows(name, there):
    assert read(there, name) == []


@pytest.mark.parametrize("name", READS)
def test_page_of_a_reader_with_comments_that_wait_reads_what_it_shows(name, there):
    assert read(there, name, voice=there.voice) == []


@pytest.mark.parametrize("name", [name for name in READS if "form" not in name])
def test_first_page_of_an_edition_costs_at_most_eight_queries(name, there):
    client, address = Client(SERVER_NAME="localhost"), READS[name].format(**vars(there))
    if name.startswith("permalink"):
        address = client.get(address)["Location"]
    editions.move()

    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200

    picks = name in {"first page", "newest first"}  # one more, where there are some
    assert len(asked) <= MOST_QUERIES + picks, [query["sql"] for query in asked]


@pytest.mark.parametrize("parent", ["", "middle", "deep"])
@pytest.mark.parametrize("is_known", [False, True])
def test_reply_reads_what_decides_about_it(parent, is_known, there):
    voice = there.voice if is_known else None
    fields = {"comment": f"{parent} {is_known}: something nobody has said before."}
    fields["parent"] = getattr(there, parent, "")
    article = SimpleNamespace(get_absolute_url=lambda: there.article)
    with transaction.atomic(), watched() as faults:
        response = post_reply(
            browser(voice), article, origin="http://localhost", **fields
        )
        transaction.set_rollback(True)
    assert response.status_code == 302
    assert faults == []


@pytest.mark.parametrize("index", INDEXES)
def test_page_without_its_index_is_found_out(index, there):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX {index}")
        faults = read(there, INDEXES[index])
        transaction.set_rollback(True)

    assert faults != []
