import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import refusals, submission
from comments.models import (
    MAX_DEPTH,
    Comment,
    Commenter,
    Discussion,
    Phrase,
    Revision,
    Sanction,
)
from comments.refusals import Sender
from comments.screening import Signs
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_moderator,
    make_user,
)
from tests.posting import post_reply

Status = Comment.Status
QUERIES_OF_A_COMMENT = 11


def make_trusted():
    commenter = make_commenter(user=make_user())
    make_comment(commenter=commenter)
    return commenter


def texts(comment):
    return list(comment.revisions.values_list("number", "body"))


def outcomes(comment):
    return list(comment.decisions.values_list("previous_status", "outcome", "reason"))


@pytest.mark.django_db
class TestSubmit:
    def test_trusted_voice_is_published_counted_and_recorded(self):
        article = make_article()

        comment = submission.submit(
            article, commenter=make_trusted(), body="I was *there*."
        )

        comment.refresh_from_db()
        assert comment.status == Status.PUBLISHED
        assert comment.body_html == "<p>I was <em>there</em>.</p>"
        assert texts(comment) == [(1, "I was *there*.")]
        assert outcomes(comment) == [("", "published", "passed")]
        discussion = Discussion.objects.get(article=article)
        assert (discussion.published_count, discussion.version) == (1, 1)

    def test_guest_is_held_saved_and_not_counted(self):
        guest = Commenter(name="Sok", email="sok@example.org")

        comment = submission.submit(make_article(), commenter=guest, body="Hello.")

        assert comment.status == Status.PENDING
        assert comment.commenter.pk is not None
        assert outcomes(comment) == [("", "pending", "first_comment")]
        assert not Discussion.objects.filter(published_count__gt=0).exists()

    def test_reply_knows_its_place(self):
        parent = make_comment()
        reply = submission.submit(
            parent.article, commenter=make_trusted(), body="Yes.", parent=parent
        )

        assert (reply.parent, reply.root, reply.depth) == (parent, parent, 2)
        assert reply.path == f"{parent.pk:08x}{reply.pk:08x}"

    @pytest.mark.parametrize(
        ("article", "words"),
        [
            ({"commenting": "closed"}, "Sorry, comments are closed for this item."),
            ({"status": "draft"}, "Sorry, comments are not allowed for this item."),
            (
                {"published_at": timezone.now() + timedelta(days=1)},
                "Sorry, comments are not allowed for this item.",
            ),
        ],
    )
    def test_closed_article_refuses(self, article, words):
        with pytest.raises(refusals.Closed, match=words):
            submission.submit(
                make_article(**article), commenter=make_commenter(), body="Hello."
            )

    @pytest.mark.parametrize("status", ["pending", "rejected", "withdrawn"])
    def test_reply_to_a_hidden_comment_is_refused(self, status):
        parent = make_comment(status=status)

        with pytest.raises(refusals.ParentHidden):
            submission.submit(
                parent.article, commenter=make_commenter(), body="Yes.", parent=parent
            )

    def test_reply_across_articles_is_refused(self):
        with pytest.raises(refusals.ParentHidden):
            submission.submit(
                make_article(),
                commenter=make_commenter(),
                body="Yes.",
                parent=make_comment(),
            )

    def test_reply_beyond_the_stored_depth_is_refused(self):
        parent = make_comment()
        Comment.objects.filter(pk=parent.pk).update(
            depth=MAX_DEPTH, root=parent.pk, parent=parent.pk
        )
        parent.refresh_from_db()

        with pytest.raises(refusals.ParentHidden):
            submission.submit(
                parent.article, commenter=make_commenter(), body="Yes.", parent=parent
            )

    def test_same_text_again_is_refused(self):
        article, commenter = make_article(), make_trusted()
        submission.submit(article, commenter=commenter, body="Said it.")

        with pytest.raises(refusals.Duplicate):
            submission.submit(article, commenter=commenter, body=" Said\n it. ")

    def test_same_guest_from_another_browser_is_refused(self):
        article = make_article()
        guest = Commenter(name="Sok", email="sok@example.org")
        submission.submit(article, commenter=guest, body="Hello.")

        again = Commenter(name="sok", email="SOK@example.org")
        with pytest.raises(refusals.Duplicate):
            submission.submit(article, commenter=again, body="Hello.")

    def test_same_text_may_be_said_elsewhere_or_after_withdrawing(self):
        commenter = make_trusted()
        first = submission.submit(make_article(), commenter=commenter, body="Yes.")
        submission.submit(make_article(), commenter=commenter, body="Yes.")
        submission.withdraw(first, voices={commenter.pk})

        again = submission.submit(first.article, commenter=commenter, body="Yes.")

        assert again.is_published

    @pytest.mark.parametrize("same", ["address", "voice"])
    def test_second_comment_within_seconds_is_refused(self, same, settings):
        settings.COMMENT_FLOOD_SECONDS = 15
        commenter = make_commenter(user=make_user())
        make_comment(commenter=commenter, address="198.51.100.7")
        sender = {
            "address": Sender(address="198.51.100.7"),
            "voice": Sender(voices=frozenset({commenter.pk})),
        }[same]

        with pytest.raises(refusals.TooFast, match="too quickly"):
            submission.submit(
                make_article(), commenter=make_commenter(), body="Me.", sender=sender
            )

    def test_moderators_may_be_quick(self, settings):
        settings.COMMENT_FLOOD_SECONDS = 15
        make_comment(address="198.51.100.7")

        comment = submission.submit(
            make_article(),
            commenter=make_commenter(user=make_moderator()),
            body="Please stay on topic.",
            sender=Sender(address="198.51.100.7"),
        )

        assert comment.is_published

    @pytest.mark.parametrize("kind", ["ban", "suspension"])
    def test_sanctioned_voice_is_refused_with_the_reason(self, kind):
        banned = make_commenter()
        Sanction.objects.create(
            commenter=banned,
            kind=kind,
            reason="threats",
            ends_at=timezone.now() + timedelta(days=2),
        )

        with pytest.raises(refusals.Sanctioned, match="threats"):
            submission.submit(
                make_article(),
                commenter=make_commenter(name="Another name"),
                body="Me again.",
                sender=Sender(voices=frozenset({banned.pk})),
            )


