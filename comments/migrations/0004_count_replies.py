from django.db import migrations
from django.db.models import Count, Exists, Max, OuterRef, Subquery

BATCH = 5_000


def count_replies(apps, schema_editor):
    """In short statements, each its own transaction; a second run changes nothing.

    Replies that old code publishes or hides meanwhile are missed: once the last of its
    processes has ended, ``manage.py reconcile --repair`` counts them.
    """
    Comment = apps.get_model("comments", "Comment")
    comments = Comment.objects.using(schema_editor.connection.alias)
    replies = comments.filter(root=OuterRef("pk"), status="published").order_by()
    counted = replies.values("root").annotate(count=Count("pk")).values("count")
    last = comments.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last + 1, BATCH):
        batch = comments.filter(pk__gte=start, pk__lt=start + BATCH, parent=None)
        batch.filter(Exists(replies)).update(
            reply_count=Subquery(counted), has_replies=True
        )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("comments", "0003_reply_counts")]

    operations = [migrations.RunPython(count_replies, migrations.RunPython.noop)]
