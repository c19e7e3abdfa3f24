from datetime import timedelta

import pytest
from django.utils import timezone

from comments import sanctions
from comments.models import Sanction
from tests.factories import make_commenter, make_moderator

pytestmark = pytest.mark.django_db


def test_lift_ends_a_sanction_and_keeps_its_record():
    sanction = sanctions.impose(
        Sanction(commenter=make_commenter(), kind="ban", reason="spam"),
        by=make_moderator(),
    )
    assert list(Sanction.objects.in_force()) == [sanction]

    sanctions.lift(sanction, by=make_moderator())

    assert list(Sanction.objects.in_force()) == []
    assert Sanction.objects.count() == 1


def test_sanction_ends_by_itself():
    ended = timezone.now() - timedelta(minutes=1)
    Sanction.objects.create(
        commenter=make_commenter(), kind="suspension", reason="rude", ends_at=ended
    )

    assert list(Sanction.objects.in_force()) == []
