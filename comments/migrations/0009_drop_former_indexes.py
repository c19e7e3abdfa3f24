from django.db import migrations

from comments.migrations._concurrently import RemoveIndexBesideWriters


class Migration(migrations.Migration):
    """What nothing asks any more.

    Without them code from before these migrations is right, but slow on big
    discussions: ``migrate comments 0008`` before its processes are replaced, and this
    one afterwards.
    """

    atomic = False

    dependencies = [("comments", "0008_index_own_hidden")]

    operations = [
        RemoveIndexBesideWriters(model_name="comment", name="comment_threads"),
        RemoveIndexBesideWriters(model_name="comment", name="comment_in_thread"),
    ]
