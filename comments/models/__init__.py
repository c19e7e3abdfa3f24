"""The discussion's facts, by subject."""

from comments.models.comment import MAX_DEPTH, Comment, Revision
from comments.models.commenter import Commenter, Subscription
from comments.models.discussion import Discussion
from comments.models.moderation import (
    Flag,
    ModerationDecision,
    Phrase,
    Reason,
    Sanction,
)

__all__ = [
    "MAX_DEPTH",
    "Comment",
    "Commenter",
    "Discussion",
    "Flag",
    "ModerationDecision",
    "Phrase",
    "Reason",
    "Revision",
    "Sanction",
    "Subscription",
]
