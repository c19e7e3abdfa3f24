"""The discussion's addresses: to reply, to look after one's own, to flag."""

from comments.views.flags import flags
from comments.views.own import mine, revisions, withdrawal
from comments.views.reply import comment, comments

__all__ = ["comment", "comments", "flags", "mine", "revisions", "withdrawal"]
