"""Signed links, for people without account: who holds one may read what it names."""

from datetime import timedelta

from django.core import signing

from comments.models import Comment, Flag

# Long enough for a decision to be taken, appealed and answered.
VALID = timedelta(days=365)
_COMMENT, _FLAG = "comments.links.comment", "comments.links.flag"


def to_comment(comment: Comment) -> str:
    return signing.dumps(comment.pk, salt=_COMMENT)


def comment_of(token: str) -> int:
    """The key of the comment; raises signing.BadSignature."""
    return signing.loads(token, salt=_COMMENT, max_age=VALID)


def to_flag(flag: Flag) -> str:
    return signing.dumps(flag.pk, salt=_FLAG)


def flag_of(token: str) -> int:
    """The key of the report; raises signing.BadSignature."""
    return signing.loads(token, salt=_FLAG, max_age=VALID)
