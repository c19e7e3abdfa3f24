"""The discussion's facts, by subject."""

from comments.models.appeals import Appeal
from comments.models.bulk import BulkRun
from comments.models.comment import MAX_DEPTH, Comment, Revision
from comments.models.commenter import Commenter, Subscription
from comments.models.decisions import ModerationDecision, Reason
from comments.models.discussion import Discussion
from comments.models.flags import ArticleError, Flag
from comments.models.phrases import Phrase
from comments.models.sanctions import Sanction, SanctionMark
from comments.models.screens import NewsroomHours, ScreenSetting

__all__ = [
    "MAX_DEPTH",
    "Appeal",
    "ArticleError",
    "BulkRun",
    "Comment",
    "Commenter",
    "Discussion",
    "Flag",
    "ModerationDecision",
    "NewsroomHours",
    "Phrase",
    "Reason",
    "Revision",
    "Sanction",
    "SanctionMark",
    "ScreenSetting",
    "Subscription",
]
