from django.db import migrations, models

from comments.migrations._concurrently import AddIndexBesideWriters


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("comments", "0007_index_published")]

    operations = [
        AddIndexBesideWriters(
            model_name="comment",
            index=models.Index(
                fields=["commenter", "article"],
                condition=models.Q(("status", "published"), _negated=True),
                name="comment_own_hidden",
            ),
        ),
    ]
