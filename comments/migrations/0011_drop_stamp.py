from django.db import migrations


class Migration(migrations.Migration):
    """A changed list of phrases is known by its edition; processes from before this
    ask for the stamp, so they are to be replaced before it."""

    dependencies = [("comments", "0010_drop_former_indexes")]

    operations = [migrations.RemoveField("phrase", "stamp")]
