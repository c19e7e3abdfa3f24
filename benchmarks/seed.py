"""Fill an empty database with a discussion of any size: the same one every time.

    python -m benchmarks.seed 10000

Rows are written in bulk, past the verbs, and agree with one another as the verbs would
have left them: ``manage.py reconcile`` finds nothing wrong.
"""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import batched

from django.contrib.auth.models import Group
from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone

from accounts.models import User
from articles.models import Article, Section
from comments import rendering
from comments.models import (
    Comment,
    Commenter,
    Discussion,
    Flag,
    ModerationDecision,
    Reason,
    Revision,
)

BATCH = 2_000
Status = Comment.Status
# Of twenty comments in a row; the fifth part waits.
STATUSES = [
    *[Status.PUBLISHED] * 4 + [Status.PENDING],
    *[Status.PUBLISHED] * 3 + [Status.REJECTED, Status.PENDING],
    *[Status.PUBLISHED] * 4 + [Status.PENDING],
    *[Status.PUBLISHED] * 2 + [Status.WITHDRAWN, Status.REJECTED, Status.PENDING],
]
HELD = [
    {
        "screen": "first_comment",
        "outcome": "hold",
        "reason": Reason.FIRST_COMMENT.value,
        "evidence": {},
    }
]
SENTENCE = "the clock of the market hall has been five minutes slow since the flood"
WORDS = SENTENCE.split()
# What would be set to now, whatever it is given.
DATED = [
    (Comment, "submitted_at"),
    (Revision, "created_at"),
    (ModerationDecision, "decided_at"),
    (Flag, "flagged_at"),
]


def fill(count: int) -> None:
    """Write ``count`` comments, a minute apart, the last of them now."""
    if Comment.objects.exists():
        raise SystemExit("There are comments already: seeds are for empty databases.")
    for model, field in DATED:
        model._meta.get_field(field).auto_now_add = False
    try:
        _people_and_articles(count)
        _write(_comments(count))
        _write(_revisions())
        _write(_decisions())
        _write(_flags())
        _write(_discussions())
    finally:
        for model, field in DATED:
            model._meta.get_field(field).auto_now_add = True
    _reset_sequences()


def _write(rows: Iterator) -> None:
    for batch in batched(rows, BATCH, strict=False):
        type(batch[0]).objects.bulk_create(batch)


def _people_and_articles(count: int) -> None:
    moderator = User(username="moderator", display_name="Mona", is_staff=True)
    moderator.set_unusable_password()
    moderator.save()
    moderator.groups.set(Group.objects.filter(name="Moderators"))
    section = Section.objects.create(name="City", slug="city")
    published = timezone.now() - timedelta(minutes=count + 60)
    Article.objects.bulk_create(
        _article(section, n, published) for n in range(_size(count, 50))
    )
    Commenter.objects.bulk_create(
        Commenter(name=f"Guest {n}", email=f"guest{n}@example.org")
        for n in range(_size(count, 10))
    )


def article(name: str = "one") -> Article:
    """One more, for a discussion of its own."""
    section, _ = Section.objects.get_or_create(name="City", slug="city")
    made = _article(section, name, timezone.now() - timedelta(days=400))
    made.save()
    return made


def _article(section: Section, name: object, published: datetime) -> Article:
    return Article(
        section=section,
        headline=f"Article number {name}",
        slug=f"article-{name}",
        body="<p>News.</p>",
        status=Article.Status.PUBLISHED,
        published_at=published,
        published_on=published.date(),
    )


