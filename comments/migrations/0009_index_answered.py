from django.db import migrations, models

from comments.migrations._concurrently import AddIndexBesideWriters


class Migration(migrations.Migration):
    """Without the top-level comments, which SQLite takes for few when asked for."""

    atomic = False

    dependencies = [("comments", "0008_index_own_hidden")]

    operations = [
        AddIndexBesideWriters(
            model_name="comment",
            index=models.Index(
                fields=["parent"],
                condition=models.Q(("parent__isnull", False)),
                name="comment_answered",
            ),
        ),
    ]
