"""The moderators' workplace in Django's admin."""

from comments.admin.comment import CommentAdmin
from comments.admin.lists import CommenterAdmin, PhraseAdmin, SanctionAdmin

__all__ = ["CommentAdmin", "CommenterAdmin", "PhraseAdmin", "SanctionAdmin"]
