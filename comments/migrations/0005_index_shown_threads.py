from django.db import migrations, models

from comments.migrations._concurrently import AddIndexBesideWriters


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("comments", "0004_count_replies")]

    operations = [
        AddIndexBesideWriters(
            model_name="comment",
            index=models.Index(
                fields=["article", "submitted_at", "id"],
                condition=models.Q(
                    ("parent", None),
                    models.Q(
                        ("status", "published"), ("has_replies", True), _connector="OR"
                    ),
                ),
                name="comment_shown_threads",
            ),
        ),
    ]
