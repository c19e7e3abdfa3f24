"""From a draft to its end: who hands it on, and what readers find."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from articles import checklist, editing, previews, publishing
from articles.models import Article, FarLink, Image
from tests.articles.pictures import drawn, make_image
from tests.factories import make_article, make_editor, make_section, make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as moved:
        yield moved


def make_draft(**fields):
    times = {"status": "draft", "published_at": None, "published_on": None}
    return make_article(**times | fields)


def make_writer():
    return make_user(groups=["Writers"], is_staff=True, display_name="Wim Writer")


def press(client, article, verb, **data):
    address = reverse("admin:articles_article_publishing", args=[article.pk])
    return client.post(address, {"verb": verb, **data})


def form_data(article, **fields):
    names = ("headline", "slug", "standfirst", "body", "commenting", "version")
    facts = {name: getattr(article, name) for name in names}
    return facts | {"bylines-TOTAL_FORMS": 0, "bylines-INITIAL_FORMS": 0} | fields


def test_review_is_entered_and_left_once_and_recorded():
    article, editor = make_draft(), make_editor()

    steps = [publishing.send_to_review(article, by=editor) for _ in range(2)]
    back = [publishing.send_back(article, by=editor) for _ in range(2)]

    assert (steps, back) == ([True, False], [True, False])
    said = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(said) == ["Sent to review.", "Sent back."]


def test_writer_writes_sends_to_review_and_lets_go(client):
    writer = make_writer()
    client.force_login(writer)
    new = Article(headline="Mine", slug="mine", body="<p>Words.</p>")
    client.post(reverse("admin:articles_article_add"), form_data(new))
    article = Article.objects.get()
    address = reverse("admin:articles_article_change", args=[article.pk])

    sent = press(client, article, "review")
    late = client.post(address, form_data(article, headline="Later"))
    published = press(client, article, "publish")

    article.refresh_from_db()
    assert (article.created_by, article.status) == (writer, "review")
    assert [a.status_code for a in (sent, late, published)] == [302, 403, 403]


def test_writer_changes_nobody_elses_draft(client):
    article = make_draft(created_by=make_editor())
    client.force_login(make_writer())
    address = reverse("admin:articles_article_change", args=[article.pk])

    assert client.get(address).status_code == 200
    assert client.post(address, form_data(article)).status_code == 403
    assert press(client, article, "review").status_code == 403


def test_article_disappears_by_itself_at_its_moment(client, clock):
    article = make_article(section=make_section())
    publishing.expire_at(article, by=make_editor(), at=NOON + HOUR)
    places = [article.get_absolute_url(), article.section.get_absolute_url()]

    before = [client.get(place).status_code for place in places]
    clock.move_to(NOON + HOUR)
    after = [client.get(place).status_code for place in places]

    assert (before, after) == ([200, 200], [410, 404])
    assert (article.state, article.is_published) == ("expired", False)
    assert not Article.objects.published().exists()
    assert LogEntry.objects.get().change_message == "Expires at 2026-11-24 13:00 UTC."


def test_expired_article_published_anew_stays(clock):
    article = make_article(expires_at=NOON - HOUR)

    assert publishing.publish(article, by=None)

    assert (article.is_published, article.expires_at) == (True, None)


@pytest.mark.parametrize(
    ("fields", "at", "problem"),
    [
        ({"status": "unpublished"}, NOON + HOUR, publishing.NotPublic),
        ({}, NOON, publishing.MomentPassed),
        ({"published_at": NOON + 2 * HOUR}, NOON + HOUR, publishing.Incomplete),
    ],
)
def test_expiry_that_makes_no_sense_is_refused(clock, fields, at, problem):
    article = make_article(**fields)

    with pytest.raises(problem):
        publishing.expire_at(article, by=None, at=at)

    article.refresh_from_db()
    assert article.expires_at is None


def test_unpublished_article_says_so_at_its_address(client):
    article = make_article()
    publishing.unpublish(article, by=None)

    page = client.get(article.get_absolute_url())

    assert page.status_code == 410
    assert "This article has been taken back" in page.content.decode()
    assert article.headline not in page.content.decode()


def test_preview_link_is_read_without_an_account_and_kept_by_nobody(client):
    article = make_draft()

    page = client.get(previews.link(article))

    assert page.status_code == 200
    assert "First paragraph." in page.content.decode()
    assert "comment-form" not in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert {"private", "no-store"} <= set(page["Cache-Control"].split(", "))


def test_preview_link_ends_after_a_week_by_a_slip_and_by_revocation(client, clock):
    article = make_draft()
    link, other = previews.link(article), previews.link(make_draft())

    previews.revoke(article, by=None)
    clock.move_to(NOON + timedelta(days=7, seconds=1))

    assert client.get(link).status_code == 404
    assert client.get(other).status_code == 404
    assert client.get(previews.link(article)[:-2] + "x/").status_code == 404


def test_preview_link_leads_to_what_has_been_published(client):
    article = make_draft()
    link = previews.link(article)
    publishing.publish(article, by=None)

    response = client.get(link)

    assert response["Location"] == article.get_absolute_url()


def test_phone_preview_frames_the_draft_and_only_we_may(client):
    article = make_draft()
    client.force_login(make_editor())

    phone = client.get(reverse("articles:draft-phone", args=[article.pk]))
    draft = client.get(reverse("articles:draft", args=[article.pk]), {"framed": ""})

    assert "frame-src 'self'" in phone["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in phone["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in draft["Content-Security-Policy"]
    assert draft["X-Frame-Options"] == "SAMEORIGIN"
    assert "preview-bar" not in draft.content.decode()


def test_checklist_names_what_is_worth_a_look():
    body = '<p><a href="#">here</a> <a href="page">there</a> <img src="/x.jpg"></p>'
    article = make_draft(headline="A" * 120, body=body)

    assert checklist.warnings(article) == [
        "The headline has 120 characters: over 100 it is cut off.",
        "There is no standfirst: lists will show the text’s first words.",
        "It stands in no section.",
        "Nobody is credited.",
        "The link “here” leads nowhere.",
        "The link “there” leads to “page”: is that complete?",
        "A picture has no alternative text.",
    ]


def test_checklist_has_nothing_to_say_of_a_piece_that_is_ready():
    article = make_draft(
        standfirst="In short.",
        section=make_section(),
        body='<p><a href="https://example.org/">One</a>, <a href="/">two</a>, 3</p>',
        source_publication="The Post",
        source_date=NOON.date(),
    )
    FarLink.objects.create(
        address="https://example.org/", outcome="answers", asked_at=NOON
    )

    assert checklist.warnings(article) == []
    assert checklist.size(article) == checklist.Size(words=3, minutes=1)


def test_checklist_stands_in_nobodys_way(client):
    article = make_draft()
    client.force_login(make_editor())
    address = reverse("admin:articles_article_change", args=[article.pk])

    page = client.get(address).content.decode()
    press(client, article, "publish")

    article.refresh_from_db()
    assert "It stands in no section." in page
    assert article.is_published


def test_who_else_has_the_article_open_is_told(client, clock):
    article = make_draft()
    address = reverse("admin:articles_article_change", args=[article.pk])
    editing.enter(article, by=make_editor(display_name="Omar Other"))
    client.force_login(make_editor())

    now = client.get(address).content.decode()
    clock.move_to(NOON + 2 * HOUR)
    later = client.get(address).content.decode()

    assert "Omar Other has this article open too" in now
    assert "Omar Other" not in later


@pytest.mark.usefixtures("no_cache")
def test_article_is_opened_and_saved_without_marks(client):
    article = make_draft()
    client.force_login(make_editor())
    address = reverse("admin:articles_article_change", args=[article.pk])

    page = client.get(address)
    press(client, article, "publish")

    article.refresh_from_db()
    assert page.status_code == 200
    assert article.is_published


@pytest.mark.parametrize(
    ("fields", "days", "expected"),
    [
        ({}, 0, True),
        ({"commenting": "premoderated"}, 0, True),
        ({"commenting": "closed"}, 0, False),
        ({"commenting": "hidden"}, 0, False),
        ({"status": "unpublished"}, 0, False),
        ({"comments_close_on": NOON.date()}, 0, False),
        ({"comments_close_on": NOON.date() + timedelta(days=1)}, 3, True),
        ({}, 3, False),
        ({}, 30, True),
    ],
)
def test_discussion_is_open_by_rule_and_by_clock(
    clock, settings, fields, days, expected
):
    settings.COMMENT_CLOSE_DAYS = days
    article = make_article(published_at=NOON - timedelta(days=10), **fields)

    assert article.takes_comments is expected


def test_hidden_discussion_is_not_on_the_page(client):
    shown, hidden = make_article(), make_article(commenting="hidden")

    pages = [client.get(a.get_absolute_url()).content.decode() for a in (shown, hidden)]

    assert [
        'id="discussion"' in page or 'class="discussion' in page for page in pages
    ] == [True, False]


def test_checklist_names_pictures_that_may_not_be_shown(clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    lead = make_image(drawn((60, 40)), caption="Lead", rights="Ours, for good.")
    noted = make_image(drawn((60, 41)), caption="Noted", rights="Once")
    bare = make_image(drawn((60, 42)), caption="Bare", credit=" ")
    make_image(drawn((60, 43)), caption="Unused")
    article = make_draft(lead_image=lead, body=f'<p>A</p><img src="{bare.url}">')
    article.body += f'<figure><img src="{noted.url}" alt=""></figure>'

    def told():
        return [each for each in checklist.warnings(article) if "“" in each]

    bare_ones = [
        "The picture “Bare” has no credit.",
        "The picture “Bare”: nothing is noted about the rights to it.",
    ]
    assert told() == bare_ones
    Image.objects.filter(pk=noted.pk).update(rights_until=NOON.date())
    assert told() == bare_ones
    clock.move_to(NOON + 24 * HOUR)
    late = "The picture “Noted” may not be shown after Nov. 24, 2026."
    assert sorted(told()) == sorted([*bare_ones, late])
    clock.move_to(NOON)
    article.published_at = NOON + 48 * HOUR  # a schedule
    assert sorted(told()) == sorted([*bare_ones, late])
