"""A commenter's own comments: to see what became of them, mend and withdraw them."""

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from comments import explanations, origin, policies, sanctions, submission
from comments.forms import RevisionForm
from comments.models import Comment, Sanction
from comments.refusals import Refusal

PER_PAGE = 20


@require_safe
def mine(request):
    """All that this browser's voices have said, with what was decided about it."""
    if not request.reader.voices:
        return redirect_to_login(request.get_full_path())
    said = Comment.objects.filter(commenter__in=request.reader.voices)
    said = said.select_related("article", "commenter__user").order_by("-pk")
    page = Paginator(said, PER_PAGE).get_page(request.GET.get("page"))
    explanations.explain(list(page.object_list))
    imposed = Sanction.objects.filter(commenter__in=request.reader.voices)
    context = {"page_obj": page, "sanctions": imposed if page.number == 1 else []}
    return render(request, "comments/mine.html", context)


@csrf_exempt  # origin.is_ours() asks for the token where there is a session
@require_http_methods(["GET", "HEAD", "POST"])
def warning(request, pk):
    """A warning to this browser's voices: a GET shows it, a POST says it was read."""
    reader = request.reader
    found = policies.sanctions_on(reader.voices, reader.account)
    warnings = {s.pk: s for s in found if s.kind == Sanction.Kind.WARNING}
    if pk not in warnings:
        raise Http404
    context = {"warning": warnings[pk], "problem": ""}
    if request.method != "POST":
        return render(request, "comments/warning.html", context)
    if not origin.is_ours(request):
        context["problem"] = _("For your safety, please press the button once more.")
        return render(request, "comments/warning.html", context, status=403)
    sanctions.acknowledge(warnings[pk])
    return redirect("comments:mine")


@csrf_exempt  # origin.is_ours() asks for the token where there is a session
@require_http_methods(["GET", "HEAD", "POST"])
def revisions(request, pk):
    """Mend a comment: a GET shows the form, a POST makes a revision."""
    comment = _own(request, pk)
    voices = request.reader.voices
    if request.method != "POST":
        form = RevisionForm(initial={"comment": comment.body})
        status = 200 if policies.may_edit(comment, voices) else 403
        return _edit_page(request, comment, form, status)
    form = RevisionForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, comment, form, 422)
    if not origin.is_ours(request):
        form.add_error(None, _("For your safety, please press the button once more."))
        return _edit_page(request, comment, form, 403)
    try:
        submission.edit(comment, body=form.cleaned_data["comment"], voices=voices)
    except Refusal as refusal:
        form.add_error(None, refusal.words)
        return _edit_page(request, comment, form, refusal.status)
    return redirect(comment)


@csrf_exempt  # origin.is_ours() asks for the token where there is a session
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request, pk):
    """Take a comment back: a GET asks once more, a POST does it."""
    comment = _own(request, pk)
    context = {"comment": comment, "problem": ""}
    if request.method != "POST":
        return render(request, "comments/withdraw.html", context)
    if not origin.is_ours(request):
        context["problem"] = _("For your safety, please press the button once more.")
        return render(request, "comments/withdraw.html", context, status=403)
    try:
        submission.withdraw(comment, voices=request.reader.voices)
    except Refusal as refusal:
        context["problem"] = refusal.words
        return render(request, "comments/withdraw.html", context, status=403)
    return redirect(f"{comment.article.get_absolute_url()}#comments")


def _own(request, pk: int) -> Comment:
    """The comment, if this browser's voices wrote it; to all others there is none."""
    own = Comment.objects.filter(commenter__in=request.reader.voices)
    return get_object_or_404(own.select_related("article", "commenter__user"), pk=pk)


def _edit_page(request, comment: Comment, form: RevisionForm, status: int):
    context = {
        "comment": comment,
        "form": form,
        "may_edit": policies.may_edit(comment, request.reader.voices),
    }
    return render(request, "comments/edit.html", context, status=status)
