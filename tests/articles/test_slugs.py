"""Addresses for headlines of any script: suggested, filled in, never taken twice."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import publishing, slugs
from articles.models import Article, Contributor, FormerAddress
from tests.articles.test_admin import NO_BYLINES
from tests.factories import make_article, make_editor, make_user

pytestmark = pytest.mark.django_db

ADD = reverse("admin:articles_article_add")
ASK = reverse("admin:articles_article_slug")
KHMER = "ទំនាក់ទំនងកម្ពុជា និងជប៉ុន ក្រោយ ៦៥ ឆ្នាំ"
JAPANESE = "日本とカンボジアの友好関係、65周年を迎える"


@pytest.fixture
def editor(client):
    editor = make_editor()
    client.force_login(editor)
    return editor


def write(client, headline, slug=""):
    text = {"body": "<p>Words.</p>", "commenting": "open", "standfirst": ""}
    sent = client.post(ADD, text | NO_BYLINES | {"headline": headline, "slug": slug})
    assert sent.status_code == 302, sent.content.decode()
    return Article.objects.latest("pk")


@pytest.mark.parametrize(
    ("headline", "slug"),
    [
        (KHMER, "tamnakatamnngkmpocha-nengchbon-kraoy-65-chhnaam"),
        ("កម្ពុជា\u200bជប៉ុន។ សៀមរាប", "kmpocha-chbon-siemrab"),
        (JAPANESE, "riben-to-kanbojia-no-youhaoguanxi-65-zhounian-o-ying-eru"),
        ("「さくら」は咲いたか？ 東京タワー", "sakura-ha-xiao-itaka-dongjing-tawa"),
        ("Привет, мир: Ёлки", "privet-mir-elki"),
        ("Straße nach Łódź – smørrebrød", "strasse-nach-lodz-smorrebrod"),
        ("Phở, 5 € & “don’t”", "pho-5-eur-dont"),
        ("🌊", "ocean"),
        ("…", slugs.NAMELESS),
        ("", slugs.NAMELESS),
        ("__init__", "init"),
    ],
)
def test_slug_is_of_latin_letters_whatever_the_script(headline, slug):
    assert slugs.make(headline) == slug


def test_long_slug_ends_with_a_whole_word():
    assert slugs.make("word " * 30) == "word-" * 15 + "word"
    assert slugs.make("a" * 300) == "a" * 80
    assert len(slugs.make(KHMER.replace(" ", "") * 4)) == 80
    assert slugs.make("a " + "b" * 300) == "a-" + "b" * 78


@pytest.mark.parametrize("headline", [KHMER, JAPANESE, "…", "Straße"])
def test_empty_slug_is_filled_when_the_article_is_saved(client, editor, headline):
    article = write(client, headline)
    other = write(client, headline)

    for each in (article, other):
        publishing.publish(each, by=editor)
        assert client.get(each.get_absolute_url()).status_code == 200
    assert other.slug == f"{article.slug}-2"


def test_slug_that_was_chosen_is_kept_and_one_that_is_emptied_is_made_anew(
    client, editor
):
    article = write(client, KHMER, slug="chosen")
    assert article.slug == "chosen"
    form = {"headline": "River", "slug": "", "body": "<p>A</p>", "commenting": "open"}
    form |= NO_BYLINES | {"version": 1, "standfirst": ""}

    client.post(reverse("admin:articles_article_change", args=[article.pk]), form)

    article.refresh_from_db()
    assert (article.slug, article.version) == ("river", 2)


def test_numbers_pass_over_what_is_taken_from_today_on(client, editor):
    now = timezone.now()
    today, yesterday = timezone.localdate(), timezone.localdate() - timedelta(days=1)
    make_article(slug="weather", published_at=now, published_on=today)
    moved = make_article(slug="elsewhere", published_at=now, published_on=today)
    FormerAddress.objects.create(article=moved, published_on=today, slug="weather-2")
    make_article(slug="weather-3", published_on=yesterday)

    assert write(client, "Weather").slug == "weather-3"
    assert write(client, "Weather").slug == "weather-4"


def test_server_suggests_what_it_would_fill_in(client, editor):
    write(client, "Weather")

    answers = [client.get(ASK, {"words": words}) for words in (JAPANESE, "Weather", "")]

    assert [answer.json()["slug"] for answer in answers] == [
        "riben-to-kanbojia-no-youhaoguanxi-65-zhounian-o-ying-eru",
        "weather-2",
        "",
    ]


def test_suggestions_are_the_newsrooms(client):
    client.force_login(make_user(is_staff=True))

    assert client.get(ASK, {"words": "a"}).status_code == 403


def test_form_names_where_suggestions_come_from(client, editor):
    page = client.get(ADD).content.decode()

    assert f'data-address="{ASK}"' in page
    assert 'data-source="id_headline"' in page
    assert "js/admin-slug.js" in page


def test_subjects_get_slugs_from_any_name_too(client, editor):
    add = reverse("admin:articles_contributor_add")

    for _ in range(2):
        client.post(add, {"name": "ដារ៉ា ចាន់", "slug": "", "biography": ""})

    made = Contributor.objects.values_list("slug", flat=True)
    assert sorted(made) == ["dara-chana", "dara-chana-2"]
