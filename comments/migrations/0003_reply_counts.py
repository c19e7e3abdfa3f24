from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns with defaults of the database: no row is rewritten, old code inserts."""

    dependencies = [
        ("articles", "0003_images"),
        ("comments", "0002_desk"),
    ]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="has_replies",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="comment",
            name="reply_count",
            field=models.IntegerField(db_default=0, default=0, editable=False),
        ),
    ]
