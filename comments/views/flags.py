"""A reader's report of a comment, and the receipt for it."""

from allauth.decorators import rate_limit
from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comments import explanations, finding, identity, links, origin, policies, reports
from comments.forms import FlagForm
from comments.models import Comment, Commenter, Flag


@csrf_exempt  # origin.is_ours() asks for the token where there is a session
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="flag")
def flags(request, pk):
    """Tell the moderators of a comment: a GET shows the form, a POST sends it."""
    found = Comment.objects.published().for_display().select_related("article")
    comment = get_object_or_404(found, pk=pk)
    is_public = finding.is_discussed(comment.article)
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
    filed = _file(comment, voice, form)
    response = redirect("comments:receipt", token=links.to_flag(filed))
    if voice.is_guest:
        identity.remember(response, request, voice, consent=reader.is_remembered)
    return response


@require_safe
@never_cache
def receipt(request, token):
    """What became of a report, for whoever holds its link."""
    try:
        pk = links.flag_of(token)
    except signing.BadSignature:
        raise Http404 from None
    found = Flag.objects.select_related("comment__article", "comment__commenter__user")
    flag = get_object_or_404(found.select_related("decision"), pk=pk)
    context = {"flag": flag, "answer": explanations.answer_to(flag)}
    return render(request, "comments/receipt.html", context)


def _file(comment: Comment, voice: Commenter, form: FlagForm) -> Flag:
    return reports.flag(
        comment,
        by=voice,
        reason=Flag.FlagReason(form.cleaned_data["reason"]),
        words=form.cleaned_data["words"],
        notice=reports.Notice(**form.notice),
    )


def _page(request, comment: Comment, form: FlagForm, status: int):
    context = {"comment": comment, "form": form}
    return render(request, "comments/flag.html", context, status=status)
