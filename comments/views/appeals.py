"""A comment for whoever holds its signed link: what became of it, and the appeal."""

from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comments import appeals, explanations, links, origin
from comments.forms import AppealForm
from comments.models import Comment


@csrf_exempt  # origin.is_ours() asks for the token where there is a session
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def own_comment(request, token):
    """One's comment: a GET shows what was decided, a POST appeals against it."""
    comment = _comment_of(token)
    if request.method != "POST":
        return _page(request, comment, AppealForm(), 200)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, comment, form, 422)
    if not origin.is_ours(request):
        form.add_error(None, _("For your safety, please press the button once more."))
        return _page(request, comment, form, 403)
    try:
        appeals.file(comment, text=form.cleaned_data["text"])
    except appeals.Inadmissible as problem:
        form.add_error(None, problem.words)
        return _page(request, comment, form, 403)
    return redirect("comments:own", token=token)


def _comment_of(token: str) -> Comment:
    try:
        pk = links.comment_of(token)
    except signing.BadSignature:
        raise Http404 from None
    found = Comment.objects.exclude(status=Comment.Status.WITHDRAWN).for_display()
    return get_object_or_404(found.select_related("article"), pk=pk)


def _page(request, comment: Comment, form: AppealForm, status: int):
    explanations.explain([comment])
    context = {
        "comment": comment,
        "form": form,
        "appeal_until": explanations.appeal_until(comment),
    }
    return render(request, "comments/own.html", context, status=status)
