"""The moderators' workplace in Django's admin."""

from comments.admin.appeals import AppealAdmin
from comments.admin.comment import CommentAdmin
from comments.admin.figures import DiscussionAdmin
from comments.admin.lists import CommenterAdmin
from comments.admin.reports import ArticleErrorAdmin
from comments.admin.sanctions import SanctionAdmin
from comments.admin.screens import (
    NewsroomHoursAdmin,
    PhraseAdmin,
    ScreenSettingAdmin,
)

__all__ = [
    "AppealAdmin",
    "ArticleErrorAdmin",
    "CommentAdmin",
    "CommenterAdmin",
    "DiscussionAdmin",
    "NewsroomHoursAdmin",
    "PhraseAdmin",
    "SanctionAdmin",
    "ScreenSettingAdmin",
]
