"""A reader's report of a comment."""

from allauth.decorators import rate_limit
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comments import identity, moderation, origin, policies
from comments.forms import FlagForm
from comments.models import Comment, Commenter


@csrf_exempt  # origin.is_ours() asks for the token where there is a session
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="flag")
def flags(request, pk):
    """Tell the moderators of a comment: a GET shows the form, a POST sends it."""
    found = Comment.objects.published().for_display().select_related("article")
    comment = get_object_or_404(found, pk=pk)
    is_public = comment.article.is_published
    if not is_public or not policies.may_flag(comment, request.reader.voices):
        raise Http404
    if request.method != "POST":
        return _page(request, comment, FlagForm(), 200)
    form = FlagForm(request.POST)
    if not form.is_valid():
        return _page(request, comment, form, 422)
    if not origin.is_ours(request):
        form.add_error(None, _("For your safety, please press the button once more."))
        return _page(request, comment, form, 403)
    reader = request.reader
    voice = reader.account or reader.guest or Commenter()
    moderation.flag(comment, by=voice, **form.cleaned_data)
    response = redirect(f"{reverse('comments:flags', args=[pk])}?sent")
    if voice.is_guest:
        identity.remember(response, request, voice, consent=reader.is_remembered)
    return response


def _page(request, comment: Comment, form: FlagForm, status: int):
    context = {"comment": comment, "form": form, "is_sent": "sent" in request.GET}
    return render(request, "comments/flag.html", context, status=status)
