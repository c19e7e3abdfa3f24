"""The newsroom's groups."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def codenames(name="Editors"):
    group = Group.objects.get(name=name)
    return set(group.permissions.values_list("codename", flat=True))


def test_editors_can_write_and_publish_and_delete_no_article():
    assert codenames() == {
        *("publish_article", "move_article"),
        *("add_article", "change_article", "view_article"),
        *("add_byline", "change_byline", "delete_byline", "view_byline"),
        *("add_contributor", "change_contributor", "view_contributor"),
        *("add_image", "change_image", "delete_image", "view_image"),
        *("add_section", "change_section", "view_section"),
        *("add_tag", "change_tag", "view_tag"),
        "view_correction",
        *("change_articleerror", "view_articleerror"),
    }


def test_writers_can_write_and_neither_publish_nor_change_others_articles():
    assert {"add_article", "write_article", "view_article"} < codenames("Writers")
    beyond = {"publish_article", "change_article", "move_article", "change_section"}
    assert not codenames("Writers") & beyond


def test_chiefs_can_do_what_editors_can_and_mend_corrections():
    assert codenames() < codenames("Chiefs")
    assert "change_correction" in codenames("Chiefs") - codenames()


def test_an_old_group_gets_the_rights_that_are_new():
    Permission.objects.get(codename="move_article").delete()

    call_command("migrate", verbosity=0)

    assert "move_article" in codenames()


def test_what_an_administrator_changes_in_the_group_stays():
    group = Group.objects.get(name="Editors")
    group.permissions.remove(group.permissions.get(codename="publish_article"))

    call_command("migrate", verbosity=0)

    assert "publish_article" not in codenames()
