"""A person's own page, the pictures of everybody, and what is shown where all fails."""

import sys
from http import HTTPStatus

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils.cache import add_never_cache_headers
from django.utils.log import log_response
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.http import require_http_methods

from accounts import media, outages, pictures
from accounts.forms import ProfileForm
from accounts.models import User

# What to read a form that was sent may end in.
NOT_A_FORM = (BadRequest, MultiPartParserError, OSError, SuspiciousOperation)
RETRY_SECONDS = 10


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


def server_error(request):
    """How ends whatever nobody has caught; Django asks while it is at hand."""
    problem = sys.exception()
    if not outages.is_outage(problem):
        return defaults.server_error(request)
    response = _no_database(request)
    said = outages.in_a_line(problem)
    log_response("No database (%s): %s", said, request.path, response=response)
    return response


def _no_database(request):
    # Without the request: nothing on the page may ask the database.
    page = get_template("503_database.html").render({"comment": _sent_comment(request)})
    headers = {"Retry-After": RETRY_SECONDS}
    response = HttpResponse(
        page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers
    )
    add_never_cache_headers(response)
    return response


def _sent_comment(request) -> str:
    try:
        return request.POST.get("comment", "")
    except NOT_A_FORM:
        return ""
