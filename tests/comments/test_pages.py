"""Kept pages: right, whole, everybody's, and made once."""

import gzip
import threading
from contextlib import ExitStack, suppress
from datetime import timedelta
from html import escape
from pathlib import Path

import brotli
import pytest
from backports import zstd
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import turns
from accounts.models import ProviderPause
from articles import editions, publishing
from comments import fragments, keys, moderation, pages, shelf, submission
from comments.models import Comment, Discussion, Reason
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_moderator,
    make_section,
    make_user,
)
from tests.posting import post_reply
from tests.waiting import waits_for_its_turn

pytestmark = pytest.mark.django_db

DECODED = {
    "": bytes,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "zstd": zstd.decompress,
}


def read(client, thing, **headers):
    return client.get(thing.get_absolute_url(), headers=headers)


def rendered(page, *kept) -> dict[str, int]:
    """Of the templates that show comments, which were filled in, and how often."""
    names = [name for t in page.templates if (name := Path(t.name or "").stem)]
    kept = kept or ("_thread", "_node")
    return {name: names.count(name) for name in kept if name in names}


def reject(comment):
    moderation.reject(comment, by=make_moderator(), reason=Reason.ABUSIVE)


def test_kept_page_costs_one_query_and_is_the_same(client, django_assert_num_queries):
    comment = make_comment()
    made = read(client, comment.article)

    with django_assert_num_queries(1):
        kept = read(client, comment.article)

    assert kept.content == made.content
    assert made["Cache-Status"] == "marginalia; fwd=miss; stored"
    assert kept["Cache-Status"] == "marginalia; hit"
    del made["Cache-Status"], kept["Cache-Status"]
    assert kept.headers == made.headers
    assert b'id="comment-' in kept.content


@pytest.mark.parametrize("comments", [3, 60])
def test_page_that_is_made_anew_costs_eight_queries_at_most(
    client, django_assert_max_num_queries, comments
):
    article = make_article(section=make_section())
    roots = [make_comment(article=article) for _ in range(comments)]
    make_comment(parent=roots[0], status=Comment.Status.PENDING)
    hidden = make_comment(parent=roots[1])
    make_comment(parent=hidden)
    reject(hidden)
    article.corrections.create(text="It was Tuesday.")
    ProviderPause.objects.create(provider="google")
    moderation.feature(roots[2], by=make_moderator())
    read(client, article)
    moderation.feature(roots[0], by=make_moderator())

    with django_assert_max_num_queries(8):
        page = read(client, article).content.decode()

    assert page.count('id="div-comment-') >= min(comments, 50)


@pytest.mark.parametrize("coding", DECODED)
def test_page_comes_in_the_encoding_asked_for(client, coding):
    article = make_article()
    plain = read(client, article).content

    encoded = read(client, article, accept_encoding=coding)

    assert encoded.get("Content-Encoding", "") == coding
    assert DECODED[coding](encoded.content) == plain
    assert encoded["Content-Length"] == str(len(encoded.content))
    assert "Accept-Encoding" in encoded["Vary"]


