"""Who comments, who is limited, and which phrases are looked for."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from comments import moderation
from comments.models import Commenter, Phrase, Sanction


@admin.register(Commenter)
class CommenterAdmin(admin.ModelAdmin):
    """The voices, to be read; their e-mail is for moderators' eyes."""

    list_display = ["display_name", "is_guest", "email", "website", "created_at"]
    list_select_related = ["user"]
    search_fields = ["name", "email", "user__display_name", "user__username"]
    fields = readonly_fields = [
        "display_name",
        "user",
        "name",
        "email",
        "email_confirmed_at",
        "website",
        "created_at",
    ]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("guest"), boolean=True)
    def is_guest(self, commenter):
        return commenter.is_guest


@admin.register(Sanction)
class SanctionAdmin(admin.ModelAdmin):
    """Impose with a reason, lift when done; nothing is deleted or rewritten."""

    actions = ["lift"]
    autocomplete_fields = ["commenter"]
    fields = ["commenter", "kind", "reason", "ends_at"]
    list_display = [
        "commenter",
        "kind",
        "reason",
        "imposed_by",
        "imposed_at",
        "ends_at",
        "lifted_at",
    ]
    list_filter = ["kind"]
    list_select_related = ["commenter__user", "imposed_by"]

    def save_model(self, request, obj, form, change):
        moderation.sanction(obj, by=request.user)

    @admin.action(description=_("Lift the selected sanctions"), permissions=["add"])
    def lift(self, request, queryset):
        for sanction in queryset:
            moderation.lift(sanction)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Phrase)
class PhraseAdmin(admin.ModelAdmin):
    list_display = ["text", "kind", "note"]
    list_filter = ["kind"]
    search_fields = ["text", "note"]
