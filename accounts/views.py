"""A person's own page, and the pictures of everybody."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import media, pictures
from accounts.forms import ProfileForm
from accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """Who one is here: a GET shows it, a POST changes it."""
    if request.method != "POST":
        return _profile_page(request, ProfileForm(instance=request.user), 200)
    # A form writes into its instance even when it is invalid; the page shows the user.
    form = ProfileForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        return _profile_page(request, form, 422)
    form.instance.save(update_fields=form.Meta.fields)
    messages.success(request, _("Your profile is saved."))
    return redirect("accounts:profile")


def picture(request, name):
    return media.serve(request, f"{pictures.FOLDER}{name}", "image/webp")


def _profile_page(request, form: ProfileForm, status: int):
    accounts = SocialAccount.objects.filter(user=request.user).order_by("pk")
    labels = settings.SIGN_IN_PROVIDERS
    context = {
        "form": form,
        "connections": [
            (labels.get(account.provider, account.provider), account.date_joined)
            for account in accounts
        ],
    }
    return render(request, "accounts/profile.html", context, status=status)
