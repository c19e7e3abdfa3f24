"""The shipped nginx.conf in front of the real application."""

import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from os import kill

import pytest
import requests

from articles.darkroom import MOST_BYTES
from tests import servers
from tests.servers import ARTICLE, BROTLI, eventually

PASSES = ["session", "commenter", "csrf"]
COOKIES = [*PASSES, *(f"__Host-{name}" for name in PASSES), "messages"]
PUBLIC_FOR = 10  # seconds, accounts/middleware.py


# --- What is kept -----------------------------------------------------------------


def test_anonymous_page_comes_from_the_cache(front, cold):
    first, second = front.ask(cold), front.ask(cold)

    assert [first.headers["X-Cache"], second.headers["X-Cache"]] == ["MISS", "HIT"]
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert "s-maxage=10" in second.headers["Cache-Control"]
    assert "Set-Cookie" not in second.headers


def test_head_is_answered_from_the_page(front, cold):
    page, head = front.ask(cold), front.ask(cold, "HEAD")

    assert head.headers["X-Cache"] == "HIT"
    assert head.content == b""
    assert head.headers["ETag"] == page.headers["ETag"]


def test_cold_head_fetches_the_whole_page_once(front, cold):
    front.ask(cold, "HEAD")

    page = front.ask(cold)
    assert page.headers["X-Cache"] == "HIT"
    assert "</html>" in page.text


def test_200_readers_of_a_cold_page_reach_the_application_once(front, cold):
    before = front.reached_origin(cold)

    with ThreadPoolExecutor(200) as crowd:
        answers = list(crowd.map(front.ask, [cold] * 200))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    eventually(lambda: front.reached_origin(cold), before + 1)


def test_stale_page_is_served_while_a_fresh_one_is_fetched(front, cold):
    front.ask(cold)
    time.sleep(PUBLIC_FOR + 1.5)
    before = front.reached_origin(cold)

    with ThreadPoolExecutor(20) as crowd:
        said = list(crowd.map(front.said, [cold] * 20))

    assert set(said) <= {"STALE", "UPDATING", "HIT"}
    assert "STALE" in said
    eventually(lambda: front.said(cold), "HIT")
    eventually(lambda: front.reached_origin(cold), before + 1)


def test_page_outlives_an_application_that_hangs(front, cold):
    front.ask(cold)
    time.sleep(PUBLIC_FOR + 1.5)
    workers = _children(front.master)
    for worker in workers:
        kill(worker, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = front.ask(cold)
        took = time.monotonic() - began
    finally:
        for worker in workers:
            kill(worker, signal.SIGCONT)

    assert answer.status_code == 200
    assert answer.headers["X-Cache"] == "STALE"
    assert took < 2
    eventually(lambda: front.said(cold), "HIT")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("br;q=1.0, gzip;q=0.8", "br"),
        ("gzip", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
    ],
)
def test_variants_are_kept_apart(front, accepted, encoding):
    path = f"{ARTICLE}?variants"
    asked = {"headers": {"Accept-Encoding": accepted}, "stream": True}

    answers = [front.ask(path, **asked) for _ in range(2)]

    assert [each.headers.get("Content-Encoding") for each in answers] == [encoding] * 2
    assert answers[1].headers["X-Cache"] == "HIT"
    assert "accept-encoding" in answers[1].headers["Vary"].lower()


def test_spellings_of_accept_encoding_share_a_variant(front, cold):
    front.ask(cold, headers={"Accept-Encoding": "gzip, deflate, br"})

    assert front.said(cold, headers={"Accept-Encoding": "br , gzip;q=0.5"}) == "HIT"


def test_browser_that_has_the_page_hears_304(front, cold):
    tag = front.ask(cold).headers["ETag"]

    cached = front.ask(cold, headers={"If-None-Match": tag})
    passed = front.ask(cold, headers={"If-None-Match": tag}, cookie="csrf=x")

    assert (cached.status_code, cached.headers["X-Cache"]) == (304, "HIT")
    assert (passed.status_code, passed.headers["X-Cache"]) == (304, "PASS")
    assert cached.content == passed.content == b""


def test_missing_page_is_remembered_for_a_moment(front):
    assert front.ask("/2018/02/05/nothing-here/").status_code == 404
    assert front.said("/2018/02/05/nothing-here/") == "HIT"


# --- What is not ------------------------------------------------------------------


@pytest.mark.parametrize("name", COOKIES)
def test_reader_with_a_cookie_of_ours_passes_and_leaves_nothing(front, cold, name):
    cookie, before = f"theme=dark; {name}=anything", front.reached_origin(cold)

    assert [front.said(cold, cookie=cookie) for _ in range(2)] == ["PASS", "PASS"]
    eventually(lambda: front.reached_origin(cold), before + 2)
    assert front.said(cold) == "MISS"
    assert front.said(cold, cookie=cookie) == "PASS"


def test_reader_with_somebody_elses_cookie_gets_the_kept_page(front, cold):
    front.ask(cold)

    assert front.said(cold, cookie="mysession=1; _csrf=2") == "HIT"


