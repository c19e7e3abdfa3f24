"""The editors' workplace; what readers see, and when, changes by verbs alone."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from articles import publishing
from articles.forms import ArticleForm, PublishingForm, Verb
from articles.models import Article, Byline, Contributor, Section, Tag


class StateFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("draft", _("draft")),
            ("scheduled", _("scheduled")),
            ("published", _("published")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "draft":
                return queryset.filter(status=Article.Status.DRAFT)
            case "scheduled":
                return queryset.scheduled()
            case "published":
                return queryset.published()
        return queryset


class BylineInline(admin.TabularInline):
    model = Byline
    autocomplete_fields = ["contributor"]
    extra = 1
    fields = ["contributor", "position"]


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    """Write here; publish, schedule and unpublish by the buttons and actions."""

    actions = ["publish_now", "unpublish"]
    autocomplete_fields = ["tags"]
    fieldsets = [
        (None, {"fields": ["headline", "slug", "standfirst", "body"]}),
        (_("Where it is found"), {"fields": ["section", "tags"]}),
        (
            _("Reprint"),
            {"fields": ["source_publication", "source_date", "canonical_url"]},
        ),
        (_("Discussion"), {"fields": ["commenting"]}),
    ]
    form = ArticleForm
    inlines = [BylineInline]
    list_display = ["headline", "section", "state", "published_at", "commenting"]
    list_filter = [StateFilter, "section", "commenting"]
    list_select_related = ["section"]
    ordering = [F("published_at").desc(nulls_first=True), "-pk"]  # drafts on top
    prepopulated_fields = {"slug": ["headline"]}
    search_fields = ["headline", "standfirst", "body", "contributors__name"]

    class Media:
        css = {"all": ["css/admin-articles.css"]}

    @admin.display(description=_("status"), ordering="status")
    def state(self, article):
        return _("scheduled") if article.is_scheduled else article.get_status_display()

    @admin.action(
        description=_("Publish the selected articles now"), permissions=["publish"]
    )
    def publish_now(self, request, queryset):
        self._each(request, queryset, publishing.publish)

    @admin.action(
        description=_("Unpublish the selected articles"), permissions=["publish"]
    )
    def unpublish(self, request, queryset):
        self._each(request, queryset, publishing.unpublish)

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        """Nothing is deleted by the dozen."""
        actions = super().get_actions(request, action_location)
        actions.pop("delete_selected", None)
        return actions

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.publishing_view))
        address = path("<int:pk>/publishing/", view, name="articles_article_publishing")
        return [address, *super().get_urls()]

    def publishing_view(self, request, pk):
        """Do what the button says, or say on a page of its own why not."""
        if not self.has_publish_permission(request):
            raise PermissionDenied
        article = get_object_or_404(Article, pk=pk)
        form = PublishingForm(request.POST)
        if not form.is_valid():
            return self._refuse(request, article, form, 422)
        try:
            is_changed = _do(article, by=request.user, **form.cleaned_data)
        except publishing.Unpublishable as problem:
            form.add_error(None, problem.words)
            return self._refuse(request, article, form, problem.status)
        words = _("Done.") if is_changed else _("It was so already.")
        messages.success(request, f"{article}: {words}")
        return redirect("admin:articles_article_change", article.pk)

    def render_change_form(self, request, context, *args, **kwargs):
        if self.has_publish_permission(request):
            context |= {
                "publishing_form": PublishingForm(),
                "time_zone": settings.TIME_ZONE,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        """An address that readers may have, or have been promised, stays."""
        return ["slug"] if obj and obj.published_on else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj and obj.published_on else self.prepopulated_fields

    def view_on_site(self, article):
        return article.get_absolute_url()

    def has_publish_permission(self, request):
        return request.user.has_perm("articles.publish_article")

    def has_delete_permission(self, request, obj=None):
        """Only what has no address yet may go; the rest is unpublished."""
        has_address = obj is not None and obj.published_on is not None
        return not has_address and super().has_delete_permission(request, obj)

    def _refuse(self, request, article, form, status):
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "original": article,
            "title": article.headline,
            "publishing_form": form,
            "time_zone": settings.TIME_ZONE,
        }
        template = "admin/articles/article/publishing.html"
        return render(request, template, context, status=status)

    def _each(self, request, articles, verb):
        done = 0
        for article in articles:
            try:
                done += verb(article, by=request.user)
            except publishing.Unpublishable as problem:
                messages.error(request, f"{article}: {problem.words}")
        words = ngettext("%d article changed.", "%d articles changed.", done)
        messages.success(request, words % done)


def _do(article, *, by, verb, at):
    match verb:
        case Verb.PUBLISH:
            return publishing.publish(article, by=by)
        case Verb.SCHEDULE:
            return publishing.schedule(article, by=by, at=at)
    return publishing.unpublish(article, by=by)


class SubjectAdmin(admin.ModelAdmin):
    """Its slug is its address, so it is chosen once."""

    list_display = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def view_on_site(self, subject):
        return subject.get_absolute_url()


@admin.register(Section)
class SectionAdmin(SubjectAdmin):
    list_display = ["name", "slug", "position"]
    list_editable = ["position"]


@admin.register(Tag, Contributor)
class NamedAdmin(SubjectAdmin):
    pass
