"""The editors' workplace, through its pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Contributor
from tests.articles.test_search import make_many
from tests.factories import (
    make_article,
    make_editor,
    make_moderator,
    make_user,
)

pytestmark = pytest.mark.django_db

LIST = reverse("admin:articles_article_changelist")
ADD = reverse("admin:articles_article_add")
NO_BYLINES = {
    "bylines-TOTAL_FORMS": 0,
    "bylines-INITIAL_FORMS": 0,
}


@pytest.fixture
def editor(client):
    """A signed-in editor."""
    editor = make_editor()
    client.force_login(editor)
    return editor


def make_draft(**fields):
    times = {"status": "draft", "published_at": None, "published_on": None}
    return make_article(**times | fields)


def change_address(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def press(client, article, verb, **data):
    address = reverse("admin:articles_article_publishing", args=[article.pk])
    return client.post(address, {"verb": verb, **data})


def form_data(article, **fields):
    return {
        "headline": article.headline,
        "slug": article.slug,
        "standfirst": "",
        "body": article.body,
        "commenting": "open",
        "version": article.version,
        **NO_BYLINES,
        **fields,
    }


def test_editor_writes_an_article_with_its_credits(client, editor):
    ines = Contributor.objects.create(name="Ines", slug="ines")
    article = Article(headline="New", slug="new", body="<p>Text.<script></script></p>")
    byline = {"bylines-0-contributor": ines.pk, "bylines-0-position": 1}

    untouched = {"bylines-TOTAL_FORMS": 1, "initial-commenting": "open"}
    client.post(ADD, form_data(article, **byline) | untouched)

    made = Article.objects.get()
    assert (made.headline, made.status, made.body) == ("New", "draft", "<p>Text.</p>")
    assert made.commenting == "open"
    assert [str(byline) for byline in made.bylines.all()] == ["Ines"]


@pytest.mark.parametrize("body", ["", "<p></p>", "<p> </p><hr>"])
def test_article_without_text_is_not_saved(client, editor, body):
    article = make_article()

    page = client.post(change_address(article), form_data(article, body=body))

    assert page.status_code == 200
    assert "body" in page.context["adminform"].form.errors
    article.refresh_from_db()
    assert article.body


def test_status_is_not_a_field_of_the_form(client, editor):
    article = make_draft()

    client.post(
        change_address(article),
        form_data(article, status="published", published_on="2026-01-01"),
    )

    article.refresh_from_db()
    assert (article.status, article.published_on) == ("draft", None)


def test_publish_button_publishes_and_returns(client, editor):
    article = make_draft()

    response = press(client, article, "publish")

    article.refresh_from_db()
    assert (response.status_code, response["Location"]) == (
        302,
        change_address(article),
    )
    assert article.is_published
    assert LogEntry.objects.get().user == editor


def test_schedule_button_reads_the_newsrooms_clock(client, editor, settings):
    settings.TIME_ZONE = "Asia/Phnom_Penh"
    article = make_draft()
    next_week = timezone.now() + timedelta(days=7)

    press(client, article, "schedule", at=f"{next_week:%Y-%m-%d}T01:30")

    article.refresh_from_db()
    moment = datetime(next_week.year, next_week.month, next_week.day, 1, 30, tzinfo=UTC)
    assert article.published_at == moment - timedelta(hours=7)
    assert article.published_on == next_week.date()


def test_unpublish_button_unpublishes(client, editor):
    article = make_article()

    press(client, article, "unpublish")

    article.refresh_from_db()
    assert article.status == "unpublished"


def test_second_press_says_that_it_was_so_already(client, editor):
    article = make_article()

    page = client.post(
        reverse("admin:articles_article_publishing", args=[article.pk]),
        {"verb": "publish"},
        follow=True,
    )

    assert "It was so already." in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "data", "refusal"),
    [
        ({}, {"verb": "schedule"}, (422, "Say when it is to appear.")),
        ({}, {"verb": "schedule", "at": "soon"}, (422, "Enter a valid date/time.")),
        ({}, {"verb": "schedule", "at": "2020-01-01T09:00"}, (422, "has passed")),
        ({}, {"verb": "shred"}, (422, "Select a valid choice.")),
        ({"body": "<p></p>"}, {"verb": "publish"}, (422, "has no text yet")),
        ({"slug": "taken"}, {"verb": "publish"}, (409, "choose another")),
    ],
)
def test_refusal_is_in_words_and_changes_nothing(client, editor, fields, data, refusal):
    make_article(slug="taken", published_at=timezone.now() - timedelta(seconds=1))
    article = make_draft(**fields)

    page = press(client, article, **data)

    article.refresh_from_db()
    status, words = refusal
    assert page.status_code == status
    assert words in page.content.decode()
    assert article.status == "draft"


def test_what_was_public_cannot_be_scheduled(client, editor):
    article = make_article()

    page = press(client, article, "schedule", at="2099-01-01T09:00")

    assert page.status_code == 409
    assert "Readers have seen this article already" in page.content.decode()


def test_change_form_offers_the_verbs_that_fit(client, editor):
    offered = {}
    for name, article in {
        "draft": make_draft(),
        "scheduled": make_article(published_at=timezone.now() + timedelta(days=1)),
        "published": make_article(),
        "unpublished": make_article(status="unpublished"),
    }.items():
        page = client.get(change_address(article)).content.decode()
        verbs = ("publish", "schedule", "unpublish")
        offered[name] = [v for v in verbs if f'name="verb" value="{v}"' in page]

    assert offered == {
        "draft": ["publish", "schedule"],
        "scheduled": ["publish", "schedule", "unpublish"],
        "published": ["unpublish"],
        "unpublished": ["publish"],
    }


def test_publishing_takes_a_post_with_a_token(editor):
    article = make_draft()
    address = reverse("admin:articles_article_publishing", args=[article.pk])
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)

    assert strict.get(address).status_code == 405
    assert strict.post(address, {"verb": "publish"}).status_code == 403
    article.refresh_from_db()
    assert article.status == "draft"


def test_who_may_write_may_not_therefore_publish(client):
    writer = make_user(is_staff=True)
    writer.user_permissions.set(
        Permission.objects.filter(codename__in=["change_article", "view_article"])
    )
    client.force_login(writer)
    article = make_draft()

    page = client.get(change_address(article)).content.decode()
    refused = press(client, article, "publish")
    action = {"action": "publish_now", "_selected_action": [article.pk]}
    client.post(LIST, action)

    article.refresh_from_db()
    assert 'value="publish"' not in page
    assert refused.status_code == 403
    assert article.status == "draft"


@pytest.mark.parametrize(("make", "status"), [(make_moderator, 403), (None, 302)])
def test_others_cannot_publish(client, make, status):
    article = make_draft()
    if make:
        client.force_login(make())

    response = press(client, article, "publish")

    article.refresh_from_db()
    assert (response.status_code, article.status) == (status, "draft")


def test_actions_change_many_and_name_what_they_could_not(client, editor):
    fine, empty = make_draft(), make_draft(headline="Nothing here", body="")
    chosen = {"_selected_action": [fine.pk, empty.pk]}

    page = client.post(LIST, {"action": "publish_now", **chosen}, follow=True)
    client.post(LIST, {"action": "unpublish", "_selected_action": [make_article().pk]})

    said = page.content.decode()
    assert "1 article changed." in said
    assert "Nothing here: The article has no text yet." in said
    assert list(Article.objects.published()) == [fine]


def test_slug_of_a_published_article_stays(client, editor):
    article = make_article(slug="old")

    client.post(change_address(article), form_data(article, slug="new", headline="New"))

    article.refresh_from_db()
    assert (article.slug, article.headline) == ("old", "New")


def test_slug_of_a_draft_may_change(client, editor):
    article = make_draft(slug="old")

    client.post(change_address(article), form_data(article, slug="new"))

    article.refresh_from_db()
    assert article.slug == "new"


def test_only_what_has_no_address_can_be_deleted(admin_client):
    draft, published = make_draft(), make_article()
    delete = [
        reverse("admin:articles_article_delete", args=[article.pk])
        for article in (draft, published)
    ]

    answers = [admin_client.post(address, {"post": "yes"}) for address in delete]
    bulk = {"action": "delete_selected", "_selected_action": [published.pk]}
    admin_client.post(LIST, bulk | {"post": "yes"})

    assert [answer.status_code for answer in answers] == [302, 403]
    assert list(Article.objects.all()) == [published]


def test_change_form_links_the_page_or_its_preview(client, editor):
    for article in (make_article(), make_draft()):
        page = client.get(change_address(article)).content.decode()

        assert f'href="{article.get_absolute_url()}" class="viewsitelink"' in page


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("draft", "Draft"),
        ("in review", "Review"),
        ("scheduled", "Scheduled"),
        ("published", "Published"),
        ("expired", "Expired"),
        ("unpublished", "Unpublished"),
    ],
)
def test_list_filters_by_what_readers_see(client, editor, state, expected):
    make_draft(headline="Draft")
    make_draft(headline="Review", status="review")
    make_article(headline="Published")
    make_article(headline="Unpublished", status="unpublished")
    make_article(headline="Expired", expires_at=timezone.now() - timedelta(hours=1))
    make_article(headline="Scheduled", published_at=timezone.now() + timedelta(days=1))

    page = client.get(LIST, {"state": state.removeprefix("in ")})

    shown = page.context["cl"].result_list
    assert [article.headline for article in shown] == [expected]
    assert f'<td class="field-state">{state}</td>' in page.content.decode()


def test_list_has_the_drafts_on_top(client, editor):
    make_article(headline="Published")
    make_draft(headline="Draft")

    shown = client.get(LIST).context["cl"].result_list

    assert [article.headline for article in shown] == ["Draft", "Published"]


def test_list_is_searched_by_words_and_names(client, editor):
    article = make_article(headline="About the river")
    ines = Contributor.objects.create(name="Ines Halloran", slug="ines")
    article.bylines.create(contributor=ines)
    make_article()

    for words in ("river", "halloran"):
        found = client.get(LIST, {"q": words}).context["cl"].result_list
        assert list(found) == [article]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"state": "published"},
        {"state": "scheduled"},
        {"section": True},
        {"commenting__exact": "open", "section": True, "state": "published"},
        {"q": "moth 1"},
        {"o": "2.-4"},
    ],
    ids=str,
)
@pytest.mark.parametrize("size", [3, 1_000])
def test_list_costs_the_same_queries(
    client, editor, django_assert_num_queries, size, query
):
    section = make_many(size)
    if "section" in query:
        query = {key: value for key, value in query.items() if key != "section"}
        query["section__id__exact"] = section.pk
    client.get(LIST)

    # Session, account, rights of both kinds; the sections to filter by; how many are
    # found, how many there are, those of the page.
    with django_assert_num_queries(8):
        page = client.get(LIST, query)

    found = page.context["cl"].result_count
    assert page.context["cl"].full_result_count == size
    assert (found > 0) == (query != {"state": "scheduled"})


@pytest.mark.parametrize("model", ["section", "tag", "contributor"])
def test_subjects_slug_is_chosen_once(client, editor, model):
    add = reverse(f"admin:articles_{model}_add")
    fields = {"name": "Ines", "description": "", "biography": "", "position": 0}
    client.post(add, fields | {"slug": "ines"})
    subject = apps.get_model("articles", model).objects.get()

    client.post(
        reverse(f"admin:articles_{model}_change", args=[subject.pk]),
        fields | {"name": "Inés", "slug": "other"},
    )

    subject.refresh_from_db()
    assert (subject.name, subject.slug) == ("Inés", "ines")


def test_admin_pages_carry_no_inline_style_or_script_without_nonce(client, editor):
    page = client.get(change_address(make_article()))

    assert "css/admin-articles.css" in page.content.decode()
    assert "nonce" in page["Content-Security-Policy"]
