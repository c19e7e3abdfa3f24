import pytest

from comments import reports
from comments.models import Comment, Flag
from tests.factories import make_comment, make_commenter

pytestmark = pytest.mark.django_db


def test_flag_twice_is_one_open_flag():
    comment, reader = make_comment(), make_commenter()

    first = reports.flag(comment, by=reader, reason=Flag.FlagReason.SPAM)
    second = reports.flag(comment, by=reader, reason=Flag.FlagReason.SPAM)

    assert first == second
    assert list(Comment.objects.flagged()) == [comment]
