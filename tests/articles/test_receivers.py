"""The group *Editors*."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def codenames():
    group = Group.objects.get(name="Editors")
    return set(group.permissions.values_list("codename", flat=True))


def test_editors_can_write_and_publish_and_delete_no_article():
    assert codenames() == {
        "publish_article",
        *("add_article", "change_article", "view_article"),
        *("add_byline", "change_byline", "delete_byline", "view_byline"),
        *("add_contributor", "change_contributor", "view_contributor"),
        *("add_section", "change_section", "view_section"),
        *("add_tag", "change_tag", "view_tag"),
    }


def test_what_an_administrator_changes_in_the_group_stays():
    group = Group.objects.get(name="Editors")
    group.permissions.remove(group.permissions.get(codename="publish_article"))

    call_command("migrate", verbosity=0)

    assert "publish_article" not in codenames()
