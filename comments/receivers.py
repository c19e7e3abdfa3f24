"""The group *Moderators*, made once; what an administrator changes in it stays."""

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate
from django.dispatch import receiver

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
]


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
