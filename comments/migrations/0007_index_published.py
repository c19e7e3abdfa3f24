from django.db import migrations, models

from comments.migrations._concurrently import AddIndexBesideWriters


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("comments", "0006_index_shown_replies")]

    operations = [
        AddIndexBesideWriters(
            model_name="comment",
            index=models.Index(
                fields=["article", "submitted_at", "id"],
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True), _negated=True
                ),
                name="comment_published",
            ),
        ),
    ]
