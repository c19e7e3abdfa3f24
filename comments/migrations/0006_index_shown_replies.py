from django.db import migrations, models

from comments.migrations._concurrently import AddIndexBesideWriters


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("comments", "0005_index_shown_threads")]

    operations = [
        AddIndexBesideWriters(
            model_name="comment",
            index=models.Index(
                fields=["root", "path"],
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True), _negated=True
                ),
                name="comment_shown_replies",
            ),
        ),
    ]