@pytest.mark.django_db(transaction=True)
def test_two_identical_posts_at_once_make_one_comment():
    article, results = make_article(), []
    barrier = threading.Barrier(4)

    def post():
        barrier.wait()
        try:
            guest = Commenter(name="Sok", email="sok@example.org")
            results.append(submission.submit(article, commenter=guest, body="Once."))
        except refusals.Duplicate as refusal:
            results.append(refusal)
        finally:
            connection.close()

    posts = [threading.Thread(target=post) for _ in range(4)]
    for thread in posts:
        thread.start()
    for thread in posts:
        thread.join()

    assert sorted(type(result).__name__ for result in results) == [
        "Comment",
        "Duplicate",
        "Duplicate",
        "Duplicate",
    ]
    assert (Comment.objects.count(), Commenter.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_database_refuses_the_same_digest_twice():
    make_comment(digest="same")

    with pytest.raises(IntegrityError):
        make_comment(digest="same")


@pytest.mark.django_db
class TestEdit:
    def edit(self, comment, body="Better said."):
        return submission.edit(comment, body=body, voices={comment.commenter_id})

    def test_new_text_is_a_new_revision(self):
        commenter = make_trusted()
        comment = make_comment(commenter=commenter, body="Said.")

        self.edit(comment)

        comment.refresh_from_db()
        assert texts(comment) == [(1, "Said."), (2, "Better said.")]
        assert comment.body_html == "<p>Better said.</p>"
        assert comment.is_published
        assert comment.edited_at is not None

    def test_edited_text_is_screened_again(self):
        comment = make_comment(commenter=make_trusted())
        discussion = Discussion.objects.get(article=comment.article)

        self.edit(comment, "https://a.example https://b.example")

        assert outcomes(comment) == [("published", "pending", "links")]
        before, now = discussion, Discussion.objects.get(pk=discussion.pk)
        assert now.published_count == before.published_count - 1

    def test_edit_cannot_stand_on_the_comment_itself_as_published_before(self):
        comment = make_comment(commenter=make_commenter(user=make_user()))

        self.edit(comment)

        assert outcomes(comment) == [("published", "pending", "first_comment")]

    def test_same_text_changes_nothing(self):
        comment = make_comment(body="Said.")

        self.edit(comment, "Said.")

        assert texts(comment) == [(1, "Said.")]

    def test_edit_after_the_window_is_refused(self):
        late = timezone.now() - timedelta(minutes=6)
        comment = make_comment(submitted_at=late)

        with pytest.raises(refusals.NotYours):
            self.edit(comment)

    @pytest.mark.parametrize("status", ["rejected", "withdrawn"])
    def test_settled_comment_cannot_be_edited(self, status):
        with pytest.raises(refusals.NotYours):
            self.edit(make_comment(status=status))

    def test_stranger_cannot_edit(self):
        with pytest.raises(refusals.NotYours):
            submission.edit(make_comment(), body="Mine now.", voices={0})

    def test_edit_into_a_duplicate_is_refused(self):
        commenter = make_trusted()
        article = make_article()
        submission.submit(article, commenter=commenter, body="One.")
        second = submission.submit(article, commenter=commenter, body="Two.")

        with pytest.raises(refusals.Duplicate):
            self.edit(second, "One.")

        second.refresh_from_db()
        assert (second.body, texts(second)) == ("Two.", [(1, "Two.")])


@pytest.mark.django_db
class TestWithdraw:
    def test_withdrawn_comment_leaves_the_count_and_a_record(self):
        comment = make_comment()

        submission.withdraw(comment, voices={comment.commenter_id})
        submission.withdraw(comment, voices={comment.commenter_id})

        assert comment.status == Status.WITHDRAWN
        assert outcomes(comment) == [("published", "withdrawn", "withdrawn")]
        assert Discussion.objects.get(article=comment.article).published_count == 0
        assert Revision.objects.filter(comment=comment).count() == 1

    def test_stranger_cannot_withdraw(self):
        with pytest.raises(refusals.NotYours):
            submission.withdraw(make_comment(), voices=set())


@pytest.mark.django_db
class TestSigns:
    def submit(self, **signs):
        commenter = make_trusted()
        sender = Sender(voices=frozenset({commenter.pk}), signs=Signs(**signs))
        return submission.submit(
            make_article(),
            commenter=commenter,
            body="A thought that takes a while to put down.",
            sender=sender,
        )

    @pytest.mark.parametrize(
        ("signs", "decided"),
        [
            ({"trap": "buy"}, ("", "pending", "trap")),
            ({"typing_seconds": 0.4}, ("", "pending", "too_quick")),
            ({"typing_seconds": 30.0}, ("", "published", "passed")),
            ({}, ("", "published", "passed")),
        ],
    )
    def test_how_the_form_was_filled_in_is_screened(self, signs, decided):
        assert outcomes(self.submit(**signs)) == [decided]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("subject", "buy", ["trap"]),
        ("typing_seconds", "0.4", ["too_quick"]),
        ("typing_seconds", "nan", []),
        ("typing_seconds", "soon", []),
    ],
)
def test_reply_form_carries_the_signs(client, field, value, found):
    text = "A thought that takes a while to put down."
    fields = {"comment": text, field: value}
    assert post_reply(client, make_article(), **fields).status_code == 302

    (decision,) = Comment.objects.get().decisions.all()
    screens = [f["screen"] for f in decision.evidence]
    assert [s for s in screens if s in {"trap", "too_quick"}] == found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [1, 5_000])
def test_posting_costs_the_same_with_many_phrases(count):
    Phrase.objects.bulk_create(Phrase(text=f"word{n} more") for n in range(count))
    commenter, article = make_trusted(), make_article()
    submission.submit(make_article(), commenter=make_trusted(), body="Warm.")

    with CaptureQueriesContext(connection) as queries:
        submission.submit(article, commenter=commenter, body="word0 more")

    assert len(queries) == QUERIES_OF_A_COMMENT
