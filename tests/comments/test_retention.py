from datetime import timedelta

import pytest
from django.utils import timezone

from comments import retention
from comments.models import Comment
from tests.factories import make_comment

pytestmark = pytest.mark.django_db


def test_addresses_are_forgotten_after_their_period():
    now, kept = timezone.now(), {"address": "198.51.100.7", "agent": "Firefox"}
    make_comment(submitted_at=now - timedelta(days=29), **kept)
    make_comment(submitted_at=now - timedelta(days=31), **kept)

    assert retention.forget_addresses() == 1
    assert retention.forget_addresses() == 0
    rows = Comment.objects.order_by("pk").values_list("address", "agent")
    assert list(rows) == [("198.51.100.7", "Firefox"), ("", "")]
