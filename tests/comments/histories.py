"""Random histories of a discussion: every verb, by several actors, checked each step.

``pytest tests/comments/test_histories.py`` drives them; HISTORIES says how many.
"""

import contextlib
import copy
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from comments import (
    appeals,
    moderation,
    reconciliation,
    refusals,
    reports,
    submission,
)
from comments.models import (
    Appeal,
    Comment,
    Discussion,
    Flag,
    ModerationDecision,
    Phrase,
    Reason,
)
from tests.factories import make_article, make_commenter, make_moderator, make_user

SENTENCES = [
    "Yes.",
    "No.",
    "Perhaps.",
    "Look: https://a.example and https://b.example",  # held
    "Come to the casino.",  # rejected
]
SENTENCE = st.sampled_from(SENTENCES)
VOICE = st.integers(0, 4)
REPORTER = st.integers(0, 3)
MODERATOR = st.integers(0, 1)
REASONS = [
    Flag.FlagReason.SPAM,
    Flag.FlagReason.ABUSIVE,
    Flag.FlagReason.ARTICLE_ERROR,
]


class World:
    """Who acts: made once, before the histories that all begin with it."""

    def __init__(self):
        self.moderators = [make_moderator(), make_moderator()]
        self.articles = [make_article(), make_article()]
        Phrase.objects.create(text="casino", kind=Phrase.Kind.BANNED)
        trusted = [make_commenter(user=make_user()) for _ in range(2)]
        for voice in trusted:
            first = submission.submit(make_article(), commenter=voice, body="Hello.")
            moderation.approve(first, by=self.moderators[0])
        staff = make_commenter(user=self.moderators[1])
        self.voices = [*trusted, staff, make_commenter(), make_commenter()]
        self.reporters = [make_commenter(user=make_user()) for _ in range(3)]
        self.reporters.append(make_commenter())


@dataclass(frozen=True)
class Card:
    """A comment as a moderator's screen has it, which may be from long ago."""

    comment: Comment
    seen: int


