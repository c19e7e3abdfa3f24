"""What articles are found under."""

from django.contrib import admin

from articles import slugs
from articles.admin.slugs import SuggestsSlugs
from articles.models import Contributor, Section, Tag

LONGEST_SLUG = 60


class SubjectAdmin(SuggestsSlugs):
    """Its slug is its address, so it is chosen once."""

    list_display = ["name", "slug"]
    named_by = "name"
    search_fields = ["name"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def free_slug(self, words):
        return slugs.free(words, self.model.objects.all(), longest=LONGEST_SLUG)

    def save_model(self, request, obj, form, change):
        obj.slug = obj.slug or self.free_slug(obj.name)
        super().save_model(request, obj, form, change)

    def view_on_site(self, subject):
        return subject.get_absolute_url()


@admin.register(Section)
class SectionAdmin(SubjectAdmin):
    list_display = ["name", "slug", "position"]
    list_editable = ["position"]


@admin.register(Tag, Contributor)
class NamedAdmin(SubjectAdmin):
    pass
