from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from comments import screening, text
from comments.models import (
    Comment,
    NewsroomHours,
    Phrase,
    Reason,
    Sanction,
    ScreenSetting,
)
from comments.screening import Outcome, Signs, Submission
from comments.screening.content import nearest
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


def test_more_than_one_may_have_to_be_published_first(settings):
    settings.COMMENT_FIRST_COUNT = 2
    commenter = make_trusted()
    assert find("first_comment", make_submission(commenter=commenter)) == [{}]

    make_comment(commenter=commenter)
    assert find("first_comment", make_submission(commenter=commenter)) == []


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


def make_submission(body="A thought.", *, commenter=None, **fields):
    commenter = commenter or make_trusted()
    return Submission(make_article(), commenter, body, **fields)


def find(screen_name, submission):
    """What one screen says, as its evidence."""
    verdict = screening.screen(submission)
    return [f.evidence for f in verdict.findings if f.screen == screen_name]


def test_phrases_say_where_they_stand():
    Phrase.objects.create(text="easy mon*", kind=Phrase.Kind.BANNED)
    commenter = make_commenter(user=make_user(display_name="Easy Money"))
    body = "Get e@sy  m0ney!"

    evidence = find("phrases", make_submission(body, commenter=commenter))

    said = {"text": "easy mon*", "kind": "banned"}
    at = [4, 15]
    assert evidence == [{"phrases": [said | {"at": at}, said | {"in": "name"}]}]
    assert body[slice(*at)] == "e@sy  m0ney"


def test_phrase_on_trial_is_recorded_and_does_not_act():
    Phrase.objects.create(text="casino", kind=Phrase.Kind.BANNED, is_on_trial=True)

    verdict = screen("A casino.")

    assert (verdict.outcome, verdict.reason) == (Outcome.PUBLISH, Reason.PASSED)
    kept = [(e["screen"], e["outcome"], e["mode"]) for e in verdict.as_evidence()]
    assert kept == [("phrases_on_trial", "reject", "shadow")]


@pytest.mark.parametrize(
    ("mode", "outcome", "kept"),
    [
        ("active", Outcome.HOLD, [None]),
        ("shadow", Outcome.PUBLISH, ["shadow"]),
        ("off", Outcome.PUBLISH, []),
    ],
)
def test_mode_says_whether_a_screen_acts(mode, outcome, kept):
    ScreenSetting.objects.create(screen="links", mode=mode)

    verdict = screen("https://a.example https://b.example")

    assert verdict.outcome == outcome
    assert [found.get("mode") for found in verdict.as_evidence()] == kept


def test_threshold_of_the_admin_rules():
    ScreenSetting.objects.create(screen="links", threshold=3)

    assert screen("https://a.example https://b.example").reason == Reason.PASSED


LONG = "The ferry to Kampong Cham leaves at seven, and again when the school is out."


@pytest.mark.parametrize(
    ("body", "similarity"),
    [
        (LONG, 1.0),
        (LONG.replace("seven", "eight"), 0.75),
        (f"I saw it. {LONG} Believe me.", 0.75),
    ],
)
def test_repeated_text_is_held(body, similarity):
    earlier = make_comment(body=LONG, fingerprint=text.fingerprint(LONG))

    (evidence,) = find("repeated", make_submission(body))

    assert evidence == {"comment": earlier.pk, "similarity": evidence["similarity"]}
    assert abs(evidence["similarity"] - similarity) < 0.13


def shingles(body):
    said = " ".join(body.split())
    return {said[n : n + 5] for n in range(len(said) - 4)}


TEXTS = st.text("abc ", min_size=5, max_size=60).filter(shingles)


@given(TEXTS, st.lists(TEXTS, max_size=8), st.floats(0.1, 1))
def test_likest_is_found_however_many_are_passed_over(body, bodies, similarity):
    """By Jaccard's index of what they are made of, five signs at a time."""
    found = nearest(body, dict(enumerate(bodies)), similarity)

    every = [
        len(shingles(body) & shingles(other)) / len(shingles(body) | shingles(other))
        for other in bodies
    ]
    assert found is None or found[0] == every[found[1]]
    likest = max(every, default=0)
    assert likest < similarity or found[0] == likest


