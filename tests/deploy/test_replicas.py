"""PostgreSQL with a replica that streams, behind the real application."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import requests

from accounts.replicas import Watch
from tests import servers
from tests.servers import ARTICLE, eventually

MAX_LAG = 3
WORDS = "Nobody has said this about the temples before."


@dataclass
class Site:
    origin: str
    primary: servers.Postgres
    replica: servers.Postgres

    def ask(self, path=ARTICLE, *, cookie=""):
        headers = {"Cookie": cookie} if cookie else {}
        return requests.get(f"{self.origin}{path}", headers=headers, timeout=30)

    def reply(self, words):
        """A guest's comment; the cookie that the browser has from then on."""
        posted = requests.post(
            f"{self.origin}{ARTICLE}comments/",
            {"comment": words, "email": "sok@example.org", "name": "Sok"},
            headers={"Origin": self.origin},
            allow_redirects=False,
            timeout=30,
        )
        assert posted.status_code == 302, posted.text
        return posted.headers["Set-Cookie"].partition(";")[0]

    def headline(self, **options):
        return re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", self.ask(**options).text)[1]

    def rename(self, headline):
        self.primary.run(
            f"UPDATE articles_article SET headline = '{headline}' "
            f"WHERE slug = '{ARTICLE.split('/')[-2]}'"
        )
        self.primary.run("UPDATE articles_edition SET number = number + 1")

    def looks(self):
        """How often the application has asked how late the replica is."""
        return self.replica.statements().count("FROM pg_stat_wal_receiver")

    @contextmanager
    def paused(self):
        """The replica hears everything, and shows nothing of it."""
        self.catch_up()
        self.replica.run("SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            self.replica.run("SELECT pg_wal_replay_resume()")
            self.catch_up()

    def catch_up(self):
        self.replica.catch_up(self.primary)

    def is_streaming(self):
        """Whether the replica hears of what is written; after a start, in a while."""
        return self.replica.run("SELECT count(*) = 1 FROM pg_stat_wal_receiver") == (
            True,
        )


@pytest.fixture(scope="module", params=["0", "4"], ids=["its own", "pooled"])
def site(request, tmp_path_factory, static):
    """With a connection for each thread, and with a pool of them."""
    folder, port = tmp_path_factory.mktemp("replicated"), servers.free_port()
    origin = f"http://localhost:{port}"
    with servers.replicated() as (primary, replica):
        environment = servers.site(
            folder,
            origin,
            DATABASE_URL=primary.url,
            DATABASE_POOL_SIZE=request.param,
            CACHE_URL="locmem://",
            WEB_WORKERS="1",
        )
        servers.prepare(environment, static)
        environment |= {
            "REPLICA_URLS": f"{replica.url}",
            "REPLICA_MAX_LAG": str(MAX_LAG),
        }
        log = folder / "gunicorn.log"
        with servers.gunicorn(environment, bind=f"127.0.0.1:{port}", log=log):
            found = Site(origin, primary, replica)
            found.catch_up()
            yield found


@pytest.mark.parametrize(
    ("query", "asked"),
    [("", "FROM articles_edition"), ("?anew", 'FROM "comments_comment"')],
)
def test_anonymous_reader_asks_the_replica_alone(site, query, asked):
    """For the versions of a page that is kept, and for one that is made."""
    site.ask()
    before = site.primary.statements(), site.replica.statements()

    assert site.ask(ARTICLE + query).status_code == 200

    assert site.primary.statements() == before[0]
    assert asked in site.replica.statements().removeprefix(before[1])


def test_commenter_asks_the_primary_alone(site):
    cookie = site.reply("Something quite different from all the rest of it.")
    before = site.primary.statements(), site.replica.statements()

    assert site.ask(cookie=cookie).status_code == 200

    assert site.replica.statements() == before[1]
    said = site.primary.statements().removeprefix(before[0])
    assert 'FROM "comments_comment"' in said


def test_commenter_sees_the_own_comment_though_the_replica_stands_still(site):
    with site.paused():
        cookie = site.reply(WORDS)

        assert WORDS in site.ask(cookie=cookie).text
        assert site.replica.run(
            f"SELECT count(*) FROM comments_comment WHERE body = '{WORDS}'"
        ) == (0,)


def test_replica_that_lags_is_read_until_its_bound_and_no_longer(site):
    site.rename("Before")
    with site.paused():
        site.rename("After")

        assert site.headline() == "Before"
        assert site.headline(cookie="commenter=x") == "After"
        deadline = time.monotonic() + MAX_LAG + 5
        while site.headline() != "After":
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_what_a_quiet_primary_has_just_written_is_no_lag(site):
    site.catch_up()
    wait_until_read(site)
    time.sleep(MAX_LAG + 1)  # the last that was replayed is older than the bound
    with ThreadPoolExecutor(1) as readers, site.paused():
        site.rename("Just now")
        looks = site.looks()
        reader = readers.submit(site.ask)
        eventually(lambda: site.looks() > looks)
    assert reader.result().status_code == 200

    before = site.primary.statements()
    assert site.ask().status_code == 200
    assert site.primary.statements() == before


def test_page_answers_while_the_replica_is_down(site):
    site.catch_up()
    wait_until_read(site)
    site.replica.stop()
    try:
        answers = [site.ask() for _ in range(5)]
    finally:
        site.replica.start()

    assert [answer.status_code for answer in answers] == [200] * 5
    assert max(answer.elapsed.total_seconds() for answer in answers) < 4
    wait_until_read(site)


def test_replica_that_was_restarted_is_read_from_by_every_thread(site):
    """Those that hold connections from before are no reason to leave it alone again."""
    ask_by_all_threads(site)
    site.replica.stop()
    site.replica.start()
    wait_until_read(site)
    ask_by_all_threads(site)  # each finds its old connection dead, once

    before = site.primary.statements()
    ask_by_all_threads(site)
    assert site.primary.statements() == before


def test_replica_that_was_restarted_is_looked_at_over_a_new_connection(site):
    """Its end of the one before is gone, which says nothing of it as it is now."""
    site.catch_up()
    ask_by_all_threads(site)
    wait_until_read(site)
    for _ in range(40):
        site.ask()  # by each thread in turn, of whom one will ask next
    site.replica.stop()
    site.replica.start()
    eventually(site.is_streaming)
    time.sleep(Watch.INTERVAL + 0.5)  # whoever asks next has to look

    wait_until_read(site, seconds=Watch.PAUSE / 2)  # it is not left alone


def ask_by_all_threads(site):
    """Five times as often as there are threads: workers may not take turns."""
    with ThreadPoolExecutor(8) as readers:
        answers = readers.map(lambda _: site.ask(ARTICLE + "?anew"), range(5 * 32))
        assert {answer.status_code for answer in answers} == {200}


def wait_until_read(site, seconds=20):
    """Until anonymous readers are answered from the replica (again)."""
    deadline = time.monotonic() + seconds
    while True:
        before = site.primary.statements()
        assert site.ask().status_code == 200
        if site.primary.statements() == before:
            return
        assert time.monotonic() < deadline
        time.sleep(0.5)