class Histories(RuleBasedStateMachine):
    """One history; whatever it wrote is rolled back at its end."""

    comments = Bundle("comments")
    cards = Bundle("cards")
    decisions = Bundle("decisions")

    def __init__(self, world):
        super().__init__()
        self.world = world
        self.before = {}  # what each person's decision found
        self.pages = {}
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # --- Commenters and readers ---------------------------------------------------

    @initialize(target=comments, voice=st.integers(0, 1), reporter=REPORTER)
    def begin(self, voice, reporter):
        """Published and reported: most verbs need something to stand on."""
        pk = self._submit(self.world.articles[0], voice, "I was first.")
        self.flag(pk, reporter, Flag.FlagReason.SPAM)
        return pk

    @rule(target=comments, where=st.integers(0, 1), voice=VOICE, body=SENTENCE)
    def submit(self, where, voice, body):
        return self._submit(self.world.articles[where], voice, body)

    @rule(target=comments, parent=comments, voice=VOICE, body=SENTENCE)
    def reply(self, parent, voice, body):
        parent = Comment.objects.get(pk=parent)
        return self._submit(parent.article, voice, body, parent)

    @rule(pk=comments, body=SENTENCE, is_own=st.booleans())
    def edit(self, pk, body, is_own):
        comment = Comment.objects.get(pk=pk)
        self._unless_refused(
            lambda: submission.edit(comment, body=body, voices=_voices(comment, is_own))
        )

    @rule(pk=comments, is_own=st.booleans())
    def withdraw(self, pk, is_own):
        comment = Comment.objects.get(pk=pk)
        self._unless_refused(
            lambda: submission.withdraw(comment, voices=_voices(comment, is_own))
        )

    @rule(pk=comments, reporter=REPORTER, reason=st.sampled_from(REASONS))
    def flag(self, pk, reporter, reason):
        comment = Comment.objects.get(pk=pk)
        by = self.world.reporters[reporter]
        self._unless_refused(lambda: reports.flag(comment, by=by, reason=reason))

    @rule(pk=comments)
    def appeal(self, pk):
        comment = Comment.objects.get(pk=pk)
        with contextlib.suppress(appeals.Inadmissible):
            appeals.file(comment, text="I meant well.")
            assert comment.status == Comment.Status.REJECTED

    # --- Moderators ---------------------------------------------------------------

    @initialize(target=cards)
    def open_the_desk(self):
        pk = self._submit(self.world.articles[1], 3, "Please read me.")
        return self.look(pk)

    @rule(target=decisions, pk=comments, moderator=MODERATOR, is_approved=st.booleans())
    def decide(self, pk, moderator, is_approved):
        return self._answer(Comment.objects.get(pk=pk), moderator, is_approved)

    @rule(target=cards, pk=comments)
    def look(self, pk):
        comment = Comment.objects.get(pk=pk)
        return Card(comment, comment.version)

    @rule(card=cards, moderator=MODERATOR, is_approved=st.booleans())
    def decide_what_was_seen(self, card, moderator, is_approved):
        on_screen = copy.copy(card.comment)
        now = Comment.objects.get(pk=card.comment.pk)
        decided = now.decisions.count()
        try:
            self._answer(on_screen, moderator, is_approved, seen=card.seen)
        except moderation.Stale as stale:
            is_told = stale.since.exists()
            assert (now.version > card.seen, is_told) == (True, True)
            assert now.decisions.count() == decided
        else:
            assert now.version == card.seen

    @rule(target=decisions, pk=comments, moderator=MODERATOR)
    def ignore_flags(self, pk, moderator):
        comment = Comment.objects.get(pk=pk)
        by = self.world.moderators[moderator]
        return self._remember(comment, lambda: moderation.ignore_flags(comment, by=by))

    @rule(pk=decisions, moderator=MODERATOR)
    def undo(self, pk, moderator):
        decision = ModerationDecision.objects.get(pk=pk)
        is_possible = decision == decision.comment.decisions.last()
        try:
            undone = moderation.undo(decision, by=self.world.moderators[moderator])
        except moderation.CannotUndo:
            assert not is_possible
        else:
            assert is_possible
            self._assert_undone(undone)

    @rule(pk=comments, moderator=MODERATOR)
    def undo_the_systems(self, pk, moderator):
        decision = ModerationDecision.objects.filter(comment=pk).first()
        with contextlib.suppress(moderation.CannotUndo):
            moderation.undo(decision, by=self.world.moderators[moderator])
            raise AssertionError("A person undid what a screen decided.")

    @rule(pk=comments, moderator=MODERATOR)
    def restore(self, pk, moderator):
        comment = Comment.objects.get(pk=pk)
        found = _state(comment)
        done = moderation.restore(comment, by=self.world.moderators[moderator])
        assert (done is None) == (found[0] != Comment.Status.REJECTED)
        if done and done.undoes_id:
            self._assert_undone(done)
        elif done:
            self.before[done.pk] = found

    @rule(target=decisions, pk=comments, moderator=MODERATOR, stands=st.booleans())
    def answer_appeal(self, pk, moderator, stands):
        appeal = Appeal.objects.filter(decision__comment=pk).last()
        if appeal is None:
            return multiple()
        verb = appeals.uphold if stands else appeals.reverse
        by = self.world.moderators[moderator]
        found, last = _state(appeal.decision.comment), _last(pk)
        with contextlib.suppress(appeals.Inadmissible):
            verb(appeal, by=by, answer="We looked again.")
            assert appeal.decision.moderator != by
        if _last(pk) == last:
            return multiple()
        self.before[_last(pk).pk] = found
        return _last(pk).pk

    @rule(pk=comments, moderator=MODERATOR, is_featured=st.booleans())
    def feature(self, pk, moderator, is_featured):
        by = self.world.moderators[moderator]
        comment = Comment.objects.get(pk=pk)
        moderation.feature(comment, by=by, is_featured=is_featured)

    # --- What holds after each ----------------------------------------------------

    @invariant()
    def what_is_stored_was_computed(self):
        assert [str(problem) for problem in reconciliation.find_problems()] == []

    @invariant()
    def versions_move_with_every_visible_change(self):
        for article in self.world.articles:
            version, page = _version(article), _page(article)
            earlier, shown = self.pages.get(article.pk, (version, page))
            assert version >= earlier
            assert version > earlier or page == shown
            self.pages[article.pk] = (version, page)

    # --- How ----------------------------------------------------------------------

    def _submit(self, article, voice, body, parent=None):
        said = self._unless_refused(
            lambda: submission.submit(
                article, commenter=self.world.voices[voice], body=body, parent=parent
            )
        )
        return said.pk if said else multiple()

    @staticmethod
    def _unless_refused(verb):
        try:
            return verb()
        except refusals.Refusal:
            return None

    def _answer(self, comment, moderator, is_approved, *, seen=None):
        by = self.world.moderators[moderator]
        verb = partial(moderation.reject, reason=Reason.SPAM)
        if is_approved:
            verb = moderation.approve
        return self._remember(comment, lambda: verb(comment, by=by, seen=seen))

    def _remember(self, comment, verb):
        """A decision answers all the flags; what it found is for its undoing."""
        found = _state(comment)
        decision = verb()
        if decision:
            self.before[decision.pk] = found
            assert not comment.flags.for_moderators().open().exists()
        return decision.pk if decision else multiple()

    def _assert_undone(self, undone):
        status, flags = self.before[undone.undoes_id]
        now, open_ = _state(undone.comment)
        assert now == status
        assert open_ >= flags


def _voices(comment, is_own):
    return {comment.commenter_id} if is_own else {0}


def _last(pk):
    return ModerationDecision.objects.filter(comment=pk).last()


def _state(comment):
    """The stored status, and the kinds of its open flags: reporter and reason."""
    status = Comment.objects.values_list("status", flat=True).get(pk=comment.pk)
    flags = comment.flags.open().values_list("commenter", "reason")
    return status, set(flags)


def _version(article):
    rows = Discussion.objects.filter(article=article).values_list("version", flat=True)
    return rows.first() or 0


def _page(article):
    published = Comment.objects.published().filter(article=article).order_by("pk")
    return list(published.values_list("pk", "body", "featured_at"))