@pytest.mark.parametrize(
    ("said", "fields", "body"),
    [
        ("Thank you very much!", {}, "Thank you very much!"),
        (LONG, {}, f"> {LONG}\n\nI doubt that the second one goes on every day."),
        (LONG, {"status": "withdrawn"}, LONG),
        (LONG, {"submitted_at": timezone.now() - timedelta(days=2)}, LONG),
        ("The well in the yard has a small plate with a year on it.", {}, LONG),
    ],
    ids=["short", "quoted", "withdrawn", "old", "different"],
)
def test_other_texts_are_not_repeated(said, fields, body):
    make_comment(body=said, fingerprint=text.fingerprint(said), **fields)

    assert find("repeated", make_submission(body)) == []


def test_own_old_text_is_remembered():
    commenter = make_trusted()
    old = timezone.now() - timedelta(days=60)
    make_comment(commenter=commenter, body=LONG, submitted_at=old)

    again = LONG.replace("seven", "eight")
    assert len(find("repeated", make_submission(again, commenter=commenter))) == 1


@pytest.mark.parametrize("same", ["voice", "network"])
def test_flood_of_a_voice_or_a_network_is_held(same, settings):
    settings.COMMENT_FLOOD_COUNT = 3
    commenter, address = make_trusted(), "198.51.100.7"
    fields = {"commenter": commenter} if same == "voice" else {"address": address}
    make_comment(**fields)  # the second: one more made it trusted
    submission = make_submission(commenter=commenter, address=address)
    assert find("flood", submission) == []

    make_comment(**fields)

    submission = make_submission(commenter=commenter, address=address)
    assert find("flood", submission) == [{"count": 3, "minutes": 10}]


@pytest.mark.parametrize(
    ("published", "rejected", "is_held"),
    [(0, 2, False), (2, 1, True), (3, 1, False), (0, 3, True)],
)
def test_offender_is_held_by_rate_with_three_decided(published, rejected, is_held):
    commenter = make_commenter(user=make_user())
    old = timezone.now() - timedelta(days=31)
    make_comment(commenter=commenter, status="rejected", submitted_at=old)
    make_comment(commenter=commenter, status="pending")
    for status, count in {"published": published, "rejected": rejected}.items():
        for _ in range(count):
            make_comment(commenter=commenter, status=status)

    evidence = find("offender", make_submission(commenter=commenter))

    decided = published + rejected
    found = {"decided": decided, "rejected": rejected, "days": 30}
    assert evidence == ([found] if is_held else [])


@pytest.mark.parametrize(("days", "is_held"), [(0, False), (7, True), (2, False)])
def test_new_account_is_held_where_it_is_looked_at(days, is_held, settings):
    settings.COMMENT_NEW_ACCOUNT_DAYS = days
    joined = timezone.now() - timedelta(days=3)
    commenter = make_commenter(user=make_user(date_joined=joined))

    found = find("new_account", make_submission(commenter=commenter))

    assert found == ([{"days": 3}] if is_held else [])


@pytest.mark.parametrize(
    ("seconds", "body", "is_held"),
    [
        (1.2, "x" * 41, True),
        (1.2, "x" * 40, False),
        (3.0, "x" * 41, False),
        (None, "x" * 41, False),
    ],
)
def test_typed_faster_than_anybody_is_held(seconds, body, is_held):
    signs = Signs(typing_seconds=seconds)

    assert bool(find("too_quick", make_submission(body, signs=signs))) is is_held


def test_trap_holds():
    verdict = screening.screen(make_submission(signs=Signs(trap="buy")))

    assert (verdict.outcome, verdict.reason) == (Outcome.HOLD, Reason.TRAP)


@pytest.mark.parametrize("otherwise", ["hold", "closed"])
def test_comment_out_of_hours_is_held(otherwise):
    NewsroomHours.objects.create(otherwise=otherwise)

    assert find("out_of_hours", make_submission()) == [{"state": otherwise}]


@pytest.mark.parametrize("count", [1, 5_000])
def test_screens_cost_the_same_queries(count, django_assert_num_queries):
    Phrase.objects.bulk_create(Phrase(text=f"word{n} more") for n in range(count))
    for look in screening.SCREENS:
        ScreenSetting.objects.create(screen=look.name)
    voice = make_trusted()
    submission = make_submission(
        f"word0 more. {LONG}", commenter=voice, voices=frozenset({voice.pk})
    )
    screening.screen(make_submission())

    # settings, which edition, hours, what is known of it; what was said, of the voice's
    # own and in the hour
    with django_assert_num_queries(6):
        verdict = screening.screen(submission)

    assert reasons(verdict) == [Reason.PHRASE]
