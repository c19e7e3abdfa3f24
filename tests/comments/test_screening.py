import pytest

from comments import screening
from comments.models import Comment, Phrase, Reason, Sanction
from comments.screening import Outcome, Submission
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_moderator,
    make_user,
)

pytestmark = pytest.mark.django_db


def screen(body="A thought.", *, commenter=None, **article):
    commenter = commenter or make_trusted()
    voices = frozenset({commenter.pk})
    return screening.screen(
        Submission(make_article(**article), commenter, body, voices)
    )


def make_trusted():
    """An account's voice that has been published before."""
    commenter = make_commenter(user=make_user())
    make_comment(commenter=commenter)
    return commenter


def reasons(verdict):
    return [finding.reason for finding in verdict.findings]


def test_trusted_voice_is_published():
    verdict = screen()

    assert (verdict.outcome, verdict.reason) == (Outcome.PUBLISH, Reason.PASSED)


def test_staff_is_never_held():
    Phrase.objects.create(text="viagra", kind=Phrase.Kind.BANNED)
    staff = make_commenter(user=make_moderator())

    verdict = screen("viagra https://a.example https://b.example", commenter=staff)

    assert verdict == screening.Verdict()


def test_first_comment_of_an_account_is_held():
    verdict = screen(commenter=make_commenter(user=make_user()))

    assert (verdict.outcome, reasons(verdict)) == (Outcome.HOLD, [Reason.FIRST_COMMENT])


def test_guest_is_held_even_when_published_before():
    guest = make_commenter()
    make_comment(commenter=guest)

    assert reasons(screen(commenter=guest)) == [Reason.UNCONFIRMED]


def test_two_links_are_held_with_their_addresses():
    verdict = screen("https://a.example and www.example.org")

    assert verdict.as_evidence() == [
        {
            "screen": "links",
            "outcome": "hold",
            "reason": "links",
            "evidence": {
                "count": 2,
                "links": ["https://a.example", "http://www.example.org"],
            },
        }
    ]


def test_one_link_passes():
    assert screen("https://a.example").outcome == Outcome.PUBLISH


def test_premoderated_article_holds():
    assert reasons(screen(commenting="premoderated")) == [Reason.PREMODERATED_ARTICLE]


def test_premoderated_commenter_is_held():
    commenter = make_trusted()
    Sanction.objects.create(
        commenter=commenter, kind=Sanction.Kind.PREMODERATION, reason="rude"
    )

    assert reasons(screen(commenter=commenter)) == [Reason.PREMODERATED_COMMENTER]


@pytest.mark.parametrize(
    ("phrase", "body", "is_found"),
    [
        ("casino", "The CASINO opened.", True),
        ("casino", "Casinos opened.", False),
        ("ass", "A class assignment.", False),
        ("easy money", "Easy,  money!", True),
        ("easy money", "easy come, money go", False),
        ("ＣＡＳＩＮＯ", "casino", True),
        ("ខ្មែរ", "ប្រជាជនខ្មែរនៅ", True),
    ],
)
def test_phrase_is_found_as_whole_words(phrase, body, is_found):
    Phrase.objects.create(text=phrase)

    assert (screen(body).reason == Reason.PHRASE) is is_found


def test_banned_phrase_rejects_and_every_reason_is_kept():
    Phrase.objects.create(text="viagra", kind=Phrase.Kind.BANNED)

    verdict = screen(
        "viagra at https://a.example https://b.example", commenter=make_commenter()
    )

    assert verdict.outcome.status == Comment.Status.REJECTED
    assert verdict.reason == Reason.PHRASE
    assert reasons(verdict) == [
        Reason.LINKS,
        Reason.PHRASE,
        Reason.FIRST_COMMENT,
        Reason.UNCONFIRMED,
    ]


def test_phrase_in_the_name_is_found():
    Phrase.objects.create(text="best casino")

    verdict = screen(commenter=make_commenter(name="Best Casino"))

    assert Reason.PHRASE in reasons(verdict)


@pytest.mark.parametrize("count", [1, 200])
def test_phrases_cost_one_query(count, django_assert_num_queries):
    Phrase.objects.bulk_create(
        Phrase(text=f"word{n} more", first_word=f"word{n}") for n in range(count)
    )
    submission = Submission(make_article(), make_trusted(), "word0 more or less")

    with django_assert_num_queries(1):
        assert screening.phrases(submission) is not None
