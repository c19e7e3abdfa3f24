"""Accounts and paused providers in Django's admin."""

import allauth.socialaccount.admin  # registers what is taken out again below
from allauth.socialaccount.models import SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy as _

from accounts.models import ProviderPause, User

__all__ = ["ProviderPauseAdmin", "UserAdmin", "allauth"]

# Credentials come from the environment (a row beside them breaks the provider), and
# tokens are not stored.
admin.site.unregister([SocialApp, SocialToken])


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Django's own, for an account with a display name."""

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Shown to readers"), {"fields": ("display_name", "website")}),
        (_("Private"), {"fields": ("email",)}),
        (
            _("Permissions"),
            {
                "fields": (
                    "is_active",
                    "is_staff",
                    "is_superuser",
                    "groups",
                    "user_permissions",
                )
            },
        ),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "display_name",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "display_name", "email", "is_staff", "is_active")
    search_fields = ("username", "display_name", "email")


@admin.register(ProviderPause)
class ProviderPauseAdmin(admin.ModelAdmin):
    """A row here takes the provider's buttons away, at once and everywhere."""

    list_display = ("provider", "reason", "paused_at")
    readonly_fields = ("paused_at",)
