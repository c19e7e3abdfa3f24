import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def answer_flags(apps, schema_editor):
    """Flags decided before they had an outcome get what their decision meant."""
    answered = apps.get_model("comments", "Flag").objects.exclude(decision=None)
    answered.filter(decision__outcome="rejected").update(outcome="agreed")
    answered.exclude(decision__outcome="rejected").update(outcome="disagreed")


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("comments", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ScreenSetting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "screen",
                    models.CharField(max_length=40, unique=True, verbose_name="screen"),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("active", "acts"),
                            ("shadow", "is recorded, does not act"),
                            ("off", "is off"),
                        ],
                        default="active",
                        max_length=6,
                        verbose_name="mode",
                    ),
                ),
                (
                    "threshold",
                    models.FloatField(blank=True, null=True, verbose_name="threshold"),
                ),
                (
                    "on_failure",
                    models.CharField(
                        choices=[
                            ("hold", "hold the comment"),
                            ("publish", "go on without it"),
                            ("retry", "hold, and ask again"),
                        ],
                        default="hold",
                        max_length=7,
                        verbose_name="when it gives no answer",
                    ),
                ),
            ],
            options={
                "verbose_name": "screen",
                "verbose_name_plural": "screens",
                "ordering": ["screen"],
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="featured_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="featured at"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="fingerprint",
            field=models.CharField(
                blank=True, db_index=True, editable=False, max_length=64
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="flag",
            name="is_in_good_faith",
            field=models.BooleanField(default=False, verbose_name="in good faith"),
        ),
        migrations.AddField(
            model_name="flag",
            name="law",
            field=models.CharField(
                blank=True, max_length=200, verbose_name="the law it breaks"
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("open", "open"),
                    ("agreed", "agreed"),
                    ("disagreed", "disagreed"),
                    ("ignored", "ignored"),
                ],
                default="open",
                max_length=9,
                verbose_name="outcome",
            ),
        ),
        migrations.RunPython(answer_flags, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="flag", name="flag_open_once"),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "open")),
                fields=("comment", "commenter", "reason"),
                name="flag_open_once",
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="settled_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="settled at"
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="settled_flags",
                to=settings.AUTH_USER_MODEL,
                verbose_name="settled by",
            ),
        ),
        migrations.CreateModel(
            name="ArticleError",
            fields=[],
            options={
                "verbose_name": "reported error",
                "verbose_name_plural": "reported errors",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("comments.flag",),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("featured_at__isnull", False)),
                fields=["article", "-featured_at"],
                name="comment_featured",
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="reporter_email",
            field=models.EmailField(
                blank=True, max_length=100, verbose_name="reporter’s e-mail"
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="reporter_name",
            field=models.CharField(
                blank=True, max_length=80, verbose_name="reporter’s name"
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="revision",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="flags",
                to="comments.revision",
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="weight",
            field=models.FloatField(default=1.0, verbose_name="weight"),
        ),
        migrations.AddField(
            model_name="moderationdecision",
            name="clause",
            field=models.CharField(
                blank=True, max_length=100, verbose_name="clause of the house rules"
            ),
        ),
        migrations.AddField(
            model_name="moderationdecision",
            name="legal_ground",
            field=models.CharField(
                blank=True, max_length=500, verbose_name="legal ground"
            ),
        ),
        migrations.AddField(
            model_name="moderationdecision",
            name="source",
            field=models.CharField(
                choices=[
                    ("own", "our own look"),
                    ("report", "readers’ reports"),
                    ("notice", "a notice of illegal content"),
                    ("commenter", "its commenter"),
                    ("appeal", "an appeal"),
                ],
                default="own",
                max_length=10,
                verbose_name="source",
            ),
        ),
        migrations.AddField(
            model_name="moderationdecision",
            name="undoes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="comments.moderationdecision",
                verbose_name="undoes",
            ),
        ),
        migrations.AddField(
            model_name="moderationdecision",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="version"),
        ),
        migrations.AddField(
            model_name="phrase",
            name="is_on_trial",
            field=models.BooleanField(
                default=False,
                help_text="Found and recorded, but nothing is held or rejected for it.",
                verbose_name="on trial",
            ),
        ),
        migrations.RemoveField(model_name="phrase", name="first_word"),
        migrations.AddField(
            model_name="phrase",
            name="stamp",
            field=models.BigIntegerField(
                db_index=True,
                default=0,
                editable=False,
            ),
        ),
        migrations.AlterField(
            model_name="phrase",
            name="text",
            field=models.CharField(
                help_text="casin* and *coin find longer words too.",
                max_length=100,
                unique=True,
                verbose_name="phrase",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="acknowledged_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="acknowledged at"
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="lifted_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="lifted_sanctions",
                to=settings.AUTH_USER_MODEL,
                verbose_name="lifted by",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="message",
            field=models.TextField(
                blank=True, max_length=2000, verbose_name="message to the person"
            ),
        ),
        migrations.AlterField(
            model_name="flag",
            name="reason",
            field=models.CharField(
                choices=[
                    ("off_topic", "It is off topic"),
                    ("abusive", "It is abusive or hateful"),
                    ("spam", "It is spam or advertising"),
                    ("illegal", "I believe it is illegal"),
                    ("error", "There is an error in the article"),
                    ("other", "Something else"),
                ],
                max_length=10,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="moderationdecision",
            name="reason",
            field=models.CharField(
                choices=[
                    ("passed", "nothing spoke against it"),
                    ("first_comment", "a commenter's first comment"),
                    ("unconfirmed", "a guest whose e-mail is not confirmed"),
                    ("links", "many links"),
                    ("phrase", "a phrase on our list"),
                    ("premoderated_article", "every comment here is read first"),
                    (
                        "premoderated_commenter",
                        "this commenter's comments are read first",
                    ),
                    ("flagged", "reported by several readers"),
                    ("repeated", "the same text in several places"),
                    ("flood", "many comments in a short time"),
                    ("offender", "a commenter whose comments are often rejected"),
                    ("new_account", "a new account"),
                    ("too_quick", "written faster than anybody types"),
                    ("trap", "a field filled in that people cannot see"),
                    ("out_of_hours", "sent while the newsroom is away"),
                    ("score", "a score that needs a second look"),
                    ("unavailable", "a check that gave no answer"),
                    ("edited", "edited by its commenter"),
                    ("withdrawn", "withdrawn by its commenter"),
                    ("approved", "fine by the house rules"),
                    ("off_topic", "off topic"),
                    ("abusive", "abusive"),
                    ("spam", "spam"),
                    ("illegal", "illegal"),
                    ("personal_data", "somebody’s personal data"),
                    ("threat", "a threat"),
                    ("other", "against the house rules"),
                    ("sanction", "a sanction on its commenter"),
                    ("restored", "an earlier decision undone"),
                    ("appeal", "decided on appeal"),
                ],
                max_length=30,
                verbose_name="reason",
            ),
        ),
        migrations.AlterField(
            model_name="sanction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("warning", "warned"),
                    ("premoderation", "always premoderated"),
                    ("suspension", "suspended"),
                    ("ban", "banned"),
                ],
                max_length=13,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        choices=[("approve", "approve"), ("reject", "reject")],
                        max_length=7,
                        verbose_name="verb",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("passed", "nothing spoke against it"),
                            ("first_comment", "a commenter's first comment"),
                            ("unconfirmed", "a guest whose e-mail is not confirmed"),
                            ("links", "many links"),
                            ("phrase", "a phrase on our list"),
                            (
                                "premoderated_article",
                                "every comment here is read first",
                            ),
                            (
                                "premoderated_commenter",
                                "this commenter's comments are read first",
                            ),
                            ("flagged", "reported by several readers"),
                            ("repeated", "the same text in several places"),
                            ("flood", "many comments in a short time"),
                            (
                                "offender",
                                "a commenter whose comments are often rejected",
                            ),
                            ("new_account", "a new account"),
                            ("too_quick", "written faster than anybody types"),
                            ("trap", "a field filled in that people cannot see"),
                            ("out_of_hours", "sent while the newsroom is away"),
                            ("score", "a score that needs a second look"),
                            ("unavailable", "a check that gave no answer"),
                            ("edited", "edited by its commenter"),
                            ("withdrawn", "withdrawn by its commenter"),
                            ("approved", "fine by the house rules"),
                            ("off_topic", "off topic"),
                            ("abusive", "abusive"),
                            ("spam", "spam"),
                            ("illegal", "illegal"),
                            ("personal_data", "somebody’s personal data"),
                            ("threat", "a threat"),
                            ("other", "against the house rules"),
                            ("sanction", "a sanction on its commenter"),
                            ("restored", "an earlier decision undone"),
                            ("appeal", "decided on appeal"),
                        ],
                        max_length=30,
                        verbose_name="reason",
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="in words"
                    ),
                ),
                ("targets", models.JSONField(default=list, verbose_name="comments")),
                (
                    "started_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="started at"),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="confirmed at"
                    ),
                ),
                (
                    "done_count",
                    models.PositiveIntegerField(default=0, verbose_name="decided"),
                ),
                (
                    "skips",
                    models.JSONField(blank=True, default=dict, verbose_name="skipped"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="finished at"
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bulk_runs",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
            ],
            options={
                "verbose_name": "bulk run",
                "verbose_name_plural": "bulk runs",
                "ordering": ["-started_at"],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="text")),
                (
                    "filed_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="filed at"),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("upheld", "the decision stands"),
                            ("reversed", "the decision is reversed"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "answer",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="answer"
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="decided at"
                    ),
                ),
                (
                    "commenter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="comments.commenter",
                        verbose_name="commenter",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="decided_appeals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeal",
                        to="comments.moderationdecision",
                        verbose_name="decision",
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "ordering": ["filed_at"],
                "indexes": [
                    models.Index(fields=["outcome", "filed_at"], name="appeal_queue")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "open"),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="appeal_answered_in_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NewsroomHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC", max_length=64, verbose_name="time zone"
                    ),
                ),
                ("week", models.JSONField(default=list, verbose_name="week")),
                (
                    "holidays",
                    models.JSONField(blank=True, default=list, verbose_name="holidays"),
                ),
                (
                    "otherwise",
                    models.CharField(
                        choices=[
                            ("hold", "hold every comment"),
                            ("closed", "take no comments"),
                        ],
                        default="hold",
                        max_length=6,
                        verbose_name="otherwise",
                    ),
                ),
                (
                    "article",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "section",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="articles.section",
                        verbose_name="section",
                    ),
                ),
            ],
            options={
                "verbose_name": "newsroom hours",
                "verbose_name_plural": "newsroom hours",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("section", None), ("article", None), _connector="OR"
                        ),
                        name="newsroom_hours_one_scope",
                        violation_error_message="Choose a section or an article, not both.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SanctionMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("digest", models.CharField(db_index=True, max_length=64)),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                (
                    "sanction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="comments.sanction",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sanction", "digest"), name="sanction_mark_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="moderationdecision",
            index=models.Index(
                condition=models.Q(("undoes", None)),
                fields=["moderator", "-id"],
                name="decision_own_last",
            ),
        ),
    ]
