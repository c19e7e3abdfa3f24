"""The discussion's addresses: to reply, to look after one's own, to flag."""

from comments.views.appeals import own_comment
from comments.views.flags import flags, receipt
from comments.views.own import mine, revisions, warning, withdrawal
from comments.views.reply import comment, comments

__all__ = [
    "comment",
    "comments",
    "flags",
    "mine",
    "own_comment",
    "receipt",
    "revisions",
    "warning",
    "withdrawal",
]
