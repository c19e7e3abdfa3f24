"""Word from the moderators, and the commenter's one word against it."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles import editions
from comments import appeals, links, moderation, shelf
from comments.models import Appeal, Comment, Discussion, Reason
from comments.moderation import Grounds
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_editor,
    make_moderator,
    make_user,
)
from tests.posting import post, post_reply

pytestmark = pytest.mark.django_db
Status = Comment.Status
DESK = reverse("admin:comments_appeals")


def make_rejected(*, by=None, is_automatic=False, **fields):
    """A comment that somebody, or the system, has rejected."""
    comment = make_comment(**fields)
    by = None if is_automatic else by or make_moderator()
    grounds = Grounds(Reason.OFF_TOPIC, "Please read the piece.")
    moderation.decide(comment, Status.REJECTED, by=by, grounds=grounds)
    return comment


def own_address(comment):
    return reverse("comments:own", args=[links.to_comment(comment)])


def decide_address(appeal):
    return reverse("admin:comments_appeal_decide", args=[appeal.pk])


# Filing


def test_appeal_is_filed_against_the_rejection():
    comment = make_rejected()

    appeal = appeals.file(comment, text="I did read it.")

    assert (appeal.decision, appeal.commenter, appeal.text, appeal.outcome) == (
        comment.decisions.get(),
        comment.commenter,
        "I did read it.",
        "open",
    )


def test_decision_is_appealed_once():
    comment = make_rejected()
    appeal = appeals.file(comment, text="I did read it.")

    with pytest.raises(appeals.AlreadyAppealed):
        appeals.file(comment, text="Again.")
    appeals.uphold(appeal, by=make_moderator(), answer="You did not.")
    with pytest.raises(appeals.AlreadyAppealed):
        appeals.file(comment, text="And again.")


@pytest.mark.parametrize("status", [Status.PENDING, Status.PUBLISHED, Status.WITHDRAWN])
def test_only_a_rejection_is_appealed(status):
    with pytest.raises(appeals.NothingToAppeal):
        appeals.file(make_comment(status=status), text="Why?")


def test_appeal_comes_too_late_after_half_a_year():
    comment = make_rejected()

    with (
        time_machine.travel(timezone.now() + timedelta(days=184)),
        pytest.raises(appeals.TooLate),
    ):
        appeals.file(comment, text="At last.")


def test_second_rejection_can_be_appealed_in_its_turn():
    comment = make_rejected()
    first = appeals.file(comment, text="I did read it.")
    appeals.reverse(first, by=make_moderator(), answer="You are right.")
    moderation.reject(comment, by=make_moderator(), reason=Reason.SPAM)

    second = appeals.file(comment, text="It is no spam.")

    assert first.decision != second.decision


def test_undone_approval_leaves_the_rejection_to_be_appealed_and_explained(client):
    first, second = make_moderator(), make_moderator()
    comment = make_rejected(by=first)
    rejection = comment.decisions.get()
    approval = moderation.approve(comment, by=second)

    moderation.undo(approval, by=second)

    page = client.get(own_address(comment)).content.decode()
    assert "The reason: off topic. Please read the piece." in page
    appeal = appeals.file(comment, text="I did read it.")
    assert appeal.decision == rejection
    assert not appeals.may_decide(appeal, first)
    assert appeals.may_decide(appeal, second)


def test_ignored_flags_leave_the_rejection_to_be_appealed_and_explained(client):
    comment = make_rejected()
    rejection = comment.decisions.get()
    comment.flags.create(commenter=make_commenter(), reason="spam")

    moderation.ignore_flags(comment, by=make_moderator())

    page = client.get(own_address(comment)).content.decode()
    assert "The reason: off topic. Please read the piece." in page
    assert appeals.appealable(comment) == rejection


# Deciding


def test_reversal_publishes_by_a_new_decision():
    comment, judge = make_rejected(), make_moderator()
    appeal = appeals.file(comment, text="I did read it.")

    appeals.reverse(appeal, by=judge, answer="You are right.")

    comment.refresh_from_db()
    last = comment.decisions.last()
    assert comment.is_published
    assert (last.moderator, last.reason, last.source, last.words) == (
        judge,
        "appeal",
        "appeal",
        "You are right.",
    )
    assert (appeal.outcome, appeal.decided_by) == ("reversed", judge)
    assert Discussion.objects.get(article=comment.article).published_count == 1


def test_undone_reversal_leaves_the_appeal_to_be_answered():
    comment, judge = make_rejected(), make_moderator()
    appeal = appeals.file(comment, text="I did read it.")
    appeals.reverse(appeal, by=judge, answer="You are right.")

    moderation.undo(comment.decisions.last(), by=judge)

    appeal.refresh_from_db()
    assert (appeal.outcome, appeal.answer) == ("open", "")
    assert (appeal.decided_by, appeal.decided_at) == (None, None)
    appeals.uphold(appeal, by=judge, answer="You did not.")


def test_upheld_decision_stands():
    comment, judge = make_rejected(), make_moderator()
    appeal = appeals.file(comment, text="I did read it.")

    appeals.uphold(appeal, by=judge, answer="You did not.")

    comment.refresh_from_db()
    assert comment.status == Status.REJECTED
    assert comment.decisions.count() == 1
    assert (appeal.outcome, appeal.answer) == ("upheld", "You did not.")
    assert appeal.decided_at is not None


@pytest.mark.parametrize("verb", [appeals.uphold, appeals.reverse])
def test_nobody_judges_their_own_decision(verb):
    moderator = make_moderator()
    appeal = appeals.file(make_rejected(by=moderator), text="Why?")

    with pytest.raises(appeals.NotYourself):
        verb(appeal, by=moderator, answer="Because.")

    appeal.refresh_from_db()
    assert appeal.outcome == Appeal.Outcome.OPEN


def test_anybody_judges_the_systems_decisions():
    appeal = appeals.file(make_rejected(is_automatic=True), text="Why?")

    assert appeals.uphold(appeal, by=make_moderator(), answer="Because.")


@pytest.mark.parametrize("verb", [appeals.uphold, appeals.reverse])
def test_appeal_is_answered_once(verb):
    comment = make_rejected()
    stale = appeals.file(comment, text="Why?")
    appeals.uphold(
        Appeal.objects.get(pk=stale.pk), by=make_moderator(), answer="Because."
    )

    with pytest.raises(appeals.AlreadyDecided):
        verb(stale, by=make_moderator(), answer="Otherwise.")

    assert Appeal.objects.get().answer == "Because."


def test_no_appeal_ends_without_an_answer():
    appeal = appeals.file(make_rejected(), text="Why?")

    with pytest.raises(IntegrityError):
        appeals.uphold(appeal, by=make_moderator(), answer="")


# The commenter's page


def test_waiting_guest_is_offered_a_link_that_needs_no_cookie(client):
    post_reply(client, make_article())
    comment = Comment.objects.get()
    page = client.get(comment.article.get_absolute_url()).content.decode()
    assert "Keep this link to see what becomes of your comment" in page
    address = page.split('class="own-link"><a rel="nofollow" href="')[1].split('"')[0]

    client.cookies.clear()
    answer = client.get(address)

    assert "Your comment is awaiting moderation." in answer.content.decode()
    assert "private" in answer["Cache-Control"]
    assert "no-store" in answer["Cache-Control"]


def test_strangers_are_offered_nobodys_link(client):
    comment = make_comment(status=Status.PENDING)
    make_comment(article=comment.article)

    page = client.get(comment.article.get_absolute_url()).content.decode()

    assert "comments/own/" not in page


def test_own_page_says_what_was_decided_and_takes_the_appeal(client):
    comment = make_rejected()
    address = own_address(comment)
    page = client.get(address).content.decode()
    assert "The reason: off topic. Please read the piece." in page
    assert "Send the appeal" in page

    answer = post(client, address, {"text": "I did read it."})

    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "You appealed on" in page
    assert "<p>I did read it.</p>" in page
    assert "The moderators have not answered yet." in page
    assert "Send the appeal" not in page
    assert Appeal.objects.get().text == "I did read it."


@pytest.mark.parametrize(
    ("data", "words"), [({}, "Please say why."), ({"text": "x" * 2_001}, "2000")]
)
def test_appeal_without_or_with_too_many_words_is_422(client, data, words):
    answer = post(client, own_address(make_rejected()), data)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Appeal.objects.exists()


def test_second_appeal_is_refused_in_words_with_the_text_kept(client):
    address = own_address(make_rejected())
    post(client, address, {"text": "I did read it."})

    answer = post(client, address, {"text": "Once <more>."})

    assert answer.status_code == 403
    assert "You have appealed this decision already." in answer.content.decode()
    assert "Once &lt;more&gt;." in answer.content.decode()


def test_appeal_from_elsewhere_is_403_with_the_text_kept(client):
    address, evil = own_address(make_rejected()), "https://evil.example"

    answer = post(client, address, {"text": "Not mine."}, origin=evil)

    assert answer.status_code == 403
    assert "Not mine." in answer.content.decode()
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("salt", ["comments.links.flag", "another"])
def test_forged_link_to_a_comment_leads_nowhere(client, salt):
    token = signing.dumps(make_rejected().pk, salt=salt)
    address = reverse("comments:own", args=[token])

    assert client.get(address).status_code == 404
    assert post(client, address, {"text": "Why?"}).status_code == 404


def test_own_page_shows_no_address_and_no_moderator(client):
    comment = make_rejected(commenter=make_commenter(email="held@example.org"))
    appeal = appeals.file(comment, text="I did read it.")
    judge = make_moderator(display_name="Judith Judge")
    appeals.uphold(appeal, by=judge, answer="You did not.")

    page = client.get(own_address(comment)).content.decode()

    assert "You did not." in page
    for secret in ("@example.org", "Mona Moderator", "Judith Judge"):
        assert secret not in page


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (appeals.uphold, "The decision stands."),
        (appeals.reverse, "The decision was reversed."),
    ],
)
def test_commenter_reads_the_answer_at_my_comments_and_on_the_own_page(
    client, verb, words
):
    voice = make_commenter(user=make_user())
    comment = make_rejected(commenter=voice)
    appeal = appeals.file(comment, text="I did read it.")
    verb(appeal, by=make_moderator(), answer="This is why.")
    client.force_login(voice.user)

    for address in (reverse("comments:mine"), own_address(comment)):
        page = client.get(address).content.decode()
        assert words in page
        assert "This is why." in page


def test_withdrawn_comment_has_no_page(client):
    comment = make_comment(status=Status.WITHDRAWN)

    assert client.get(own_address(comment)).status_code == 404


def test_hidden_comment_is_explained_to_its_commenter(client):
    comment = make_comment()
    moderation.decide(comment, Status.PENDING, by=None, grounds=Grounds(Reason.FLAGGED))

    page = client.get(own_address(comment)).content.decode()

    assert "Readers have reported your comment." in page


def test_my_comments_cost_the_same_for_many(client, django_assert_max_num_queries):
    voice = make_commenter(user=make_user())
    for _ in range(5):
        comment = make_rejected(commenter=voice)
        appeals.file(comment, text="I did read it.")
    client.force_login(voice.user)

    with django_assert_max_num_queries(10):
        client.get(reverse("comments:mine"))


# The moderators' queue


@pytest.fixture
def desk(client):
    client.moderator = make_moderator(display_name="Judith Judge")
    client.force_login(client.moderator)
    return client


def test_queue_shows_comment_decision_and_appeal_the_oldest_first(desk):
    comments = [make_rejected(body=f"Remark {n}.") for n in (1, 2)]
    for comment in comments:
        appeals.file(comment, text=f"On {comment.body}")

    page = desk.get(DESK).content.decode()

    for words in ("Remark 1.", "off topic", "Please read the piece.", "On Remark 2."):
        assert words in page
    assert page.index("On Remark 1.") < page.index("On Remark 2.")
    assert "2 open appeals" in page
    assert 'aria-current="page"' in page


@pytest.mark.parametrize(
    ("verb", "status"), [("uphold", Status.REJECTED), ("reverse", Status.PUBLISHED)]
)
def test_moderator_answers_an_appeal(desk, verb, status):
    comment = make_rejected()
    appeal = appeals.file(comment, text="I did read it.")

    answer = desk.post(decide_address(appeal), {"verb": verb, "answer": "So it is."})

    comment.refresh_from_db()
    assert answer["Location"] == DESK
    assert comment.status == status
    assert "I did read it." not in desk.get(DESK).content.decode()


def test_appeal_against_ones_own_decision_has_no_buttons(desk):
    appeal = appeals.file(make_rejected(by=desk.moderator), text="Why?")

    page = desk.get(DESK).content.decode()
    assert "somebody else has to answer" in page
    assert decide_address(appeal) not in page

    refused = desk.post(decide_address(appeal), {"verb": "uphold", "answer": "No."})
    assert refused.status_code == 409
    assert "Somebody else has to decide on this appeal." in refused.content.decode()


def test_answer_without_words_is_422(desk):
    appeal = appeals.file(make_rejected(), text="Why?")

    answer = desk.post(decide_address(appeal), {"verb": "reverse"})

    assert answer.status_code == 422
    assert "Please say why, in an answer." in answer.content.decode()


def test_answer_to_an_answered_appeal_is_kept_and_refused(desk):
    appeal = appeals.file(make_rejected(), text="Why?")
    desk.get(DESK)
    appeals.uphold(
        Appeal.objects.get(pk=appeal.pk), by=make_moderator(), answer="Because."
    )

    answer = desk.post(decide_address(appeal), {"verb": "reverse", "answer": "Oh."})

    assert answer.status_code == 409
    assert "This appeal has been answered already." in answer.content.decode()


@pytest.mark.parametrize("make_person", [make_editor, make_user])
def test_appeals_are_the_moderators(client, make_person):
    appeal = appeals.file(make_rejected(), text="Why?")
    client.force_login(make_person())

    data = {"verb": "reverse", "answer": "Mine now."}
    assert client.get(DESK).status_code in {302, 403}
    assert client.post(decide_address(appeal), data).status_code in {302, 403}

    appeal.refresh_from_db()
    assert appeal.outcome == Appeal.Outcome.OPEN


def count_queries(client, address):
    shelf.clear()
    editions.forget()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_queue_costs_the_same_for_one_and_for_many(desk):
    appeals.file(make_rejected(), text="Why?")
    desk.get(DESK)
    one = count_queries(desk, DESK)
    for _ in range(4):
        voice = make_commenter(user=make_user())
        appeals.file(make_rejected(commenter=voice), text="Why?")

    assert count_queries(desk, DESK) == one


# Featured comments


def test_featured_comments_stand_on_top_and_are_marked(client):
    editor = make_moderator()
    first = make_comment(body="Well *said*.")
    article = first.article
    rest = [make_comment(article=article) for _ in range(3)]
    for comment in [first, *rest]:
        moderation.feature(comment, by=editor)

    page = client.get(article.get_absolute_url()).content.decode()

    picks = page.split('class="picks"')[1].split("</section>")[0]
    places = [picks.index(comment.get_absolute_url()) for comment in reversed(rest)]
    assert places == sorted(places)  # the latest choice first, and three at most
    assert first.get_absolute_url() not in picks
    assert page.count('class="badge badge-pick"') == 4


def test_picks_stand_on_the_first_page_alone(client, settings):
    settings.COMMENT_THREADS_PER_PAGE = 1
    picked = make_comment()
    later = make_comment(article=picked.article)
    moderation.feature(picked, by=make_moderator())
    address = picked.article.get_absolute_url()

    assert 'class="picks"' in client.get(address).content.decode()
    for query in (f"?from={later.pk}", f"?thread={picked.pk}"):
        assert 'class="picks"' not in client.get(address + query).content.decode()


def test_rejected_pick_is_not_shown(client):
    picked = make_comment()
    moderation.feature(picked, by=make_moderator())
    moderation.reject(picked, by=make_moderator(), reason=Reason.SPAM)

    page = client.get(picked.article.get_absolute_url()).content.decode()

    assert "Editors’ pick" not in page


def test_picks_cost_one_query_however_many(client):
    comments = [make_comment()]
    comments += [make_comment(article=comments[0].article) for _ in range(5)]
    address = comments[0].article.get_absolute_url()
    before = count_queries(client, address)

    for comment in comments:
        moderation.feature(comment, by=make_moderator())
        assert count_queries(client, address) == before + 1