def test_commenter_sees_the_own_waiting_comment_and_nobody_else_does(front):
    words = "Nobody has said this about the temples before."
    front.ask(ARTICLE)

    posted = front.ask(
        f"{ARTICLE}comments/",
        "POST",
        data={"comment": words, "email": "sok@example.org", "name": "Sok"},
        headers={"Origin": front.origin},
    )

    assert (posted.status_code, posted.headers["X-Cache"]) == (302, "PASS")
    cookie = posted.headers["Set-Cookie"].partition(";")[0]
    assert cookie.startswith("__Host-commenter=")
    assert words in front.ask(ARTICLE, cookie=cookie).text
    assert words not in front.ask(ARTICLE).text


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/admin/login/",
        "/admin/",
        "/profile/",
        "/drafts/nobodys/",
        "/previews/nobodys/",
        "/flags/nobodys/",
        "/comments/own/nobodys/",
    ],
)
def test_private_page_is_never_kept(front, path):
    for _ in range(2):
        assert front.said(path) == "PASS"


def test_answer_that_sets_a_cookie_is_never_kept(front):
    answers = [front.ask("/accounts/login/") for _ in range(2)]

    tokens = {answer.cookies["__Host-csrf"] for answer in answers}
    assert len(tokens) == 2


def test_application_knows_the_reader_and_the_scheme(front):
    """It redirects nobody to https, as https is what they came by."""
    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}

    assert front.ask("/accounts/login/", headers=claimed).status_code == 200


# --- Files ------------------------------------------------------------------------


def _stylesheet(front):
    return re.search(r'href="(/static/css/site\.[^"]+)"', front.ask("/").text)[1]


def test_static_file_is_for_good_and_compressed(front):
    answer = front.ask(_stylesheet(front))

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "text/css"
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_static_file_without_a_hash_is_for_a_minute(front):
    answer = front.ask("/static/css/site.css")

    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.skipif(not BROTLI.exists(), reason="nginx's brotli module is optional")
def test_static_file_is_brotli_where_nginx_has_the_module(front):
    asked = {"headers": {"Accept-Encoding": "br"}, "stream": True}

    assert front.ask(_stylesheet(front), **asked).headers["Content-Encoding"] == "br"


def test_picture_is_for_good_and_nothing_but_a_picture(front):
    path = re.search(r'"(/media/images/[0-9a-f]{32}\.jpg)', front.ask("/").text)[1]
    before = front.reached_origin(path)

    answer = front.ask(path)

    assert answer.status_code == 200
    assert answer.content.startswith(b"\xff\xd8")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert front.reached_origin(path) == before


@pytest.mark.parametrize(
    "path",
    ["/media/images/%2e%2e/%2e%2e/db.sqlite3", "/static/../db.sqlite3", "/media/"],
)
def test_nothing_else_on_the_disk_is_served(front, path):
    assert front.ask(path).status_code in {400, 404}


# --- Limits -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"), [("/accounts/login/", 413), ("/admin/", 403)]
)
def test_large_body_is_for_the_admin_alone(front, path, status):
    answer = front.ask(path, "POST", data=b"x" * 2_000_000)

    assert answer.status_code == status
    assert ("too large" in answer.text) == (status == 413)


def test_largest_picture_that_the_application_takes_may_be_sent(front):
    body = b"x" * (MOST_BYTES + 100_000)  # with the rest of its form

    assert front.ask("/admin/", "POST", data=body).status_code == 403


@pytest.mark.parametrize(
    ("path", "posts"), [("/accounts/login/", 30), (f"{ARTICLE}comments/", 45)]
)
def test_flood_of_posts_is_stopped_and_readers_are_not(front, path, posts):
    with ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(front.ask, [path] * posts, ["POST"] * posts))

    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert len(refused) < posts
    assert "still there" in refused[0].text
    assert front.ask("/accounts/login/").status_code == 200


def test_application_that_is_down_has_a_page_for_it(tmp_path):
    port = servers.free_port()
    with servers.nginx(tmp_path, http=servers.free_port(), https=port):
        answer = requests.get(
            f"https://localhost:{port}/", verify=f"{tmp_path}/fullchain.pem", timeout=10
        )

    assert answer.status_code == 502
    assert "back in a moment" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_logs_tell_what_was_asked_and_of_nobody_who_asked(tmp_path):
    port = servers.free_port()
    secret = f"https://localhost:{port}/flags/secret-token/?email=alice@example.org"
    with servers.nginx(tmp_path, http=servers.free_port(), https=port):
        for _ in range(40):  # of which the last are too many
            requests.post(secret, verify=f"{tmp_path}/fullchain.pem", timeout=10)

    told = (tmp_path / "marginalia.log").read_text()
    kept = r"127\.0\.0\.0 POST /flags/\.\.\. (429|502) "
    assert {*re.findall(kept, told)} == {"429", "502"}
    assert len(re.findall(kept, told)) == 40
    written = "".join(log.read_text() for log in tmp_path.glob("*.log"))
    assert "secret" not in written
    assert "alice" not in written


def test_plain_http_is_led_to_https(front):
    answer = requests.get(f"{front.plain}/feed/", allow_redirects=False, timeout=10)

    assert answer.status_code == 308
    assert answer.headers["Location"] == "https://localhost/feed/"


def _children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(child) for child in children.read().split()]
