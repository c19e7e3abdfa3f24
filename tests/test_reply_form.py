"""The check list of the reply form we reproduce, line by line.

What needs a browser is in journeys/test_reply_form.py under the same numbers.
"""

import html
import json
import re

import html5lib
import pytest
from django.urls import reverse

from comments import rendering
from comments.models import Comment
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_moderator,
    make_user,
)
from tests.posting import post, post_reply
from tests.sandbox import walk_to_provider

pytestmark = pytest.mark.django_db

NBSP = "\u00a0"
LOG_OUT_CHANGE = f"Log{NBSP}Out{NBSP}/{NBSP} Change{NBSP})"
TAIL = [
    "Leave a Reply",
    "Fill in your details below or click an icon to log in:",
    "Logo",
    "You are commenting using your account.",
    LOG_OUT_CHANGE,
    "Google photo",
    "You are commenting using your Google account.",
    LOG_OUT_CHANGE,
    "Twitter picture",
    "You are commenting using your Twitter account.",
    LOG_OUT_CHANGE,
    "Facebook photo",
    "You are commenting using your Facebook account.",
    LOG_OUT_CHANGE,
    "Connecting to %s",
]


def text_of(page):
    """What a page says, in order: its text, and the alternatives of its pictures."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    said = []

    def read(element):
        if element.tag in {"script", "style", "template"}:
            return
        if element.tag == "img":
            said.append(f" {element.get('alt', '')} ")
        said.append(element.text or "")
        for child in element:
            read(child)
            said.append(child.tail or "")

    read(tree)
    return re.sub("[ \n\t]+", " ", "".join(said))


def page_of(client, article, query=""):
    return client.get(f"{article.get_absolute_url()}{query}").content.decode()


def test_line_01_page_without_script_has_the_tail_in_order(client):
    said = text_of(page_of(client, make_article()))

    at = 0
    for sentence in TAIL:
        at = said.find(sentence, at)
        assert at >= 0, sentence
        at += len(sentence)


PUBLIC_ADDRESSES = ["/", "/feed/", "/feed/atom/"]


def test_line_03_email_is_never_public_name_and_website_are(client):
    guest = make_commenter(
        name="Sok", email="secret@example.org", website="https://sok.example"
    )
    comment = make_comment(commenter=guest)
    make_comment(parent=comment, commenter=guest)
    addresses = [
        *PUBLIC_ADDRESSES,
        comment.article.get_absolute_url(),
        f"{comment.article.get_absolute_url()}?replytocom={comment.pk}",
        reverse("comments:flags", args=[comment.pk]),
    ]

    answers = [client.get(address) for address in addresses]

    for answer in answers:
        everything = html.unescape(f"{answer.headers} {answer.content.decode()}")
        assert answer.status_code == 200
        assert "secret" not in everything
    assert "Sok" in answers[3].content.decode()
    assert "https://sok.example" in answers[3].content.decode()


@pytest.mark.parametrize("provider", ["google", "twitter_oauth2", "facebook"])
@pytest.mark.parametrize("answer", ["deny", "error", "slow", "strange"])
def test_line_04_failed_sign_in_ends_in_guest_with_the_text(
    client, sandbox, settings, provider, answer
):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.5
    article = make_article()

    page = walk_to_provider(client, sandbox, article, provider, answer=answer)

    assert page.context["identity"].state == "guest"
    assert page.context["form"]["comment"].value() == "Half a thought"
    assert page.context["sign_in_problem"]
    assert page.context["sign_in_problem"] in html.unescape(page.content.decode())


def test_line_05_change_keeps_the_session_and_the_text(client):
    client.force_login(make_user())
    article = make_article()

    page = post_reply(client, article, comment="Half a thought", change=1, follow=True)

    assert page.context["identity"].state == "change"
    assert page.context["form"]["comment"].value() == "Half a thought"
    assert "_auth_user_id" in client.session


def test_line_05_log_out_ends_the_session_and_keeps_the_text(client):
    client.force_login(make_user(display_name="Dara Chan", email="dara@example.org"))
    article = make_article()

    page = post_reply(client, article, comment="Half a thought", log_out=1, follow=True)

    assert page.context["identity"].state == "guest"
    assert page.context["form"]["comment"].value() == "Half a thought"
    assert "dara@example.org" not in page.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("provider", ["google", "twitter_oauth2", "facebook"])
def test_line_06_no_token_of_a_provider_anywhere(client, sandbox, caplog, provider):
    page = walk_to_provider(client, sandbox, make_article(), provider)

    seen = [
        page.content.decode(),
        str(page.redirect_chain),
        str(client.cookies),
        json.dumps(dict(client.session), default=str),
        caplog.text,
    ]
    assert page.context["identity"].state == "connected"
    assert sandbox.issued_tokens
    for token in sandbox.issued_tokens:
        assert not [place for place in seen if token in place]


def test_line_07_provider_without_email_disables_the_boxes_with_a_reason(client):
    client.force_login(make_user(email=""))

    page = page_of(client, make_article())

    boxes = re.findall(r"<input[^>]*name=\"notify_\w+\"[^>]*>", page)
    assert len(boxes) == 2
    assert all("disabled" in box and "checked" not in box for box in boxes)
    assert reverse("account_email") in page


# Line 8, the refusals, is tests/comments/test_reply.py, one test for each.


def test_line_08_refusals_keep_the_form(client):
    article = make_article()
    post_reply(client, article)

    page = post_reply(client, article)

    assert page.status_code == 409
    assert page.context["form"]["comment"].value() == "I was there."
    assert '<form id="commentform"' in re.sub(r"\s+", " ", page.content.decode())


def test_line_09_pending_is_its_writers_alone_marked_and_without_reply(client):
    article = make_article()
    post_reply(client, article)
    comment = Comment.objects.get()

    own = page_of(client, article)
    strangers = page_of(type(client)(), article)

    assert "comment-awaiting-moderation" in own
    assert f"replytocom={comment.pk}" not in own
    assert "I was there." not in strangers


def test_line_10_deeper_replies_are_all_shown_and_reply_ends_at_the_limit(client):
    parent, article = None, make_article()
    chain = []
    for _ in range(8):
        parent = make_comment(article=article, parent=parent)
        chain.append(parent)

    page = page_of(client, article)

    shown = re.findall(r'<li id="comment-(\d+)"|<li[^>]* id="comment-(\d+)"', page)
    assert [int(a or b) for a, b in shown] == [comment.pk for comment in chain]
    answerable = {int(pk) for pk in re.findall(r"replytocom=(\d+)", page)}
    assert answerable == {comment.pk for comment in chain[:4]}


def test_line_11_reply_works_by_address(client):
    comment = make_comment(commenter=make_commenter(name="Pieter"))

    page = page_of(client, comment.article, f"?replytocom={comment.pk}")

    assert "Leave a Reply to Pieter" in text_of(page)
    assert re.search(rf'<input[^>]*name="parent"[^>]*value="{comment.pk}"', page)
    assert "Cancel reply" in text_of(page)


def test_line_12_two_links_are_held_and_bare_ones_count(client):
    voice = make_commenter(user=make_user())
    make_comment(commenter=voice)
    client.force_login(voice.user)
    article = make_article()

    post_reply(client, article, comment="https://a.example and www.example.org")
    post_reply(client, article, comment="https://a.example alone")

    statuses = article.comments.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["pending", "published"]


def test_line_12_own_links_are_free_of_nofollow():
    assert "rel=" not in rendering.render("http://localhost:8000/2018/")
    assert "nofollow" in rendering.render("https://elsewhere.example/")


def test_line_13_only_the_listed_tags_and_all_closed(client):
    body = "*open **never closed <b>raw <i> `code\n\n> quote\n- item <script>"
    comment = make_comment(body=body)

    page = page_of(client, comment.article)

    tree = html5lib.parse(page, namespaceHTMLElements=False)
    content = tree.find(
        f".//*[@id='div-comment-{comment.pk}']//*[@class='comment-content']"
    )
    assert {element.tag for element in content.iter()} - {"div"} <= rendering.TAGS


def test_line_14_works_without_frames_popups_and_foreign_cookies(client):
    page = page_of(client, make_article())

    assert "<iframe" not in page
    assert "window.open" not in page
    assert 'target="_blank"' not in page
    foreign = re.findall(r'(?:src|action)="(https?:)?//[^"]*"', page)
    assert foreign == []


def test_line_15_the_same_bytes_for_every_visitor(client):
    comment = make_comment()
    addresses = [comment.article.get_absolute_url(), "/"]

    for address in addresses:
        one, other = type(client)().get(address), type(client)().get(address)
        assert one.content == other.content
        assert "csrfmiddlewaretoken" not in one.content.decode()


def test_moderators_reply_is_published_at_once(client):
    client.force_login(make_moderator())

    post(
        client,
        reverse("comments:comments", kwargs=address_of(article := make_article())),
        {"comment": "Please stay on topic.", "post_as": "account"},
    )

    assert article.comments.get().is_published


def address_of(article):
    year, month, day, slug = article.get_absolute_url().strip("/").split("/")
    return {"year": year, "month": month, "day": day, "slug": slug}
