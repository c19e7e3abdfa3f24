"""What others' signals ask of the comments.

The group *Moderators* is made once; what an administrator changes in it stays.
"""

from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import (
    post_delete,
    post_migrate,
    post_save,
    pre_delete,
)
from django.dispatch import receiver

from accounts.models import ProviderPause
from articles import editions
from comments import sanctions
from comments.models import Discussion, NewsroomHours, Phrase, ScreenSetting

NOT_SHOWN = {"last_login", "password"}

PERMISSIONS = [
    "moderate_comment",
    "view_comment",
    "view_commenter",
    "view_flag",
    "view_moderationdecision",
    "view_revision",
    "add_phrase",
    "change_phrase",
    "delete_phrase",
    "view_phrase",
    "add_sanction",
    "view_sanction",
    "view_appeal",
    "view_bulkrun",
    "view_discussion",
    "add_newsroomhours",
    "change_newsroomhours",
    "delete_newsroomhours",
    "view_newsroomhours",
    "add_screensetting",
    "change_screensetting",
    "view_screensetting",
]

EDITORS = ["view_articleerror", "change_articleerror"]


@receiver(post_migrate)
def create_moderators(sender, using, **kwargs):
    if sender.name != "comments":
        return
    create_permissions(sender, using=using, verbosity=0)  # Django's own turn is later
    group, is_new = Group.objects.using(using).get_or_create(name="Moderators")
    if is_new:
        permissions = Permission.objects.using(using).filter(
            content_type__app_label="comments", codename__in=PERMISSIONS
        )
        group.permissions.set(permissions)


@receiver(post_migrate)
def let_editors_read_errors(sender, using, **kwargs):
    """Errors in articles are the editors' to read; given once, when that is new."""
    if sender.name != "comments":
        return
    rights = Permission.objects.using(using).filter(
        content_type__app_label="comments", codename__in=EDITORS
    )
    if rights.filter(group__isnull=False).exists():
        return
    for name in ("Editors", "Chiefs"):
        group, _is_new = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*rights)


@receiver([post_save, post_delete], sender=NewsroomHours)
@receiver([post_save, post_delete], sender=Phrase)
@receiver([post_save, post_delete], sender=ProviderPause)
@receiver([post_save, post_delete], sender=ScreenSetting)
def begin_another_edition(sender, **kwargs):
    """They are on every page, or are kept by editions in every process."""
    editions.move()


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
@receiver(pre_delete, sender=settings.AUTH_USER_MODEL)
def show_the_account_anew(sender, instance, update_fields=None, **kwargs):
    """Where it has commented; every sign-in saves ``last_login``, and shows nothing."""
    if update_fields is None or not NOT_SHOWN.issuperset(update_fields):
        Discussion.objects.show_anew(instance)


@receiver(pre_delete, sender=settings.AUTH_USER_MODEL)
def mark_the_sanctioned(sender, instance, **kwargs):
    """A deleted account's sanctions wait for the same person's next."""
    sanctions.outlive(instance)
