"""Who comments."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from comments.admin.readonly import ReadOnlyAdmin
from comments.models import Commenter


@admin.register(Commenter)
class CommenterAdmin(ReadOnlyAdmin):
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
        "sanctions",
    ]

    @admin.display(description=_("sanctions"))
    def sanctions(self, commenter):
        """Their history, and the way to the next one."""
        history = commenter.sanctions.select_related("imposed_by", "lifted_by")
        context = {"commenter": commenter, "sanctions": history}
        return render_to_string("admin/comments/sanction/_history.html", context)

    @admin.display(description=_("guest"), boolean=True)
    def is_guest(self, commenter):
        return commenter.is_guest
