"""What is measured is measured on data that verbs could have written."""

from collections import Counter

import pytest

from benchmarks import discussion, seed
from comments import reconciliation, rendering, submission, text
from comments.models import Comment, Discussion

pytestmark = pytest.mark.django_db


def test_filled_discussion_agrees_with_itself():
    discussion.fill(seed.article(), 187, hot=30)
    discussion.fill(seed.article("other"), 40)

    assert reconciliation.find_problems() == []
    assert [d.published_count for d in Discussion.objects.order_by("pk")] == [123, 26]
    for comment in Comment.objects.select_related("commenter"):
        assert comment.digest == submission.digest(comment)
        assert comment.fingerprint == text.fingerprint(comment.body)
        assert comment.body_html == rendering.render(comment.body)


def test_filled_discussion_is_a_tree_of_five_levels():
    discussion.fill(seed.article(), 100)

    depths = Counter(Comment.objects.values_list("depth", flat=True))

    assert depths == {1: 40, 2: 30, 3: 15, 4: 10, 5: 5}


def test_seeded_database_agrees_with_itself():
    seed.fill(120)

    assert reconciliation.find_problems() == []
