"""The desk in Chromium: a queue emptied by keys alone, and without a script."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from comments import moderation
from comments.models import Comment, ModerationDecision, Reason
from comments.moderation import Grounds
from tests.factories import make_article, make_comment, make_commenter, make_moderator

DESK = reverse("admin:comments_desk")
PATIENCE = 60_000  # a machine types faster than a busy machine decides
MIXED = ["fine", "rude", "spam", "off", "kept"]
# What a moderator does with each: the keys, and the same by form.
KEYS = {"fine": "a", "rude": "r3", "spam": "s", "off": "r2", "kept": "a"}
FORMS = {
    "fine": ("Approve", None),
    "rude": ("Reject", "abusive"),
    "spam": ("Spam", None),
    "off": ("Reject", "off_topic"),
    "kept": ("Approve", None),
}


@pytest.fixture
def moderator():
    return make_moderator()


@pytest.fixture
def desk(open_page, page, as_user, moderator):
    """Go to the desk, signed in."""

    def go(query=""):
        as_user(page.context, moderator)
        return open_page(f"{DESK}{query}")

    return go


def make_waiting(body, **fields):
    comment = make_comment(body=body, status="pending", **fields)
    found = [
        {
            "screen": "phrases",
            "outcome": "hold",
            "reason": "phrase",
            "evidence": {"phrases": [{"text": body.split()[0], "kind": "suspect"}]},
        }
    ]
    moderation.record(
        comment, previous="", by=None, grounds=Grounds(Reason.PHRASE, evidence=found)
    )
    return comment


def make_mixed(count):
    article, voices = make_article(), [make_commenter() for _ in range(7)]
    root = make_comment(article=article)
    for n in range(count):
        make_waiting(
            f"{MIXED[n % len(MIXED)]} {n}",
            article=article,
            parent=root if n % 3 else None,
            commenter=voices[n % len(voices)],
        )


def decisions():
    made = ModerationDecision.objects.exclude(moderator=None).order_by("comment")
    return list(made.values_list("comment__body", "outcome", "reason"))


def expected(count):
    reasons = {"fine": "approved", "kept": "approved", "spam": "spam"}
    reasons |= {"rude": "abusive", "off": "off_topic"}
    kinds = [MIXED[n % len(MIXED)] for n in range(count)]
    return [
        (
            f"{kind} {n}",
            "published" if reasons[kind] == "approved" else "rejected",
            reasons[kind],
        )
        for n, kind in enumerate(kinds)
    ]


def test_sixty_comments_by_the_keyboard_alone(desk, page):
    make_mixed(60)
    desk()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    current = page.locator(".desk-card.is-current")

    for n in range(60):
        kind = MIXED[n % len(MIXED)]
        text = current.locator(".desk-text")
        expect(text).to_have_text(f"{kind} {n}", timeout=PATIENCE)
        expect(current).to_be_focused()
        for key in KEYS[kind]:
            page.keyboard.press(key)

    empty = page.get_by_text("Nothing left here. Well done.")
    expect(empty).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#desk-oldest")).to_be_hidden()
    # Keys are faster than a database: the last answers are still on their way.
    expect(page.locator('[data-queue="waiting"]')).to_have_text("0", timeout=PATIENCE)
    assert decisions() == expected(60)
    # Neither the page's icon, which Chromium fetches when it likes, nor the lease.
    aside = ("/icon.", "/reading/")
    others = [url for url in requests if not any(part in url for part in aside)]
    assert [url.split("?")[0].split("/desk/")[1] for url in others] == (
        ["decisions/"] * 60
    )


def test_sixty_comments_without_a_script(browser, live_server, as_user, moderator):
    make_mixed(60)
    context = browser.new_context(java_script_enabled=False)
    as_user(context, moderator)
    page = context.new_page()
    page.goto(f"{live_server.url}{DESK}")

    for n in range(60):
        verb, reason = FORMS[MIXED[n % len(MIXED)]]
        card = page.locator(".desk-card").first
        if reason:
            card.get_by_label("Reason for a rejection").select_option(reason)
        card.get_by_role("button", name=re.compile(f"^{verb}")).click()
        expect(page.locator(".messagelist")).to_contain_text("Comment #")

    expect(page.get_by_text("Nothing left here. Well done.")).to_be_visible()
    assert decisions() == expected(60)


def test_every_key_of_the_help_works(desk, page):
    article = make_article()
    comments = [make_waiting(f"text {n}", article=article) for n in range(8)]
    desk()
    current = page.locator(".desk-card.is-current .desk-text")
    said = page.locator("#desk-said")

    def is_at(number):
        expect(current).to_have_text(f"text {number}")

    page.keyboard.press("?")
    keys = page.locator("#desk-help dt kbd").all_text_contents()
    assert keys == [
        "j",
        "n",
        "k",
        "p",
        "a",
        "r",
        "s",
        "i",
        "u",
        "f",
        "x",
        "t",
        "/",
        "?",
    ]
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    is_at(1)
    page.keyboard.press("n")
    is_at(2)
    expect(page.locator("#desk-position")).to_have_text("3 of 8")
    page.keyboard.press("k")
    is_at(1)
    page.keyboard.press("p")
    is_at(0)
    page.keyboard.press("a")
    is_at(1)
    expect(said).to_contain_text("published, fine by the house rules")
    page.keyboard.press("u")
    is_at(0)
    expect(said).to_contain_text("Undone")
    page.keyboard.press("r")
    page.keyboard.press("2")
    is_at(1)
    page.keyboard.press("s")
    is_at(2)
    for key, title in (("x", "Add sanction"), ("t", "Headline")):
        with page.expect_popup() as popup:
            page.keyboard.press(key)
        expect(popup.value).to_have_title(re.compile(title))
        popup.value.close()
    page.keyboard.press("/")
    expect(page.locator("#desk-q")).to_be_focused()
    page.keyboard.type("asx")
    expect(page.locator("#desk-q")).to_have_value("asx")
    is_at(2)
    assert [Comment.objects.get(pk=c.pk).status for c in comments[:3]] == [
        "rejected",
        "rejected",
        "pending",
    ]


def test_keys_for_flagged_and_featured_comments(desk, page):
    comment = make_comment(body="liked")
    comment.flags.create(commenter=make_commenter(), reason="spam")
    desk("?queue=flagged")

    page.keyboard.press("f")
    expect(page.get_by_text("editors’ pick", exact=True)).to_be_visible()
    page.keyboard.press("f")
    expect(page.get_by_text("editors’ pick", exact=True)).to_have_count(0)
    page.keyboard.press("i")
    expect(page.locator('[data-queue="flagged"]')).to_have_text("0")

    assert comment.flags.get().outcome == "ignored"


def test_conflict_brings_the_card_back_with_words(desk, page):
    first, _second = make_waiting("contested text"), make_waiting("other text")
    desk()
    moderation.reject(
        first, by=make_moderator(display_name="Max"), reason=Reason.ABUSIVE
    )

    page.keyboard.press("r")
    page.get_by_role("dialog").get_by_label("In words").fill("Not here.")
    page.get_by_role("button", name="Off topic").click()
    expect(page.locator("#desk-said")).to_contain_text("Max: rejected (abusive)")
    expect(page.locator(".is-current .desk-text")).to_have_text("other text")
    page.keyboard.press("j")
    card = page.locator(".desk-card.is-current")
    expect(card.locator(".desk-text")).to_have_text("contested text")
    expect(card.locator(".desk-refusal")).to_contain_text("Max")
    expect(card.locator("input[name=words]")).to_have_value("Not here.")

    assert first.decisions.last().reason == "abusive"


def test_failure_brings_the_card_back(desk, page):
    comment = make_waiting("stays here")
    cut = [True]
    page.route(
        re.compile("/decisions/"),
        lambda route: route.abort() if cut.pop() else route.continue_(),
    )
    cut.insert(0, False)
    desk()

    page.keyboard.press("a")
    said = page.locator("#desk-said")
    expect(said).to_contain_text("try again", timeout=PATIENCE)
    expect(page.locator(".is-current .desk-text")).to_have_text("stays here")
    page.keyboard.press("a")

    expect(said).to_contain_text("published", timeout=PATIENCE)
    expect(page.get_by_text("Nothing left here.")).to_be_visible()
    assert Comment.objects.get(pk=comment.pk).is_published


@pytest.mark.parametrize("lost", [settings.SESSION_COOKIE_NAME, None])
def test_who_is_signed_out_is_told_so(desk, page, lost):
    comment = make_waiting("stays here")
    desk()
    page.context.clear_cookies(name=lost)

    page.keyboard.press("a")

    said = page.locator("#desk-said")
    expect(said).to_contain_text("You are signed out", timeout=PATIENCE)
    expect(page.locator(".is-current .desk-text")).to_have_text("stays here")
    assert Comment.objects.get(pk=comment.pk).is_pending
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in, in another window").click()
    expect(opened.value).to_have_url(re.compile("/accounts/login/"))


def test_who_is_signed_out_is_told_so_when_the_cards_run_out(desk, page):
    make_mixed(12)
    desk()
    page.context.clear_cookies()

    for _ in range(6):
        page.keyboard.press("j")

    said = page.locator("#desk-said")
    expect(said).to_contain_text("You are signed out", timeout=PATIENCE)
    expect(page.get_by_role("link", name="Sign in, in another window")).to_be_visible()


def test_rule_of_the_article_is_set_in_place(desk, page):
    comment = make_waiting("under a heated article")
    desk()

    page.get_by_label("Commenting there").select_option("closed")
    page.get_by_role("button", name="Set", exact=True).click()

    expect(page.locator("#desk-said")).to_contain_text("is closed")
    expect(page.locator(".is-current")).to_be_visible()
    comment.article.refresh_from_db()
    assert comment.article.commenting == "closed"


def test_ticked_comments_are_decided_together(desk, page):
    make_waiting("first of two")
    make_waiting("second of two")
    desk()

    page.get_by_label("Tick").first.check()
    page.keyboard.press("j")
    page.locator(".is-current").get_by_label("Tick").check()
    page.get_by_text("Many at once…").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("2 comments will be approved")).to_be_visible()
    page.get_by_role("button", name="Do it").click()

    expect(page.get_by_text("2 of 2 decided.")).to_be_visible()
    assert Comment.objects.published().count() == 2


def test_a_long_name_does_not_widen_the_desk(desk, page):
    page.set_viewport_size({"width": 360, "height": 800})
    make_waiting("short text", commenter=make_commenter(name="x" * 50))

    desk()

    expect(page.get_by_role("heading", name="x" * 50)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [360, 1280])
def test_desk_is_accessible_and_fits(desk, page, assert_accessible, width):
    page.set_viewport_size({"width": width, "height": 800})
    make_mixed(3)
    flagged = make_comment(body="flagged [here](https://example.org/x)")
    flagged.flags.create(commenter=make_commenter(), reason="spam")

    for query in ("", "?queue=flagged", "?queue=all&q=fine", "?q=nothing+at+all"):
        desk(query)
        assert_accessible(page, query)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, query
    desk()
    for key, name in (("?", "help"), ("r", "menu")):
        page.keyboard.press(key)
        assert_accessible(page, name)
        page.keyboard.press("Escape")
    page.get_by_text("Many at once…").click()
    page.get_by_label("all 3 that this page selects").check()
    assert_accessible(page, "bulk form")
    page.get_by_role("button", name="Preview").click()
    assert_accessible(page, "preview")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("3 of 3 decided.")).to_be_visible()
    assert_accessible(page, "result")
