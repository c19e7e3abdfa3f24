"""The commenter's verbs: submit, edit, withdraw.

Where a comment is not taken, each raises a ``refusals.Refusal`` and writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import prepared
from articles.models import Article
from comments import (
    moderation,
    policies,
    refusals,
    rendering,
    reports,
    scoring,
    screening,
    text,
)
from comments.models import Comment, Commenter, Reason, Revision
from comments.moderation import Grounds, Source
from comments.refusals import UNKNOWN_SENDER, Sender
from comments.screening import Submission, Verdict


def submit(
    article: Article,
    *,
    commenter: Commenter,
    body: str,
    parent: Comment | None = None,
    sender: Sender = UNKNOWN_SENDER,
) -> Comment:
    """Take a comment: screened, then published, held or rejected, as one row.

    Whatever can be asked and made beforehand is, so that the transaction is short.
    ``commenter`` may be unsaved; it is saved with its first comment. Raises Refusal.
    """
    comment = Comment(article=article, commenter=commenter, parent=parent, body=body)
    comment.digest = digest(comment)
    submission = Submission(
        article,
        commenter,
        body,
        sender.voices,
        address=sender.address,
        signs=sender.signs,
        digest=comment.digest,
    )
    _refuse(submission, parent, sender)
    verdict = screening.screen(submission)
    comment.status, comment.fingerprint = verdict.outcome.status, submission.fingerprint
    comment.address, comment.agent = sender.address, sender.agent[:254]
    comment.body_html = rendering.render(body)
    with _said_once(), transaction.atomic():
        _write(comment, verdict)
    return comment


@transaction.atomic
def edit(comment: Comment, *, body: str, voices: Collection[int]) -> Comment:
    """Give ``comment`` a new text: a new revision, screened like a new comment.

    What reports have hidden stays so. Raises Refusal. The same text again changes
    nothing.
    """
    moderation.lock(comment)
    refusals.refuse_sanctioned(voices)
    if not policies.may_edit(comment, voices):
        raise refusals.NotYours(_("This comment can no longer be edited."))
    if body == comment.body:
        return comment
    verdict = screening.screen(
        Submission(comment.article, comment.commenter, body, frozenset(voices), comment)
    )
    if comment.is_pending and (reported := reports.finding(comment)):
        verdict = Verdict((reported, *verdict.findings))
    previous, comment.status = comment.status, verdict.outcome.status
    comment.body, comment.body_html = body, rendering.render(body)
    comment.digest, comment.fingerprint = digest(comment), text.fingerprint(body)
    comment.revision_number += 1
    comment.edited_at = timezone.now()
    with _said_once(), transaction.atomic():
        comment.save()
    _record(comment, verdict, previous=previous)
    return comment


@transaction.atomic
def withdraw(comment: Comment, *, voices: Collection[int]) -> None:
    """Take ``comment`` back. A second time changes nothing; raises Refusal."""
    moderation.lock(comment)
    if comment.status == Comment.Status.WITHDRAWN and comment.commenter_id in voices:
        return
    if not policies.may_withdraw(comment, voices):
        raise refusals.NotYours(_("This comment cannot be withdrawn from here."))
    previous, comment.status = comment.status, Comment.Status.WITHDRAWN
    comment.save(update_fields=["status"])
    grounds = Grounds(Reason.WITHDRAWN, source=Source.COMMENTER)
    moderation.record(comment, previous=previous, by=None, grounds=grounds)


def digest(comment: Comment) -> str:
    """What one person would send twice, as 64 hex digits (SHA-256).

    Article, place, person and text. A guest is a name and an e-mail here, whatever
    the case: a second click comes before the browser has its cookie.
    """
    voice = comment.commenter
    person = (
        f"account {voice.user_id}"
        if voice.user_id
        else f"guest {text.fold(voice.name)} {voice.email.casefold()}"
    )
    said = " ".join(comment.body.split())
    parts = [str(comment.article_id), str(comment.parent_id), person, said]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _refuse(submission: Submission, parent: Comment | None, sender: Sender) -> None:
    article, commenter = submission.article, submission.commenter
    refusals.refuse_closed(article)
    refusals.refuse_out_of_hours(article, commenter)
    record = submission.record
    if record.may_be_sanctioned:
        refusals.refuse_sanctioned(sender.voices, sender.account or commenter)
    refusals.refuse_parent(parent, article)
    refusals.refuse_duplicate(record)
    refusals.refuse_flood(record, commenter)


def _write(comment: Comment, verdict: Verdict) -> None:
    commenter, parent = comment.commenter, comment.parent
    commenter.keep()
    comment.commenter = commenter  # and its key
    comment.pk = prepared.next_key(Comment)
    comment.path = f"{parent.path if parent else ''}{comment.pk:08x}"
    if parent and parent.root_id:
        comment.root_id = parent.root_id
    elif parent:
        comment.root = parent
    if parent:
        comment.depth = parent.depth + 1
    prepared.insert(comment)
    _record(comment, verdict)


@contextmanager
def _said_once() -> Iterator[None]:
    """The same post at the same moment is refused as it would be a moment later."""
    try:
        yield
    except IntegrityError as error:
        if "digest" in str(error) or "comment_said_once" in str(error):
            raise refusals.already_said() from error
        raise


def _record(comment: Comment, verdict: Verdict, *, previous: str = "") -> None:
    comment.written = Revision(
        comment=comment, number=comment.revision_number, body=comment.body
    )
    prepared.insert(comment.written)
    moderation.record(
        comment,
        previous=previous,
        by=None,
        grounds=Grounds.of(verdict),
    )
    if names := verdict.questions:
        ask = partial(scoring.ask.enqueue, comment.pk, comment.version, names)
        transaction.on_commit(ask)
