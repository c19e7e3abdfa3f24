"""What articles are found under."""

from django.contrib import admin

from articles.models import Contributor, Section, Tag


class SubjectAdmin(admin.ModelAdmin):
    """Its slug is its address, so it is chosen once."""

    list_display = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def view_on_site(self, subject):
        return subject.get_absolute_url()


@admin.register(Section)
class SectionAdmin(SubjectAdmin):
    list_display = ["name", "slug", "position"]
    list_editable = ["position"]


@admin.register(Tag, Contributor)
class NamedAdmin(SubjectAdmin):
    pass
