"""The buttons beside an article's form, each a verb; refusals get a page in words."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from articles import addresses, checklist, previews, publishing
from articles.desk import Unpublishable
from articles.forms import CorrectionForm, ExpiryForm, MoveForm, PublishingForm, Verb
from articles.models import Article

WRITERS_VERBS = {Verb.REVIEW, Verb.RETURN}
AT_ONCE = {
    Verb.PUBLISH: publishing.publish,
    Verb.UNPUBLISH: publishing.unpublish,
    Verb.REVIEW: publishing.send_to_review,
    Verb.RETURN: publishing.send_back,
    Verb.REVOKE: previews.revoke,
}


class VerbPages(admin.ModelAdmin):
    """Of the article's admin: what a POST to each address does."""

    def get_urls(self):
        pages = {
            "publishing": self.publishing_view,
            "correction": self.correction_view,
            "move": self.move_view,
        }
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"articles_article_{name}",
            )
            for name, view in pages.items()
        ] + super().get_urls()

    def publishing_view(self, request, pk):
        """Do what the button says, or say on a page of its own why not."""
        article = get_object_or_404(Article, pk=pk)
        if not self._may(request, article, request.POST.get("verb")):
            raise PermissionDenied
        form = PublishingForm(request.POST)
        return self._act(request, article, {"publishing_form": form}, _do)

    def correction_view(self, request, pk):
        article = get_object_or_404(Article, pk=pk)
        if not self.has_publish_permission(request):
            raise PermissionDenied
        form = CorrectionForm(request.POST)
        return self._act(
            request, article, {"correction_form": form}, publishing.correct
        )

    def move_view(self, request, pk):
        article = get_object_or_404(Article, pk=pk)
        if not self.has_move_permission(request):
            raise PermissionDenied
        form = MoveForm(request.POST)
        return self._act(request, article, {"move_form": form}, addresses.move)

    def verbs_context(self, request, article, **forms):
        """The forms that fit ``article`` and the person, and what stands beside."""
        may_publish = self.has_publish_permission(request)
        context = {
            "may_publish": may_publish,
            "may_change": self.has_change_permission(request, article),
            "publishing_form": PublishingForm(),
            "expiry_form": ExpiryForm(initial={"at": article.expires_at}),
            "time_zone": settings.TIME_ZONE,
            "size": checklist.size(article),
            "preview_url": settings.SITE_ORIGIN + previews.link(article),
            "preview_days": previews.LIFETIME.days,
        }
        if not article.is_published:
            context["warnings"] = checklist.warnings(article)
        elif may_publish:
            context["correction_form"] = CorrectionForm()
        if article.published_on and self.has_move_permission(request):
            here = {"slug": article.slug, "at": article.published_at}
            context["move_form"] = MoveForm(initial=here)
        return context | forms

    def has_publish_permission(self, request):
        return request.user.has_perm("articles.publish_article")

    def has_move_permission(self, request):
        return request.user.has_perm("articles.move_article")

    def _may(self, request, article, verb):
        if verb in WRITERS_VERBS and self.has_change_permission(request, article):
            return True
        return self.has_publish_permission(request)

    def _act(self, request, article, forms, verb):
        [form] = forms.values()
        if not form.is_valid():
            return self._refuse(request, article, forms, 422)
        try:
            is_changed = verb(article, by=request.user, **form.cleaned_data)
        except Unpublishable as problem:
            form.add_error(None, problem.words)
            return self._refuse(request, article, forms, problem.status)
        words = _("Done.") if is_changed else _("It was so already.")
        messages.success(request, f"{article}: {words}")
        return redirect("admin:articles_article_change", article.pk)

    def _refuse(self, request, article, forms, status):
        context = (
            self.admin_site.each_context(request)
            | {"opts": self.opts, "original": article, "title": article.headline}
            | self.verbs_context(request, article, **forms)
        )
        template = "admin/articles/article/publishing.html"
        return render(request, template, context, status=status)


def _do(article, *, by, verb, at):
    if verb == Verb.SCHEDULE:
        return publishing.schedule(article, by=by, at=at)
    if verb == Verb.EXPIRE:
        return publishing.expire_at(article, by=by, at=at)
    return AT_ONCE[verb](article, by=by)
