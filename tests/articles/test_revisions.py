"""Every save is kept, compared, restored; and nobody's words are lost."""

import re
import threading
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from articles import publishing, revisions
from articles.desk import Conflict
from articles.models import Article, Autosave
from articles.revisions import Piece
from tests.factories import make_article, make_editor

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def change_address(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def form_data(article, **fields):
    names = ("headline", "slug", "standfirst", "body", "commenting", "version")
    facts = {name: getattr(article, name) for name in names}
    return facts | {"bylines-TOTAL_FORMS": 0, "bylines-INITIAL_FORMS": 0} | fields


def kept(article):
    rows = article.revisions.order_by("number")
    return list(rows.values_list("number", "headline", "editor__display_name", "note"))


@pytest.fixture
def editor(db, client):
    editor = make_editor(display_name="Edith")
    client.force_login(editor)
    return editor


def test_every_save_is_a_revision_with_its_editor_and_note(client, editor):
    new = Article(headline="First", slug="first", body="<p>Words.</p>")
    client.post(reverse("admin:articles_article_add"), form_data(new))
    article = Article.objects.get()

    data = form_data(article, headline="Second", note="A better headline")
    client.post(change_address(article), data)

    assert kept(article) == [
        (1, "First", "Edith", ""),
        (2, "Second", "Edith", "A better headline"),
    ]


def test_what_an_article_was_before_its_first_save_here_is_kept(client, editor):
    article = make_article(headline="Imported")

    client.post(change_address(article), form_data(article, headline="Edited"))

    assert kept(article) == [
        (1, "Imported", None, "As it was before revisions were kept"),
        (2, "Edited", "Edith", ""),
    ]


def test_restoring_is_a_new_revision(client, editor):
    article = make_article(headline="Old")
    article.headline = "New"
    revisions.save(article, by=editor)

    address = reverse("admin:articles_article_restore", args=[article.pk, 1])
    client.post(address)

    article.refresh_from_db()
    assert (article.headline, article.version) == ("Old", 3)
    assert kept(article)[1:] == [
        (2, "New", "Edith", ""),
        (3, "Old", "Edith", "Revision 1 restored"),
    ]


def test_save_of_an_older_text_is_refused_and_shows_both(client, editor):
    article = make_article(body="<p>The ferry is late.</p>")
    mine = form_data(article, body="<p>The ferry is very late.</p>", headline="Mine")
    theirs = form_data(article, body="<p>The night ferry is late.</p>")
    client.post(change_address(article), theirs)

    page = client.post(change_address(article), mine)

    said = page.content.decode()
    article.refresh_from_db()
    assert page.status_code == 409
    assert article.body == "<p>The night ferry is late.</p>"
    assert "<del>night </del>" in said
    assert "<ins>very </ins>" in said
    assert 'value="Mine"' in said
    assert "&lt;p&gt;The ferry is very late.&lt;/p&gt;" in said


def test_saving_over_is_deliberate_and_loses_nothing(client, editor):
    article = make_article(headline="Opened")
    mine = form_data(article, headline="Mine")
    client.post(change_address(article), form_data(article, headline="Theirs"))
    page = client.post(change_address(article), mine)
    assert 'name="_over" value="2"' in page.content.decode()

    client.post(change_address(article), mine | {"_over": "2"})

    article.refresh_from_db()
    assert article.headline == "Mine"
    assert [row[1] for row in kept(article)] == ["Opened", "Theirs", "Mine"]


def test_saving_over_holds_only_for_what_was_seen(client, editor):
    article = make_article()
    mine = form_data(article, headline="Mine")
    for headline in ("Theirs", "Theirs again"):
        article.refresh_from_db()
        client.post(change_address(article), form_data(article, headline=headline))

    page = client.post(change_address(article), mine | {"_over": "2"})

    article.refresh_from_db()
    assert (page.status_code, article.headline) == (409, "Theirs again")


def test_form_that_does_not_say_what_it_opened_overwrites_nothing(client, editor):
    article = make_article(headline="Stored")
    data = form_data(article, headline="Mine")
    del data["version"]

    assert client.post(change_address(article), data).status_code == 409
    article.refresh_from_db()
    assert article.headline == "Stored"


@pytest.mark.parametrize(
    ("chosen", "stored"), [("open", "closed"), ("premoderated", "premoderated")]
)
def test_discussion_closed_since_is_opened_by_no_other_change(
    chosen, stored, client, editor
):
    article = make_article()
    page = client.get(change_address(article)).content.decode()
    (opened,) = re.findall(r'name="initial-commenting" value="(\w+)"', page)
    publishing.set_commenting(article, Article.Commenting.CLOSED, by=None)

    data = form_data(article, headline="New", commenting=chosen)
    client.post(change_address(article), data | {"initial-commenting": opened})

    article.refresh_from_db()
    assert (article.headline, article.commenting) == ("New", stored)


def test_save_leaves_alone_what_other_verbs_have_changed(editor):
    article = make_article()
    stale = Article.objects.get(pk=article.pk)
    Article.objects.filter(pk=article.pk).update(status="unpublished", slug="moved")
    stale.headline = "New"

    revisions.save(stale, by=editor)

    article.refresh_from_db()
    facts = (article.headline, article.status, article.slug)
    assert facts == ("New", "unpublished", "moved")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told_and_both_texts_are_kept():
    article = make_article(headline="Opened")
    editors = [make_editor(), make_editor()]
    both, answers = threading.Barrier(2), []

    def save(editor, headline):
        client = Client()
        client.force_login(editor)
        both.wait()
        data = form_data(article, headline=headline)
        answers.append((client.post(change_address(article), data), headline))
        connections.close_all()

    threads = [
        threading.Thread(target=save, args=pair)
        for pair in zip(editors, ["One", "Two"], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    by_status = {answer.status_code: (answer, words) for answer, words in answers}
    assert set(by_status) == {302, 409}
    article.refresh_from_db()
    assert article.headline == by_status[302][1]
    refused, words = by_status[409]
    assert f'value="{words}"' in refused.content.decode()
    assert article.revisions.count() == 2
    assert connection.vendor in {"sqlite", "postgresql"}


def test_verb_itself_refuses_an_older_text(editor):
    article = make_article()
    stale = Article.objects.get(pk=article.pk)
    revisions.save(article, by=editor)

    with pytest.raises(Conflict):
        revisions.save(stale, by=editor)


def test_comparison_is_by_words_and_of_plain_text():
    before = make_stub(body="<p>One two three.</p><p>Same.</p>")
    after = make_stub(body="<p>One four three.</p><p>Same.</p>")

    compared = revisions.compare(before, after)

    assert [c.name for c in compared if c.is_changed] == ["body"]
    assert compared[2].pieces == [
        Piece("kept", "One "),
        Piece("taken", "two "),
        Piece("added", "four "),
        Piece("kept", "three.\n"),
        Piece("kept", "\nSame."),
    ]


def make_stub(**words):
    return Article(headline="", standfirst="", **words)


def test_long_texts_are_compared_in_no_time():
    words = [f"<p>{'lorem ipsum dolor sit amet ' * 40}{n}</p>" for n in range(100)]
    other = [
        words[n] if n % 10 else words[n].replace("ipsum", "x", 3) for n in range(100)
    ]

    compared = revisions.compare(
        make_stub(body="".join(words)), make_stub(body="".join(other))
    )

    taken = [p.words for p in compared[2].pieces if p.kind == "taken"]
    assert taken == ["ipsum "] * 30


@pytest.mark.parametrize(
    ("number", "status"), [("x", 200), ("9" * 5_000, 200), ("9" * 18, 404)]
)
def test_revision_that_never_was_is_not_compared(client, editor, number, status):
    address = reverse("admin:articles_article_revisions", args=[make_article().pk])

    page = client.get(address, {"before": "1", "after": number})

    assert page.status_code == status


def test_page_lists_and_compares(client, editor):
    article = make_article(headline="Old words")
    article.headline = "New words"
    revisions.save(article, by=editor, note="Why not")

    address = reverse("admin:articles_article_revisions", args=[article.pk])
    page = client.get(address, {"before": 2, "after": 1}).content.decode()

    assert "<del>Old </del>" in page
    assert "<ins>New </ins>" in page
    assert "Why not" in page


@pytest.mark.parametrize("saves", [1, 5])
def test_page_of_revisions_costs_the_same(
    client, editor, django_assert_num_queries, saves
):
    article = make_article()
    for _ in range(saves):
        revisions.save(article, by=editor)
    address = reverse("admin:articles_article_revisions", args=[article.pk])
    client.get(address)

    with django_assert_num_queries(6):
        client.get(address)


def test_readers_are_told_of_a_material_update_alone(client, editor):
    article = make_article()
    with time_machine.travel(NOON):
        client.post(change_address(article), form_data(article, headline="A slip"))
        article.refresh_from_db()
        quiet = article.revised_at
        data = form_data(article, headline="News", is_material="on")
        client.post(change_address(article), data)

    article.refresh_from_db()
    page = client.get(article.get_absolute_url()).content.decode()
    assert quiet is None
    assert article.revised_at.replace(microsecond=0) == NOON
    assert 'Updated <time datetime="2026-11-24T12:00:00+0000">' in page


def test_draft_is_never_updated(editor):
    article = make_article(status="draft", published_at=None, published_on=None)

    revisions.save(article, by=editor, is_material=True)

    assert article.revised_at is None


def type_words(client, article, **words):
    address = reverse("admin:articles_article_typing", args=[article.pk])
    data = {"version": article.version, "headline": article.headline, "standfirst": ""}
    return client.post(address, data | {"body": article.body} | words)


def test_typing_is_kept_apart_and_offered_to_who_typed(client, editor):
    article = make_article(headline="Stored")

    answer = type_words(client, article, headline="Typed")

    article.refresh_from_db()
    page = client.get(change_address(article)).content.decode()
    form = client.get(change_address(article), {"typed": ""}).content.decode()
    client.force_login(make_editor())
    anothers = client.get(change_address(article)).content.decode()
    assert (answer.status_code, article.headline) == (204, "Stored")
    assert ["was not saved" in html for html in (page, anothers)] == [True, False]
    assert ['value="Typed"' in html for html in (page, form)] == [False, True]


@pytest.mark.parametrize("version", ["", "x", "0", "2", "9" * 18, "9" * 5_000])
def test_typing_at_a_version_that_never_was_is_refused(client, editor, version):
    answer = type_words(client, make_article(), version=version)

    assert answer.status_code == 422
    assert not Autosave.objects.exists()


def test_saving_ends_what_was_typed(client, editor):
    article = make_article()
    type_words(client, article, headline="Typed")

    client.post(change_address(article), form_data(article, headline="Typed"))

    assert not Autosave.objects.exists()


def test_typing_over_an_older_text_meets_the_conflict(client, editor):
    article = make_article()
    type_words(client, article, headline="Typed")
    client.force_login(make_editor())
    client.post(change_address(article), form_data(article, headline="Theirs"))
    client.force_login(editor)

    form = client.get(change_address(article), {"typed": ""}).content.decode()

    assert 'name="version" value="1"' in form
