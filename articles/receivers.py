"""The newsroom's groups, made once, and the files that go with their images."""

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.backends.signals import connection_created
from django.db.models.signals import (
    m2m_changed,
    post_delete,
    post_migrate,
    post_save,
)
from django.dispatch import receiver

from articles import editions, images, search
from articles.models import (
    Article,
    Byline,
    Contributor,
    Correction,
    FormerAddress,
    Image,
    Rendition,
    Section,
    Tag,
)
from articles.search import sqlite

SHOWN = {
    Article,
    Article.tags.through,
    Byline,
    Contributor,
    Correction,
    FormerAddress,
    Image,
    Rendition,
    Section,
    Tag,
}
SUBJECTS = ("contributor", "image", "section", "tag")


def _all(things, verbs=("add", "change", "view")):
    return {f"{verb}_{thing}" for verb in verbs for thing in things}


WRITERS = {
    "write_article",
    *_all(["article"], ["add", "view"]),
    *_all(["byline"], ["add", "change", "delete", "view"]),
    *_all(["image"]),
    *_all(SUBJECTS, ["view"]),
}
EDITORS = {
    "publish_article",
    "move_article",
    *_all(("article", "byline", *SUBJECTS)),
    "delete_byline",  # a credit given by mistake
    "delete_image",  # as long as no article shows it
    "view_correction",
}
CHIEFS = EDITORS | {
    "delete_article",  # as long as it has no address
    *_all(["correction"], ["change", "delete"]),
    *_all(["contributor", "section", "tag"], ["delete"]),
}
GROUPS = {"Writers": WRITERS, "Editors": EDITORS, "Chiefs": CHIEFS}


@receiver(post_migrate)
def create_groups(sender, using, **kwargs):
    """A new group gets its rights; an old one those that did not exist before."""
    if sender.name != "articles":
        return
    permissions = Permission.objects.using(using).filter(
        content_type__app_label="articles"
    )
    known = set(permissions.values_list("codename", flat=True))
    create_permissions(sender, using=using, verbosity=0)  # Django's own turn is later
    for name, wanted in GROUPS.items():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        given = wanted if is_new else wanted - known
        group.permissions.add(*permissions.filter(codename__in=given))


@receiver(post_delete, sender=Image)
@receiver(post_delete, sender=Rendition)
def forget_file(sender, *, instance, **kwargs):
    images.forget(instance)


@receiver([post_save, post_delete, m2m_changed])
def begin_another_edition(sender, instance, **kwargs):
    if sender in SHOWN and editions.is_shown(instance):
        editions.move()


@receiver(connection_created)
def give_sqlite_its_function(sender, connection, **kwargs):
    if connection.vendor == "sqlite":
        sqlite.give_plain_text(connection)


@receiver(post_migrate)
def keep_words_for_search(sender, using, **kwargs):
    if sender.name == "articles":
        search.prepare(using)