def _size(count: int, each: int) -> int:
    return max(2, count // each)


def _comments(count: int) -> Iterator[Comment]:
    articles = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    voices = list(Commenter.objects.order_by("pk").values_list("pk", flat=True))
    now = timezone.now()
    for pk in range(1, count + 1):
        body = f"No. {pk}: {' '.join(WORDS[(pk + n) % len(WORDS)] for n in range(12))}."
        comment = Comment(
            pk=pk,
            article_id=articles[pk // 20 % len(articles)],
            commenter_id=voices[pk * 7 % len(voices)],
            path=f"{pk:08x}",
            body=body,
            body_html=rendering.render(body),
            status=STATUSES[pk % 20],
            digest=f"{pk:064x}",
            fingerprint=f"{pk:064x}",
            revision_number=2 if _is_edited(pk) else 1,
            version=1,
            submitted_at=now - timedelta(minutes=count - pk),
        )
        comment.version = len(_line(comment))
        _place(comment)
        if pk % 20 == 0:
            answers = range(pk + 10, min(pk + 20, count + 1))
            replies = [STATUSES[n % 20] for n in answers].count(Status.PUBLISHED)
            comment.reply_count, comment.has_replies = replies, replies > 0
        yield comment


def _place(comment: Comment) -> None:
    """Of twenty comments on an article the second half answers the first of them."""
    first = comment.pk - comment.pk % 20
    if comment.pk % 20 >= 10 and first:
        comment.parent_id = comment.root_id = first
        comment.depth, comment.path = 2, f"{first:08x}{comment.path}"


def _is_edited(pk: int) -> bool:
    return pk % 13 == 0


def _line(comment: Comment) -> list[tuple[Status, Reason, bool]]:
    return line(Status(comment.status), is_edited=_is_edited(comment.pk))


def line(status: Status, *, is_edited: bool) -> list[tuple[Status, Reason, bool]]:
    """The decisions that led to a status: outcome, reason, and whether a person's."""
    decided = [(Status.PENDING, Reason.FIRST_COMMENT, False)]
    if is_edited:
        decided.append((Status.PENDING, Reason.FIRST_COMMENT, False))
    if status in {Status.PUBLISHED, Status.WITHDRAWN}:
        decided.append((Status.PUBLISHED, Reason.APPROVED, True))
    if status == Status.REJECTED:
        decided.append((Status.REJECTED, Reason.OFF_TOPIC, True))
    if status == Status.WITHDRAWN:
        decided.append((Status.WITHDRAWN, Reason.WITHDRAWN, False))
    return decided


def _revisions() -> Iterator[Revision]:
    for comment in Comment.objects.order_by("pk").iterator(BATCH):
        for number in range(1, comment.revision_number + 1):
            yield Revision(
                comment=comment,
                number=number,
                body=comment.body,
                created_at=comment.submitted_at,
            )


def _decisions() -> Iterator[ModerationDecision]:
    moderator = User.objects.get(username="moderator")
    revisions = Revision.objects.select_related("comment").order_by(
        "comment", "-number"
    )
    seen = 0
    for revision in revisions.iterator(BATCH):
        if revision.comment_id != seen:  # its last one
            seen = revision.comment_id
            yield from _decisions_on(revision, moderator)


def _decisions_on(revision: Revision, moderator: User) -> Iterator[ModerationDecision]:
    comment, before = revision.comment, ""
    for n, (outcome, reason, is_persons) in enumerate(_line(comment), 1):
        yield ModerationDecision(
            comment=comment,
            revision=revision,
            moderator=moderator if is_persons else None,
            previous_status=before,
            outcome=outcome,
            reason=reason,
            evidence=HELD if reason == Reason.FIRST_COMMENT else [],
            version=n,
            decided_at=comment.submitted_at + timedelta(minutes=7 * (n - 1)),
        )
        before = outcome


def _flags() -> Iterator[Flag]:
    """One published comment of thirty is reported."""
    voices = list(Commenter.objects.order_by("pk").values_list("pk", flat=True))
    revisions = Revision.objects.filter(comment__status=Status.PUBLISHED, number=1)
    for n, revision in enumerate(revisions.order_by("pk").iterator(BATCH)):
        if n % 30 == 0:
            yield Flag(
                comment_id=revision.comment_id,
                revision=revision,
                commenter_id=voices[n * 3 % len(voices)],
                reason=Flag.FlagReason.ABUSIVE,
                flagged_at=revision.created_at + timedelta(minutes=30),
            )


def _discussions() -> Iterator[Discussion]:
    for article in Article.objects.order_by("pk").iterator(BATCH):
        published = Comment.objects.published().filter(article=article)
        newest = published.order_by("submitted_at").last()
        yield Discussion(
            article=article,
            published_count=published.count(),
            version=1,
            last_activity_at=newest and newest.submitted_at,
        )


def _reset_sequences() -> None:
    """Keys were given; the next ones follow them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Comment]):
            cursor.execute(statement)


if __name__ == "__main__":
    fill(int(sys.argv[1]))
