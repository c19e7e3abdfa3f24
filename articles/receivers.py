"""The group *Editors*, made once; what an administrator changes in it stays."""

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_migrate
from django.dispatch import receiver

PERMISSIONS = [
    "publish_article",
    *(
        f"{verb}_{thing}"
        for verb in ("add", "change", "view")
        for thing in ("article", "byline", "contributor", "section", "tag")
    ),
    "delete_byline",  # a credit given by mistake
]


@receiver(post_migrate)
def create_editors(sender, using, **kwargs):
    if sender.name != "articles":
        return
    create_permissions(sender, using=using, verbosity=0)  # Django's own turn is later
    group, is_new = Group.objects.using(using).get_or_create(name="Editors")
    if is_new:
        permissions = Permission.objects.using(using).filter(
            content_type__app_label="articles", codename__in=PERMISSIONS
        )
        group.permissions.set(permissions)
