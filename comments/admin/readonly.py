"""Pages that show what only the verbs may change."""

from django.contrib import admin


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows are made, changed and ended elsewhere; here they are read."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
