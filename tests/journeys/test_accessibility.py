"""axe on every public page and state, light and dark; the HTML validator too."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from comments import moderation
from comments.models import Comment
from tests.articles.pictures import make_image
from tests.articles.test_pasted import CLEAN
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_moderator,
    make_section,
    make_user,
)
from tests.journeys.conftest import fill_reply

VALIDATOR = Path(settings.BASE_DIR) / "node_modules/vnu-jar/build/dist/vnu.jar"


@pytest.fixture
def discussed():
    """An article with all that a discussion can show to a stranger."""
    article = make_article(
        section=make_section(name="World"),
        standfirst="What it says in one sentence.",
        source_publication="The Paper",
    )
    root = make_comment(
        article=article, body="> said\n\n*Hm*, `code` and a list:\n\n- a"
    )
    for _ in range(6):
        root = make_comment(parent=root)
    hidden = make_comment(article=article, status=Comment.Status.REJECTED)
    make_comment(parent=hidden)
    staff = make_commenter(user=make_moderator(website="https://example.org"))
    make_comment(article=article, commenter=staff)
    return article


def own_states(page, discussed, live_server):
    """Yield each state of the pages of somebody who writes, with its name."""
    address = f"{live_server.url}{discussed.get_absolute_url()}"
    page.goto(address)
    yield "folded"
    page.get_by_role("textbox", name="Comment").focus()
    yield "unfolded"
    page.locator("#comment-submit").click()
    yield "errors in place"
    page.get_by_role("link", name="Reply to").first.click()
    yield "replying"
    fill_reply(page)
    page.locator("#comment-submit").click()
    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()
    yield "pending"
    fill_reply(page)
    page.locator("#comment-submit").click()
    yield "after a second reply"
    comment = Comment.objects.filter(status="pending").first()
    for name in ("revisions", "withdrawal"):
        page.goto(f"{live_server.url}{reverse(f'comments:{name}', args=[comment.pk])}")
        yield name
    moderation.reject(comment, by=make_moderator(), reason="off_topic")
    page.goto(f"{live_server.url}{reverse('comments:mine')}")
    yield "mine"


def public_addresses(article):
    comment = article.comments.filter(status="published").first()
    return [
        "/",
        article.get_absolute_url(),
        f"{article.get_absolute_url()}?replytocom={comment.pk}",
        f"{article.get_absolute_url()}?order=newest",
        article.section.get_absolute_url(),
        make_article(commenting="closed").get_absolute_url(),
        make_article(lead_image=make_image()).get_absolute_url(),
        make_article(body=everything(article)).get_absolute_url(),
        "/corrections/",
        "/search/?q=headline",
        "/search/?q=comment&in=comments",
        "/archive/",
        f"/{article.published_on:%Y}/",
        f"/{article.published_on:%Y/%m}/",
        reverse("comments:flags", args=[comment.pk]),
        reverse("account_login"),
        "/no/such/page/",
    ]


def everything(article):
    """A text of all that the editor's bar makes."""
    addresses = (
        article.get_absolute_url(),
        "https://youtu.be/a",
        "https://x.com/a/status/1",
    )
    cards = "".join(f'<p><a href="{each}">{each}</a></p>' for each in addresses)
    caption = '<p><a href="https://vimeo.com/1">The <em>lamp</em></a></p>'
    table = CLEAN["word"].replace("<td>", "<th>", 1).replace("</td>", "</th>", 1)
    wide = f"<tr>{'<th><p>A long heading</p></th>' * 9}</tr>"
    wide += f"<tr>{'<td><p>1,234</p></td>' * 9}</tr>"
    picture = f'<img src="{make_image().url}" alt="A lamp">'
    return (
        f"{table}{cards}{caption}<table><tbody>{wide}</tbody></table><ol start='3'>"
        "<li><p>Three</p></li></ol><blockquote><p><s>q</s></p></blockquote><hr>"
        f"<figure>{picture}<figcaption>c<small>Note.</small></figcaption></figure>"
    )


def test_public_pages_are_accessible(discussed, open_page, assert_accessible):
    for address in public_addresses(discussed):
        assert_accessible(open_page(address), address)


def test_writers_states_are_accessible(discussed, page, live_server, assert_accessible):
    for state in own_states(page, discussed, live_server):
        assert_accessible(page, state)


@pytest.mark.parametrize("email", ["dara@example.org", ""])
def test_connected_states_are_accessible(
    discussed, open_page, as_user, assert_accessible, email
):
    page = open_page("/")
    as_user(page.context, make_user(email=email))
    for address in (
        discussed.get_absolute_url(),
        reverse("accounts:profile"),
        reverse("account_email"),
        reverse("socialaccount_connections"),
        reverse("account_logout"),
        reverse("mfa_index"),
    ):
        assert_accessible(open_page(address), address)
    open_page(f"{discussed.get_absolute_url()}#respond")
    page.get_by_role("button", name="Change").click()
    assert_accessible(page, "change")


@pytest.mark.skipif(
    not (VALIDATOR.exists() and shutil.which("java")),
    reason="needs java and `npm install vnu-jar`, which .ci/run brings",
)
def test_html_is_valid_on_every_page_and_state(discussed, page, live_server, client):
    client.force_login(make_user())
    pages = {address: client.get(address) for address in public_addresses(discussed)}
    client.logout()
    pages |= {f"{a} signed out": client.get(a) for a in public_addresses(discussed)}
    texts = {
        name: answer.content.decode()
        for name, answer in pages.items()
        if answer.status_code != 302  # sign-in sends on who is signed in
    }
    for state in own_states(page, discussed, live_server):
        texts[state] = page.evaluate(
            "fetch(location.href).then(answer => answer.text())"
        )

    assert complaints(texts) == []


def complaints(texts):
    """What the Nu HTML checker says of each page: one run for all."""
    folder = Path(settings.VAR_DIR) / "validated"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for n, text in enumerate(texts.values()):
        (folder / f"{n}.html").write_text(text)
    run = subprocess.run(
        ["java", "-jar", str(VALIDATOR), "--format", "json", "--exit-zero-always"]
        + [str(folder / f"{n}.html") for n in range(len(texts))],
        capture_output=True,
        text=True,
        check=True,
    )
    names = list(texts)
    return [
        (names[int(Path(said["url"]).stem)], said["message"], said.get("extract"))
        for said in json.loads(run.stderr)["messages"]
        if said["type"] == "error"
    ]