def test_reader_who_has_the_page_is_told_so(client, django_assert_num_queries):
    article = make_article()
    page = read(client, article)

    with django_assert_num_queries(1):
        again = read(client, article, if_none_match=page["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == page["ETag"]
    assert again["Cache-Control"] == page["Cache-Control"]
    make_comment(article=article)
    submission.submit(article, commenter=make_commenter(user=make_user()), body="New.")
    moderation.approve(article.comments.last(), by=make_moderator())
    assert read(client, article, if_none_match=page["ETag"]).status_code == 200


def test_decision_is_seen_at_once(client):
    comment = make_comment(body="Words to be rejected.")
    assert b"Words to be rejected." in read(client, comment.article).content

    reject(comment)

    assert b"Words to be rejected." not in read(client, comment.article).content


def test_changed_article_is_seen_at_once_on_every_page(client):
    article = make_article(headline="Before")
    other = make_article()
    for page in (article, other):
        assert b">Before<" in read(client, page).content  # the other's neighbour

    article.headline = "After"
    article.save()

    for page in (article, other):
        content = read(client, page).content
        assert b">After<" in content
        assert b">Before<" not in content


def test_draft_leaves_the_edition_alone(client, django_assert_num_queries):
    article = make_article()
    read(client, article)

    make_article(status="draft", published_at=None, published_on=None)

    with django_assert_num_queries(1):
        read(client, article)


def test_scheduled_article_is_in_kept_lists_at_its_moment(client, time_machine):
    soon = timezone.now() + timedelta(seconds=20)
    make_article(headline="There already")
    later = make_article(
        headline="Tomorrow", status="draft", published_at=None, published_on=None
    )
    publishing.schedule(later, by=None, at=soon)
    assert b"Tomorrow" not in client.get("/").content

    time_machine.move_to(soon + timedelta(seconds=1))

    assert b"Tomorrow" in client.get("/").content


def test_page_that_was_made_while_the_turn_came_is_not_right(
    client, time_machine, monkeypatch
):
    soon, real = timezone.now() + timedelta(seconds=20), pages.make
    later = make_article(
        headline="Tomorrow", status="draft", published_at=None, published_on=None
    )
    publishing.schedule(later, by=None, at=soon)

    def make(request, response):
        time_machine.move_to(soon + timedelta(seconds=1))
        return real(request, response)

    monkeypatch.setattr(pages, "make", make)
    assert b"Tomorrow" not in client.get("/").content

    assert b"Tomorrow" in client.get("/").content


def test_new_name_is_seen_at_once(client):
    user = make_user(display_name="Ines Old")
    comment = make_comment(commenter=make_commenter(user=user))
    assert b"Ines Old" in read(client, comment.article).content

    user.display_name = "Ines New"
    user.save()

    page = read(client, comment.article).content
    assert b"Ines New" in page
    assert b"Ines Old" not in page


def test_paused_provider_is_seen_at_once(client):
    article = make_article()
    assert b'value="google"' in read(client, article).content

    ProviderPause.objects.create(provider="google")

    assert b'value="google"' not in read(client, article).content


@pytest.mark.parametrize(
    "query", ["?utm_source=x", "?replytocom=1", "?page=2", "?from=1&utm_source=x"]
)
def test_page_with_anything_else_in_its_address_is_not_kept(client, query):
    address = make_article().get_absolute_url() + query

    client.get(address)

    assert list(shelf.at_hand) == []


def test_shelf_gives_up_what_is_least_asked_for(client):
    article = make_article()
    read(client, article)
    (key,) = shelf.at_hand
    page = shelf.at_hand.get(key)
    small = shelf.Shelf(most_bytes=3 * shelf.size(page))
    for name in "abc":
        small.put(name, page)
    small.get("a")

    small.put("d", page)

    assert list(small) == ["c", "a", "d"]


def test_page_is_shared_between_processes(client, django_assert_num_queries):
    article = make_article()
    made = read(client, article)
    shelf.at_hand.clear()

    with django_assert_num_queries(1):
        found = read(client, article)

    assert found.content == made.content


def test_page_that_is_found_again_keeps_its_encodings(client):
    read(client, make_article(), accept_encoding="br")
    (key,) = shelf.at_hand
    page = shelf.at_hand.get(key)

    found = shelf.find(key)

    assert list(found.replies) == ["br"]
    assert shelf.at_hand.get(key) is page


def test_new_page_comes_in_the_encodings_that_were_asked_for(client):
    comment = make_comment()
    read(client, comment.article, accept_encoding="br")
    (key,) = shelf.at_hand
    reject(comment)

    read(client, comment.article, accept_encoding="gzip")
    shelf.at_hand.clear()
    found = shelf.find(key)

    assert set(found.replies) == {"br"}
    assert brotli.decompress(found.replies["br"].body) == zstd.decompress(found.body)


def test_pages_are_made_where_nothing_can_be_shared(client, settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no directory")
    settings.CACHES = settings.CACHES | {
        "pages": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": blocked / "pages",
        }
    }

    assert read(client, make_article()).status_code == 200


def test_what_is_not_found_is_not_kept_and_forgets_what_was(client):
    article = make_article()
    read(client, article)
    (key,) = shelf.at_hand

    publishing.unpublish(article, by=None)

    assert read(client, article).status_code == 410
    assert list(shelf.at_hand) == []
    assert shelf.find(key) is None


@pytest.mark.django_db(transaction=True)
def test_crowd_at_a_page_just_changed_has_it_made_once(client, monkeypatch):
    comment = make_comment()
    before = read(client, comment.article).content
    reject(comment)
    made, start = [], threading.Barrier(20)
    real = pages.make
    monkeypatch.setattr(pages, "make", lambda *a: made.append(1) or real(*a))
    answers = []

    def ask():
        start.wait()
        answers.append(read(Client(), comment.article).content)
        connection.close()

    crowd = [threading.Thread(target=ask) for _ in range(20)]
    for reader in crowd:
        reader.start()
    for reader in crowd:
        reader.join()

    after = read(client, comment.article).content
    assert len(made) == 1
    assert after != before
    assert set(answers) <= {before, after}
    assert len(answers) == 20


@pytest.fixture
def unwritable(settings, tmp_path):
    """No folder can be made in VAR_DIR, not even by root."""
    var = tmp_path / "var"
    var.touch()
    files = "django.core.cache.backends.filebased.FileBasedCache"
    kept = {"BACKEND": files, "LOCATION": var / "pages"}
    settings.CACHES = settings.CACHES | {"pages": kept}
    settings.PAGE_LOCKS_DIR = var / "pages.locks"


def test_page_is_shown_where_nothing_can_be_written(client, unwritable, caplog):
    shelf._say_once.cache_clear()
    article = make_article()
    with caplog.at_level("WARNING", "comments.shelf"):
        first = read(client, article)
        make_comment(article=article)
        second = read(client, article)

    assert [first["Cache-Status"], second["Cache-Status"]] == [pages.MADE] * 2
    assert caplog.messages == [
        "Pages are made without locks in VAR_DIR: Not a directory"
    ]


def test_what_goes_wrong_in_a_turn_is_not_taken_for_its_lock(unwritable):
    with pytest.raises(FileNotFoundError), shelf.turn("a page"):
        raise FileNotFoundError


def test_page_in_the_making_waits_for_its_turn(client):
    article = make_article()
    with waits_for_its_turn():
        made = read(client, article)

    assert made["Cache-Status"] == pages.MADE


def test_page_of_ones_own_waits_for_its_turn(client):
    article = make_article()
    client.cookies.load({settings.COMMENTER_COOKIE_NAME: "nobody"})
    with waits_for_its_turn():
        made = read(client, article)

    assert "Cache-Status" not in made


@pytest.mark.parametrize("address", ["/search/?q=a", "/admin/comments/comment/desk/"])
def test_what_is_kept_for_nobody_waits_for_its_turn(client, address):
    client.force_login(make_moderator())
    with waits_for_its_turn():
        assert client.get(address).status_code == 200


def test_decision_waits_for_its_turn(client):
    client.force_login(make_moderator())
    comment = make_comment(status=Comment.Status.PENDING)
    decision = {"comment": comment.pk, "seen": comment.version, "verb": "approve"}
    with waits_for_its_turn():
        client.post("/admin/comments/comment/desk/decisions/", decision)

    comment.refresh_from_db()
    assert comment.is_published


def test_what_waits_for_others_is_no_work(rf):
    assert not keys.is_work(rf.get("/accounts/google/login/callback/"))
    assert not keys.is_work(rf.post("/accounts/google/login/"))
    assert not keys.is_work(rf.get(f"/media/images/{'0' * 32}.jpg"))
    assert not keys.is_work(rf.post("/2026/11/01/slug/comments/"))  # till it is read
    assert keys.is_work(rf.get("/2026/11/01/slug/"))


def test_page_that_another_has_just_made_waits_for_no_turn(client, monkeypatch):
    article, turn, work = make_article(), shelf.turn, turns.of("work")
    with ExitStack() as busy:

        def turn_after_another(key):
            monkeypatch.setattr(shelf, "turn", turn)
            read(Client(), article)
            busy.enter_context(work.turn(0))
            return turn(key)

        monkeypatch.setattr(shelf, "turn", turn_after_another)
        assert read(client, article)["Cache-Status"] == pages.HIT
        assert len(work) == 1  # who has the turn has it still


@pytest.mark.django_db(transaction=True)
def test_crowd_at_a_page_nobody_has_waits_for_it(client, monkeypatch):
    article, made, answers = make_article(), [], []
    real, start = pages.make, threading.Barrier(10)
    monkeypatch.setattr(pages, "make", lambda *a: made.append(1) or real(*a))

    def ask():
        start.wait()
        answers.append(read(Client(), article).content)
        connection.close()

    crowd = [threading.Thread(target=ask) for _ in range(10)]
    for reader in crowd:
        reader.start()
    for reader in crowd:
        reader.join()

    assert len(made) == 1
    assert len(set(answers)) == 1


def test_edition_grows_whatever_the_clocks_say(time_machine):
    editions.move()
    first = pages.versions(None).edition
    time_machine.move_to(timezone.now() - timedelta(days=1))

    editions.move()

    assert pages.versions(None).edition > first > 0


def test_number_that_was_rolled_back_comes_for_nothing_else():
    with suppress(InterruptedError), transaction.atomic():
        editions.move()
        never = pages.versions(None).edition
        raise InterruptedError

    editions.move()

    assert pages.versions(None).edition > never


def test_page_of_later_versions_is_right(client):
    """Another process may have read the primary, and this one a replica behind it."""
    comment = make_comment()
    before = pages.versions(comment.article.pk)
    reject(comment)
    read(client, comment.article)
    (key,) = shelf.at_hand

    assert shelf.at_hand.get(key).is_right(before)
    assert not shelf.at_hand.get(key).is_right(
        before._replace(discussion=before.discussion + 9)
    )


def test_comment_is_rendered_once_for_all_the_pages_it_is_on(client):
    fragments.clear()
    first = make_comment()
    assert rendered(read(client, first.article)) == {"_thread": 1, "_node": 1}

    second = make_comment(article=first.article)
    Discussion.objects.record_change(first.article_id)
    page = read(client, first.article)

    assert rendered(page) == {"_thread": 1, "_node": 1}
    for comment in (first, second):
        assert page.content.decode().count(f'id="div-comment-{comment.pk}"') == 1


def test_thread_is_rendered_anew_when_somebody_replies_in_it(client):
    fragments.clear()
    first = make_comment()
    make_comment(article=first.article)
    read(client, first.article)

    make_comment(article=first.article, parent=first, body="And another thing.")
    Discussion.objects.record_change(first.article_id)
    page = read(client, first.article)

    assert b"And another thing." in page.content
    assert rendered(page) == {"_thread": 1, "_node": 1}  # the reply's alone


def test_edited_comment_is_rendered_anew(client):
    comment = make_comment(body="First words.")
    assert b"First words." in read(client, comment.article).content
    voices = {comment.commenter.pk}

    submission.edit(comment, body="Second words.", voices=voices)
    moderation.approve(comment, by=make_moderator())

    page = read(client, comment.article).content
    assert b"Second words." in page
    assert b"First words." not in page


def test_own_comment_is_never_a_shared_part(client):
    fragments.clear()
    voice = make_commenter(user=make_user())
    comment = make_comment(commenter=voice, status=Comment.Status.PENDING)
    client.force_login(voice.user)

    assert comment.body in read(client, comment.article).content.decode()
    assert fragments._kept == {}

    client.force_login(make_user())
    assert comment.body not in read(client, comment.article).content.decode()


def test_parts_are_shared_with_readers_who_have_a_session(client):
    fragments.clear()
    comment = make_comment()
    read(client, comment.article)
    client.force_login(make_user())

    page = read(client, comment.article)

    assert page["Cache-Control"].startswith("max-age=0, no-cache")
    assert rendered(page) == {}


def test_reader_with_a_session_is_shown_the_article_that_is_at_hand(client):
    article = make_comment().article
    read(client, article)
    client.force_login(make_user())

    with CaptureQueriesContext(connection) as asked:
        assert article.headline in read(client, article).content.decode()
    assert 'FROM "articles_article"' not in str(asked.captured_queries)

    article.headline = "What happened since"
    article.save()
    assert article.headline in read(client, article).content.decode()


def test_what_one_may_do_with_an_own_comment_nobody_else_is_shown(client):
    fragments.clear()
    voice = make_commenter(user=make_user())
    comment = make_comment(commenter=voice)
    client.force_login(voice.user)
    change = f"/comments/{comment.pk}/revisions/"
    assert change in read(client, comment.article).content.decode()

    client.force_login(make_user())

    page = read(client, comment.article).content.decode()
    assert f'id="div-comment-{comment.pk}"' in page
    assert change not in page
    assert "is-own" not in page


def test_own_words_can_be_mended_no_longer_than_they_can(client, settings):
    voice = make_commenter(user=make_user())
    comment = make_comment(commenter=voice)
    client.force_login(voice.user)
    change = f"/comments/{comment.pk}/revisions/"
    assert change in read(client, comment.article).content.decode()

    settings.COMMENT_EDIT_SECONDS = 0

    assert change not in read(client, comment.article).content.decode()


def test_form_in_a_thread_is_shown_to_whoever_asked_for_it(client):
    fragments.clear()
    comment = make_comment()
    client.force_login(make_user())
    address = comment.article.get_absolute_url()

    for _ in range(2):
        page = client.get(f"{address}?replytocom={comment.pk}").content.decode()
        assert page.index('id="respond"') < page.index("</ol>")  # of the comments

    page = client.get(address).content.decode()
    assert page.index('id="respond"') > page.index("</ol>")


def test_untouched_form_is_rendered_once(client):
    fragments.clear()
    article = make_comment().article
    assert rendered(read(client, article), "_reply_form") == {"_reply_form": 1}

    Discussion.objects.record_change(article.pk)
    page = read(client, article)
    assert rendered(page, "_reply_form") == {}
    assert page.content.count(b'id="commentform"') == 1

    article.commenting_message = "Be kind to the fishermen."
    article.save()
    assert b"Be kind to the fishermen." in read(client, article).content
    ProviderPause.objects.create(provider="google")
    Discussion.objects.record_change(article.pk)
    assert b'id="postas-google"' not in read(client, article).content


@pytest.mark.parametrize("state", ["sent back", "remembered", "for an account"])
def test_form_that_says_anything_of_its_reader_is_never_shared(client, state):
    fragments.clear()
    article, reader = make_comment().article, Client()
    address = article.get_absolute_url()
    if state == "for an account":
        reader.force_login(make_user(display_name="Sok Private"))
    elif state == "remembered":
        post_reply(reader, article, name="Sok Private", remember="on")
    else:
        page = post_reply(reader, article, name="Sok Private", email="no address")
        assert page.status_code == 422
        assert b"Sok Private" in page.content
    assert (b"Sok Private" in reader.get(address).content) == (state != "sent back")

    page = client.get(address).content
    assert b"Sok Private" not in page
    assert b"csrfmiddlewaretoken" not in page


def test_reply_links_lead_to_the_form_on_the_same_page(client):
    comment = make_comment()
    address = comment.article.get_absolute_url()
    for query in ("?order=newest&", f"?thread={comment.pk}&", "?"):
        page = client.get(f"{address}{query}").content.decode()
        link = escape(f"{address}{query}replytocom={comment.pk}#respond")
        assert f'href="{link}"' in page
