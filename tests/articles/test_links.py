"""Links are looked up, or asked whether they answer: never in anybody's way."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import outside
from articles import answers, checklist, publishing, revisions
from articles.models import Article, FarLink
from tests.articles.test_workflow import make_draft
from tests.factories import make_article, make_editor, make_section

pytestmark = pytest.mark.django_db

Outcome = FarLink.Outcome


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(outside, "PATIENCE", 0.4)
    monkeypatch.setattr(answers, "LONGEST", 1.0)


def linking(*addresses, **fields):
    links = "".join(f'<a href="{address}">words</a>' for address in addresses)
    return make_draft(body=f"<p>Text {links}</p>", **fields)


def outcome(address):
    answers.ask.enqueue(linking(address).pk)
    return FarLink.objects.get(address=address).outcome


def troubles(article):
    return [words for words in checklist.warnings(article) if "link" in words.lower()]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/fine", Outcome.ANSWERS),
        ("/moved", Outcome.ANSWERS),
        ("/no-head", Outcome.ANSWERS),
        ("/lies-to-heads", Outcome.ANSWERS),
        ("/cuts-heads", Outcome.ANSWERS),
        ("/forbidden", Outcome.ANSWERS),
        ("/broken", Outcome.ANSWERS),
        ("/gone", Outcome.GONE),
        ("/taken-back", Outcome.GONE),
        ("/late", Outcome.LATE),
        ("/trickle", Outcome.LATE),
        ("/round", Outcome.LOST),
        ("/inside", Outcome.LOST),
        ("/metadata", Outcome.LOST),
        ("/file", Outcome.LOST),
    ],
)
def test_answer_is_judged(elsewhere, path, expected):
    assert outcome(elsewhere.address + path) == expected


def test_site_is_asked_by_head_first_and_for_one_byte(elsewhere):
    outcome(f"{elsewhere.address}/no-head")

    (head, path, _), (get, _, headers) = elsewhere.asked
    assert (head, get, path) == ("HEAD", "GET", "/no-head")
    assert headers["Range"] == "bytes=0-0"
    assert "Referer" not in headers
    assert "localhost" not in str(headers)


@pytest.mark.parametrize(
    "address",
    [
        "http://nobody.invalid/",
        "http://127.0.0.1:1/",
        f"http://{'a' * 70}.example/",
        "http://a..example/",
        "http://1.2.3.4:99999/",
        "http://[::1.x/",
    ],
)
def test_nobody_answers_there(address):
    assert outcome(address) == Outcome.SILENT


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[::ffff:10.0.0.1]"],
)
def test_private_network_is_never_asked(host):
    started = time.monotonic()

    assert outcome(f"http://{host}/") == Outcome.LOST
    assert time.monotonic() - started < 0.3  # refused, not waited for


def test_public_paper_asks_nothing_on_its_own_machine(elsewhere, settings):
    settings.IS_LOOPBACK = False

    assert outcome(f"{elsewhere.address}/fine") == Outcome.LOST
    assert elsewhere.asked == []


def test_slow_sites_are_waited_for_together_and_never_long(elsewhere):
    article = linking(*(f"{elsewhere.address}/trickle?{n}" for n in range(5)))
    article.body += f'<a href="{elsewhere.address}/fine">a</a>'
    article.save()
    started = time.monotonic()

    answers.ask.enqueue(article.pk)

    assert time.monotonic() - started < 2
    fine = FarLink.objects.get(address=f"{elsewhere.address}/fine")
    assert fine.outcome == Outcome.ANSWERS
    assert FarLink.objects.count() == 6


def test_save_and_review_have_links_asked_once_a_day(
    elsewhere,
    django_capture_on_commit_callbacks,
):
    editor = make_editor()
    article = linking(f"{elsewhere.address}/fine", "/about", "mailto:a@example.org")

    with django_capture_on_commit_callbacks(execute=True):
        revisions.save(article, by=editor)
    with django_capture_on_commit_callbacks(execute=True):
        publishing.send_to_review(article, by=editor)
    assert len(elsewhere.asked) == 1
    FarLink.objects.update(asked_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        revisions.save(article, by=editor)

    assert [path for _, path, _ in elsewhere.asked] == ["/fine", "/fine"]


def test_what_did_not_answer_is_asked_again_soon(
    elsewhere, django_capture_on_commit_callbacks
):
    article = linking(f"{elsewhere.address}/gone", f"{elsewhere.address}/fine")
    answers.ask.enqueue(article.pk)
    elsewhere.asked.clear()

    counts = []
    for minutes in (0, 10):
        asked_at = timezone.now() - timedelta(minutes=minutes)
        FarLink.objects.update(asked_at=asked_at)
        with django_capture_on_commit_callbacks(execute=True):
            revisions.save(article, by=None)
        counts.append([path for _, path, _ in elsewhere.asked])

    assert counts == [[], ["/gone", "/gone"]]  # by HEAD, and by GET


def test_address_longer_than_we_keep_is_not_asked():
    article = linking(f"https://example.org/{'a' * 1_000}")

    answers.ask.enqueue(article.pk)

    assert not FarLink.objects.exists()
    assert troubles(article) == []


def test_nothing_is_asked_where_that_is_switched_off_or_readers_see_it(
    elsewhere,
    settings,
    django_capture_on_commit_callbacks,
):
    body = f'<p><a href="{elsewhere.address}/fine">a</a></p>'

    with django_capture_on_commit_callbacks(execute=True):
        revisions.save(make_article(body=body), by=None)
    settings.LINK_CHECKS = False
    draft = make_draft(body=body)
    with django_capture_on_commit_callbacks(execute=True):
        revisions.save(draft, by=None)

    assert elsewhere.asked == []
    assert troubles(draft) == []


def test_saving_a_new_article_never_fails_for_its_links(
    django_capture_on_commit_callbacks,
):
    new = Article(headline="A", body='<p><a href="http://nobody.invalid/">a</a></p>')

    with django_capture_on_commit_callbacks(execute=True):
        revisions.begin(new, by=None)
    publishing.publish(new, by=None)

    assert new.is_published
    assert FarLink.objects.get().outcome == Outcome.SILENT


def test_checklist_names_what_did_not_answer(elsewhere):
    fine, gone = (f"{elsewhere.address}{path}" for path in ("/fine", "/gone?a=1&amp;b"))
    article = linking(fine, gone, canonical_url="http://nobody.invalid/")
    waiting = troubles(article)

    answers.ask.enqueue(article.pk)

    assert waiting == ["3 links to other sites were not asked yet whether they answer."]
    moment = FarLink.objects.order_by("pk")[0].asked_at
    told = [words.partition(" (asked ") for words in troubles(article)]
    assert [words for words, _, _ in told] == [
        f"The link “words” to {elsewhere.address}/gone?a=1&b: "
        "the page is not there any more",
        "The link “canonical address” to http://nobody.invalid/: nobody answers there",
    ]
    assert all(f"{moment:%Y}" in when for _, _, when in told)


def test_links_within_the_paper_are_looked_up(settings):
    public = make_article(section=make_section(slug="used"))
    moved = make_article()
    was = moved.get_absolute_url()
    moved.former_addresses.create(published_on=moved.published_on, slug="was")
    draft = make_draft()
    hidden = make_article(status="unpublished")
    make_section(slug="unused")
    good = [
        public.get_absolute_url() + "?a=1#comments",
        settings.SITE_ORIGIN + public.get_absolute_url(),
        settings.SITE_ORIGIN,
        was.replace(moved.slug, "was"),
        "/sections/used/",
        "/archive",
        "/feed/",
        "/static/fonts/LICENSE",
    ]
    bad = {
        "/2026/11/01/never/": "there is no such page here",
        "/2026/13/01/never/": "there is no such page here",
        "/nowhere/": "there is no such page here",
        hidden.get_absolute_url(): "readers cannot see that article",
        draft.get_absolute_url(): "readers cannot see that page",
        "/admin/": "readers cannot see that page",
        "/sections/unused/": "readers find nothing there yet",
    }

    assert troubles(linking(*good)) == []
    assert troubles(linking(*bad)) == [
        f"The link “words” to {address}: {trouble}." for address, trouble in bad.items()
    ]


def test_what_nobody_asked_for_long_is_forgotten(elsewhere):
    old = timezone.now() - timedelta(days=100)
    FarLink.objects.create(address="http://old.example/", outcome="gone", asked_at=old)

    outcome(f"{elsewhere.address}/fine")

    assert FarLink.objects.count() == 1


def test_checklist_costs_the_same_for_all_far_links(django_assert_num_queries):
    article = linking(*(f"https://{n}.example/" for n in range(30)))
    article = Article.objects.prefetch_related("bylines").get(pk=article.pk)

    with django_assert_num_queries(2):  # the links, the pictures
        checklist.warnings(article)
