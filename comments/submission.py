"""The commenter's verbs: submit, edit, withdraw.

Where a comment is not taken, each raises a ``refusals.Refusal`` and writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article
from comments import (
    moderation,
    policies,
    refusals,
    rendering,
    scoring,
    screening,
    text,
)
from comments.models import Comment, Commenter, Reason, Revision
from comments.moderation import Grounds, Source
from comments.refusals import UNKNOWN_SENDER, Sender
from comments.screening import Submission


@transaction.atomic
def submit(
    article: Article,
    *,
    commenter: Commenter,
    body: str,
    parent: Comment | None = None,
    sender: Sender = UNKNOWN_SENDER,
) -> Comment:
    """Take a comment: screened, then published, held or rejected, as one row.

    ``commenter`` may be unsaved; it is saved with its first comment. Raises Refusal.
    """
    refusals.refuse_closed(article)
    refusals.refuse_out_of_hours(article, commenter)
    sanctions = refusals.refuse_sanctioned(sender.voices, sender.account or commenter)
    refusals.refuse_parent(parent, article)
    comment = Comment(article=article, commenter=commenter, parent=parent, body=body)
    comment.digest, comment.fingerprint = digest(comment), text.fingerprint(body)
    refusals.refuse_duplicate(comment)
    refusals.refuse_flood(commenter, sender)
    verdict = screening.screen(
        Submission(
            article,
            commenter,
            body,
            sender.voices,
            address=sender.address,
            signs=sender.signs,
            sanctions=sanctions,
        )
    )
    if commenter.pk is None:
        commenter.save()
    comment.commenter = commenter
    comment.status = verdict.outcome.status
    comment.address, comment.agent = sender.address, sender.agent[:254]
    _insert(comment)
    _record(comment, verdict)
    return comment


@transaction.atomic
def edit(comment: Comment, *, body: str, voices: Collection[int]) -> Comment:
    """Give ``comment`` a new text: a new revision, screened like a new comment.

    Raises Refusal. The same text again changes nothing.
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
    previous, comment.status = comment.status, verdict.outcome.status
    comment.body, comment.body_html = body, rendering.render(body)
    comment.digest, comment.fingerprint = digest(comment), text.fingerprint(body)
    comment.revision_number += 1
    comment.edited_at = timezone.now()
    try:
        with transaction.atomic():
            comment.save()
    except IntegrityError as error:
        raise refusals.already_said() from error
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


def _insert(comment: Comment) -> None:
    parent = comment.parent
    if parent:
        comment.root = parent.root or parent
        comment.depth = parent.depth + 1
    comment.body_html = rendering.render(comment.body)
    try:
        with transaction.atomic():
            comment.save(force_insert=True)
    except IntegrityError as error:  # the same post, at the same moment
        raise refusals.already_said() from error
    comment.path = f"{parent.path if parent else ''}{comment.pk:08x}"
    comment.save(update_fields=["path"])


def _record(
    comment: Comment, verdict: screening.Verdict, *, previous: str = ""
) -> None:
    Revision.objects.create(
        comment=comment, number=comment.revision_number, body=comment.body
    )
    moderation.record(
        comment,
        previous=previous,
        by=None,
        grounds=Grounds(verdict.reason, evidence=verdict.as_evidence()),
    )
    if names := verdict.questions:
        ask = partial(scoring.ask.enqueue, comment.pk, comment.version, names)
        transaction.on_commit(ask)
