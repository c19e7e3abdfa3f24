from django.db import migrations

FIGURES = [
    # index, rows in all, and of one value of each of its columns
    ("comment_queue", "1000000 250000 1"),
]


def tell(apps, schema_editor):
    """Without figures SQLite takes ten comments to have the same status.

    It would look up the published ones, and sort out those of a page. Nobody runs
    ANALYZE for it, least of all after the table has grown; whoever does replaces this.
    """
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ANALYZE sqlite_schema")  # makes the table of figures
        for index, figures in FIGURES:
            _forget(cursor, index)
            cursor.execute(
                "INSERT INTO sqlite_stat1 VALUES ('comments_comment', %s, %s)",
                [index, figures],
            )
        cursor.execute("ANALYZE sqlite_schema")  # reads it


def forget(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            for index, _figures in FIGURES:
                _forget(cursor, index)


def _forget(cursor, index):
    cursor.execute("DELETE FROM sqlite_stat1 WHERE idx = %s", [index])


class Migration(migrations.Migration):
    dependencies = [("comments", "0010_drop_former_indexes")]

    operations = [migrations.RunPython(tell, forget)]
