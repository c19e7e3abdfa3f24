"""Builders of test data: the least that holds together, or what they are told."""

from datetime import UTC, datetime
from itertools import count

from django.contrib.auth.models import Group

from accounts.models import User
from articles.models import Article, Section
from comments import rendering
from comments.models import Comment, Commenter, Discussion, Revision

_number = count(1)


def make_user(*, display_name="Dara Chan", groups=(), **fields):
    fields.setdefault("username", f"user{next(_number)}")
    user = User(display_name=display_name, **fields)
    user.set_password("a password")
    user.save()
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_moderator(**fields):
    return make_user(
        **{"display_name": "Mona Moderator", "groups": ["Moderators"]}
        | fields
        | {"is_staff": True}
    )


def make_editor(**fields):
    return make_user(
        **{"display_name": "Edith Editor", "groups": ["Editors"]}
        | fields
        | {"is_staff": True}
    )


def make_section(**fields):
    n = next(_number)
    return Section.objects.create(
        **{"name": f"Section {n}", "slug": f"section-{n}"} | fields
    )


def make_article(**fields):
    """A published article, open to comments, unless told otherwise."""
    n = next(_number)
    published_at = fields.pop(
        "published_at", datetime(2026, 11, 1, 9, n % 60, tzinfo=UTC)
    )
    defaults = {
        "headline": f"Headline number {n}",
        "slug": f"headline-number-{n}",
        "body": "<p>First paragraph.</p><p>Second paragraph.</p>",
        "status": Article.Status.PUBLISHED,
        "published_at": published_at,
        "published_on": published_at and published_at.date(),
    }
    return Article.objects.create(**defaults | fields)


def make_commenter(**fields):
    """A guest, unless given a ``user``."""
    if fields.get("user"):
        return Commenter.objects.create(**fields)
    n = next(_number)
    return Commenter.objects.create(
        **{"name": f"Guest {n}", "email": f"guest{n}@example.org"} | fields
    )


def make_comment(**fields):
    """A published comment at the end of a thread, with its first revision."""
    parent = fields.get("parent")
    if "commenter" not in fields:
        fields["commenter"] = make_commenter()
    if "article" not in fields:
        fields["article"] = parent.article if parent else make_article()
    n = next(_number)
    fields.setdefault("body", f"Comment number {n}.")
    fields.setdefault("body_html", rendering.render(fields["body"]))
    fields.setdefault("status", Comment.Status.PUBLISHED)
    fields.setdefault("digest", f"digest-{n}")
    fields["root"] = (parent.root or parent) if parent else None
    fields["depth"] = parent.depth + 1 if parent else 1
    submitted_at = fields.pop("submitted_at", None)
    comment = Comment.objects.create(**fields)
    comment.path = f"{parent.path if parent else ''}{comment.pk:08x}"
    if submitted_at:
        comment.submitted_at = submitted_at
    comment.save(update_fields=["path", "submitted_at"])
    Revision.objects.create(comment=comment, number=1, body=comment.body)
    if comment.is_published and comment.root_id:
        Comment.objects.count_reply(comment.root_id, 1)
    Discussion.objects.record_change(
        comment.article_id, published=1 if comment.is_published else 0
    )
    return comment
