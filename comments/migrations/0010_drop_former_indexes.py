import django.db.models.deletion
from django.db import migrations, models

from comments.migrations._concurrently import RemoveIndexBesideWriters

PARENT, ROOT = (
    "comments_comment_parent_id_3e0802fb",
    "comments_comment_root_id_23b4c218",
)


def drop(apps, schema_editor):
    for name in (PARENT, ROOT):
        schema_editor.execute(f"DROP INDEX {_concurrently(schema_editor)} {name}")


def make(apps, schema_editor):
    beside = _concurrently(schema_editor, "")
    for name, column in ((PARENT, "parent_id"), (ROOT, "root_id")):
        schema_editor.execute(
            f"CREATE INDEX {beside} {name} ON comments_comment ({column})"
        )


def _concurrently(schema_editor, if_exists="IF EXISTS"):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    return f"{'CONCURRENTLY ' if is_postgresql else ''}{if_exists}"


class Migration(migrations.Migration):
    """What nothing asks any more.

    Without them code from before these migrations is right, but slow on big
    discussions: ``migrate comments 0009`` before its processes are replaced, and this
    one afterwards. The foreign keys' own go by name: SQLite would copy the table.
    """

    atomic = False

    dependencies = [("comments", "0009_index_answered")]

    operations = [
        RemoveIndexBesideWriters(model_name="comment", name="comment_threads"),
        RemoveIndexBesideWriters(model_name="comment", name="comment_in_thread"),
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(drop, make)],
            [
                migrations.AlterField(
                    model_name="comment",
                    name="parent",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="comments.comment",
                        verbose_name="in reply to",
                    ),
                ),
                migrations.AlterField(
                    model_name="comment",
                    name="root",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="thread",
                        to="comments.comment",
                    ),
                ),
            ],
        ),
    ]
