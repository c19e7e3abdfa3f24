"""The desk through its pages: what it shows, what it does, what it refuses."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comments import leases, moderation, reports
from comments.models import Comment, Flag, Reason, Revision, Sanction
from comments.moderation import Grounds
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_editor,
    make_moderator,
)

pytestmark = pytest.mark.django_db

DESK = reverse("admin:comments_desk")
DECIDE = reverse("admin:comments_desk_decide")
COMMENTING = reverse("admin:comments_desk_commenting")
UNDO = reverse("admin:comments_desk_undo")
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def moderator(client):
    """A signed-in moderator."""
    moderator = make_moderator()
    client.force_login(moderator)
    return moderator


def make_waiting(*, evidence=(), **fields):
    comment = make_comment(status="pending", **fields)
    found = [
        {"screen": reason, "outcome": "hold", "reason": reason, "evidence": said}
        for reason, said in evidence or [("first_comment", {})]
    ]
    grounds = Grounds(Reason(found[0]["reason"]), evidence=found)
    moderation.record(comment, previous="", by=None, grounds=grounds)
    return comment


def make_flagged(**fields):
    comment = make_comment(**fields)
    reports.flag(comment, by=make_commenter(), reason=Flag.FlagReason.SPAM)
    return comment


def decide(client, comment, verb, *, seen=None, **more):
    headers = more.pop("headers", {})
    seen = comment.version if seen is None else seen
    data = {"comment": comment.pk, "seen": seen, "verb": verb, **more}
    return client.post(f"{DECIDE}?queue=waiting", data, headers=headers)


def page(client, **query):
    return client.get(DESK, query).content.decode()


def shown(client, **query):
    return [card.comment.body for card in client.get(DESK, query).context["cards"]]


def texts(html):
    return re.findall(r'class="desk-text"><p>([^<]*)', html)


def status(comment):
    return Comment.objects.get(pk=comment.pk).status


# --- Who may ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "name", "keys"),
    [
        ("get", "desk", []),
        ("get", "desk_cards", []),
        ("post", "desk_decide", []),
        ("post", "desk_undo", []),
        ("post", "desk_reading", []),
        ("post", "desk_commenting", []),
        ("post", "desk_bulk", []),
        ("get", "desk_bulk_run", [1]),
    ],
)
def test_desk_is_for_moderators_alone(client, method, name, keys):
    address = reverse(f"admin:comments_{name}", args=keys)

    stranger = getattr(client, method)(address)
    client.force_login(make_editor())
    editor = getattr(client, method)(address)

    assert (stranger.status_code, editor.status_code) == (302, 403)
    assert "/login/" in stranger["Location"]


def test_moderators_find_the_desk_from_the_admin(client, moderator):
    assert DESK in client.get(reverse("admin:index")).content.decode()
    changelist = reverse("admin:comments_comment_changelist")
    assert DESK in client.get(changelist).content.decode()


# --- What it shows ------------------------------------------------------------------


def test_queue_shows_its_cards_counts_and_links(client, moderator):
    make_waiting(body="first")
    make_waiting(body="second")
    make_flagged(body="flagged")

    answer = client.get(DESK)
    numbers = re.findall(r'data-queue="(\w+)">([^<]+)<', answer.content.decode())

    assert shown(client) == ["first", "second"]
    assert shown(client, queue="flagged") == ["flagged"]
    assert dict(numbers) == {"waiting": "2", "flagged": "1", "all": "3"}


def test_desk_without_a_script_goes_on_after_a_card(client, moderator):
    comments = [make_waiting(body=f"{n}") for n in range(12)]

    assert shown(client) == [f"{n}" for n in range(10)]
    assert shown(client, after=comments[9].pk) == ["10", "11"]


def test_card_marks_phrases_and_spells_links_out(client, moderator):
    make_waiting(
        body="Best *CASINO* & [click](https://evil.example/x) <mark>",
        evidence=[("phrase", {"phrases": [{"text": "casino", "kind": "suspect"}]})],
    )

    text = page(client)

    assert "<em><mark>CASINO</mark></em> &amp; <a" in text
    assert "<code>https://evil.example/x</code> &lt;mark&gt;" in text


def test_card_says_why_it_is_here(client, moderator):
    comment = make_waiting(
        evidence=[
            ("links", {"count": 2, "links": ["https://a.example"]}),
            ("unavailable", {"error": "no answer in 2 seconds"}),
        ]
    )
    reporter = make_commenter(name="Ruth")
    for outcome, count in (("agreed", 3), ("disagreed", 1)):
        for _ in range(count):
            make_comment().flags.create(
                commenter=reporter, reason="spam", outcome=outcome
            )
    comment.flags.create(commenter=reporter, reason="abusive", words="Rude")

    text = page(client)

    for words in (
        "Many links",
        "https://a.example",
        "A check that gave no answer",
        "no answer in 2 seconds",
        "It is abusive or hateful: “Rude”",
        "agreed with 3 times, disagreed 1",
    ):
        assert words in text


def test_card_says_what_it_answers_and_under_which_rule(client, moderator):
    article = make_article(headline="The bridge", commenting="premoderated")
    root = make_comment(article=article, body="the top of the thread")
    line = root
    for n in range(5):
        line = make_comment(parent=line, body=f"level {n}")
    make_waiting(parent=line)

    text = page(client)

    assert "the top of the thread" in text
    assert "level 0" not in text
    assert "3 more" in text
    assert 'value="premoderated" selected' in text


def test_card_says_who_wrote_it(client, moderator):
    voice = make_commenter(email_confirmed_at=None)
    make_waiting(commenter=voice)
    for n, state in enumerate(["published", "rejected", "rejected"]):
        make_comment(commenter=voice, status=state, body=f"recent {n}")
    Sanction.objects.create(commenter=voice, kind="premoderation", reason="Often rude")

    text = page(client)

    for words in (
        "Guest, e-mail not confirmed",
        "1 published, 2 rejected",
        "67% rejected in the last 30 days",
        "Often rude",
        "recent 2",
    ):
        assert words in text


def test_rate_of_two_comments_is_no_rate(client, moderator):
    voice = make_commenter()
    make_waiting(commenter=voice)
    make_comment(commenter=voice, status="rejected")

    assert "% rejected" not in page(client)


def test_card_has_decisions_and_edits(client, moderator):
    comment = make_waiting(body="The old bridge is fine.")
    Revision.objects.create(comment=comment, number=2, body="The new bridge is fine.")

    text = page(client)

    assert "1 earlier decision" in text
    assert "<del>old</del><ins>new</ins> bridge is fine." in text


def test_card_never_shows_the_address(client, moderator):
    make_waiting(address="192.0.2.77")

    assert "192.0.2.77" not in page(client)


def make_discussed(count):
    """Waiting comments with all that costs queries: a parent, a flag, a voice."""
    made = [make_waiting(parent=make_comment()) for _ in range(count)]
    for comment in made:
        comment.flags.create(commenter=make_commenter(), reason="spam")
        make_comment(commenter=comment.commenter, status="rejected")
    return made


def test_desk_costs_the_same_queries_at_any_length(client, moderator):
    costs = []
    for more in (1, 9, 30):
        make_discussed(more)
        client.get(DESK)  # takes the lease
        with CaptureQueriesContext(connection) as made:
            client.get(DESK)
        costs.append(len(made))

    assert costs == [costs[0]] * 3
    assert costs[0] <= 32


def test_decision_costs_the_same_queries_at_any_length(client, moderator):
    decide(client, make_waiting(), "approve")
    costs = []
    for more in (2, 10, 30):
        first, second, *_rest = make_discussed(more)
        place = {"left": first.pk, "reading": second.pk}
        with CaptureQueriesContext(connection) as made:
            decide(client, first, "approve", headers=SCRIPT, **place)
        costs.append(len(made))

    assert costs == [costs[0]] * 3
    assert costs[0] <= 36


# --- What it does -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "chosen", "recorded"),
    [
        ("approve", "", ("published", "approved")),
        ("reject", "off_topic", ("rejected", "off_topic")),
        ("reject", "", ("rejected", "other")),
        ("spam", "off_topic", ("rejected", "spam")),
    ],
)
def test_form_decides_and_comes_back_to_the_queue(
    client, moderator, verb, chosen, recorded
):
    comment = make_waiting()

    answer = decide(client, comment, verb, words="Because.", reason=chosen)

    decision = comment.decisions.last()
    assert (answer.status_code, answer["Location"]) == (302, f"{DESK}?queue=waiting")
    assert (status(comment), decision.reason) == recorded
    assert (decision.words, decision.moderator) == ("Because.", moderator)


def test_ignoring_leaves_the_comment_and_answers_its_flags(client, moderator):
    comment = make_flagged()

    decide(client, comment, "ignore")

    assert status(comment) == "published"
    assert comment.flags.get().outcome == "ignored"


def test_restore_and_feature(client, moderator):
    comment = make_comment()
    moderation.reject(comment, by=moderator, reason=Reason.SPAM)

    decide(client, comment, "restore")
    comment.refresh_from_db()
    answer = decide(client, comment, "feature", headers=SCRIPT).json()

    comment.refresh_from_db()
    assert comment.is_published
    assert comment.featured_at
    assert "editors’ pick" in answer["card"]


def test_script_gets_words_counts_and_the_next_cards_in_one_answer(client, moderator):
    comments = [make_waiting(body=f"text {n}") for n in range(12)]
    place = {"last": comments[9].pk, "reading": comments[1].pk}

    answer = decide(client, comments[0], "approve", headers=SCRIPT, **place).json()

    assert answer["words"] == (
        f"Comment #{comments[0].pk}: published, fine by the house rules."
    )
    assert answer["counts"] == {"waiting": "11", "flagged": "0", "all": "12"}
    assert texts(answer["more"]) == ["text 10", "text 11"]
    assert answer["undo"]["pk"] == comments[0].decisions.last().pk


def test_more_cards_follow_the_last(client, moderator):
    comments = [make_waiting(body=f"text {n}") for n in range(3)]
    address = reverse("admin:comments_desk_cards")

    answer = client.get(address, {"queue": "waiting", "last": comments[0].pk}).json()

    assert texts(answer["cards"]) == ["text 1", "text 2"]


def test_settled_comment_is_left_alone_and_said(client, moderator):
    comment = make_comment()

    answer = decide(client, comment, "approve", headers=SCRIPT).json()

    assert "left alone" in answer["words"]
    assert not comment.decisions.exists()


def test_desk_opens_and_closes_discussions(client, moderator):
    article = make_comment().article

    client.post(COMMENTING, {"article": article.pk, "rule": "closed"})

    article.refresh_from_db()
    assert article.commenting == "closed"


def test_desk_knows_nothing_of_drafts(client, moderator):
    draft = make_article(status="draft", headline="Not out yet")
    data = {"article": draft.pk, "rule": "closed"}

    answer = client.post(COMMENTING, data, headers=SCRIPT)

    draft.refresh_from_db()
    assert (answer.status_code, draft.commenting) == (422, "open")
    assert "Not out yet" not in page(client, article=draft.pk)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("desk_decide", {"comment": 1, "seen": 1, "verb": "delete"}),
        ("desk_decide", {"verb": "approve"}),
        ("desk_commenting", {"article": 0, "rule": "open"}),
    ],
)
def test_nonsense_is_refused(client, moderator, name, data):
    answer = client.post(reverse(f"admin:comments_{name}"), data, headers=SCRIPT)

    assert answer.status_code == 422


# --- Two at one queue ----------------------------------------------------------------


def test_second_moderator_is_told_and_nothing_is_lost(client, moderator):
    comment = make_waiting(body="contested")
    seen = comment.version
    other = make_moderator(display_name="Max")
    moderation.reject(comment, by=other, reason=Reason.ABUSIVE)

    answer = decide(client, comment, "approve", seen=seen, words="Fine by me.")
    text = answer.content.decode()

    assert answer.status_code == 409
    assert status(comment) == "rejected"
    assert "Max: rejected (abusive)" in text
    assert "contested" in text
    assert 'value="Fine by me."' in text
    assert [c.comment for c in answer.context["cards"]] == [comment]


@pytest.mark.parametrize("verb", ["approve", "spam", "ignore", "restore", "feature"])
def test_no_verb_is_done_to_a_text_that_was_not_seen(client, moderator, verb):
    comment = make_flagged()
    moderation.record(
        comment, previous="published", by=None, grounds=Grounds(Reason.EDITED)
    )

    answer = decide(client, comment, verb, seen=1, headers=SCRIPT)

    assert answer.status_code == 409
    assert "the system: published (edited by its commenter)" in answer.json()["words"]
    assert f'name="seen" value="{comment.version}"' in answer.json()["card"]


def test_reader_is_marked_for_the_others_until_they_move_on(client, moderator):
    first, second = make_waiting(), make_waiting()
    client.get(DESK)
    max_ = make_moderator(display_name="Max")

    assert leases.readers([first.pk, second.pk], but=max_) == {
        first.pk: "Mona Moderator"
    }
    client.force_login(max_)
    assert "Mona Moderator is reading this" in page(client)

    client.force_login(moderator)
    assert "Mona Moderator is reading this" not in page(client)
    decide(client, first, "approve", headers=SCRIPT, left=first.pk, reading=second.pk)
    assert leases.readers([first.pk, second.pk], but=max_) == {
        second.pk: "Mona Moderator"
    }


def test_page_renews_its_mark_and_hears_of_the_others(client, moderator):
    mine, theirs = make_waiting(), make_waiting()
    leases.take(theirs.pk, by=make_moderator(display_name="Max"))
    data = {"reading": mine.pk, "shown": [mine.pk, theirs.pk]}

    answer = client.post(reverse("admin:comments_desk_reading"), data)

    assert answer.json() == {"readers": {str(theirs.pk): "Max"}}


def test_mark_goes_by_itself(moderator, monkeypatch):
    monkeypatch.setattr(leases, "SECONDS", 0)
    leases.take(7, by=moderator)

    assert leases.readers([7], but=make_moderator()) == {}


@pytest.mark.usefixtures("no_cache")
def test_desk_goes_on_without_marks(client, moderator):
    first, second = make_waiting(), make_waiting()
    moves = {"left": first.pk, "reading": second.pk}

    opened = client.get(DESK)
    decided = decide(client, first, "approve", headers=SCRIPT, **moves)
    data = {"reading": second.pk, "shown": [second.pk]}
    renewed = client.post(reverse("admin:comments_desk_reading"), data)

    assert [opened.status_code, decided.status_code] == [200, 200]
    assert Comment.objects.get(pk=first.pk).is_published
    assert renewed.json() == {"readers": {}}


# --- Undo ----------------------------------------------------------------------------


def test_undo_takes_my_last_decision_back(client, moderator):
    comment = make_waiting(body="undone")
    decide(client, comment, "reject")
    mine = comment.decisions.last()

    answer = client.post(UNDO, {"decision": mine.pk}, headers=SCRIPT)

    assert status(comment) == "pending"
    assert comment.decisions.last().undoes == mine
    assert "undone" in answer.json()["card"]
    assert answer.json()["undo"] is None


def test_undo_of_something_overtaken_is_refused_in_words(client, moderator):
    comment = make_waiting()
    decide(client, comment, "reject")
    mine = comment.decisions.last()
    moderation.approve(comment, by=make_moderator())

    answer = client.post(UNDO, {"decision": mine.pk})

    assert answer.status_code == 409
    assert "Something else has been decided since." in answer.content.decode()
    assert status(comment) == "published"


def test_nobody_undoes_another_moderators_decision(client, moderator):
    comment = make_waiting()
    theirs = moderation.approve(comment, by=make_moderator())

    assert client.post(UNDO, {"decision": theirs.pk}).status_code == 404
    assert status(comment) == "published"
