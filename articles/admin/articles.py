"""Where editors write; what readers see, and when, changes by verbs alone."""

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from articles import addresses, editing, publishing, revisions
from articles.admin.picker import PickerPage
from articles.admin.revisions import RevisionPages
from articles.admin.slugs import SuggestsSlugs
from articles.admin.verbs import VerbPages
from articles.forms import ArticleForm
from articles.models import Article, Byline, Correction


class StateFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("draft", _("draft")),
            ("review", _("in review")),
            ("scheduled", _("scheduled")),
            ("published", _("published")),
            ("expired", _("expired")),
            ("unpublished", _("unpublished")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "draft" | "review" | "unpublished" as status:
                return queryset.filter(status=status)
            case "scheduled":
                return queryset.scheduled()
            case "published":
                return queryset.published()
            case "expired":
                return queryset.expired()
        return queryset


class BylineInline(admin.TabularInline):
    model = Byline
    autocomplete_fields = ["contributor"]
    extra = 1
    fields = ["contributor", "position"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """A column's head is no label of what stands under it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "position":
            field.widget.attrs["aria-label"] = field.label
        return field


@admin.register(Article)
class ArticleAdmin(VerbPages, RevisionPages, PickerPage, SuggestsSlugs):
    """Write here; publish, schedule and unpublish by the buttons and actions.

    Every save is a revision. A row is locked while its form is judged, so that no save
    can come between the check for a conflict and the writing.
    """

    actions = ["publish_now", "unpublish"]
    autocomplete_fields = ["lead_image", "tags"]
    fieldsets = [
        (None, {"fields": ["headline", "slug", "standfirst", "lead_image", "body"]}),
        (_("Where it is found"), {"fields": ["section", "tags"]}),
        (
            _("Reprint"),
            {"fields": ["source_publication", "source_date", "canonical_url"]},
        ),
        (
            _("Discussion"),
            {
                "fields": [
                    "commenting",
                    "comments_close_on",
                    "discussion_note",
                    "commenting_message",
                ]
            },
        ),
    ]
    form = ArticleForm
    inlines = [BylineInline]
    list_display = ["headline", "section", "state", "published_at", "commenting"]
    list_filter = [StateFilter, "section", "commenting"]
    list_select_related = ["section"]
    ordering = [F("published_at").desc(nulls_first=True), "-pk"]  # drafts on top
    named_by = "headline"
    search_fields = ["headline", "standfirst", "body", "contributors__name"]

    class Media:
        css = {"all": ["css/admin-articles.css"]}

    @admin.display(description=_("status"), ordering="status")
    def state(self, article):
        return article.state

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

    def get_object(self, request, object_id, from_field=None):
        article = super().get_object(request, object_id, from_field)
        if article and request.method == "POST":
            article = Article.objects.select_for_update().get(pk=article.pk)
        return article

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        about = ["note", "is_material"] if obj.is_published else ["note"]
        return [*fieldsets, (_("This save"), {"fields": about})]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if obj and request.method == "GET" and "typed" in request.GET:
            typed = self.typed(request, obj)
            return type(form.__name__, (form,), {"typed": typed})
        return form

    def save_model(self, request, obj, form, change):
        if not change:
            revisions.begin(obj, by=request.user)
            return
        about = {name: form.cleaned_data.get(name) for name in ("note", "is_material")}
        revisions.save(obj, by=request.user, **about)
        if "_continue" not in request.POST:
            editing.leave(obj, by=request.user)

    def render_change_form(self, request, context, *args, **kwargs):
        article = context.get("original")
        if article:
            context |= self.verbs_context(request, article)
            if request.method == "GET" and context["may_change"]:
                context["others"] = editing.enter(article, by=request.user)
                context["typed"] = self.typed(request, article)
        context["conflict"] = getattr(context["adminform"].form, "conflict", None)
        response = super().render_change_form(request, context, *args, **kwargs)
        if context["conflict"]:
            response.status_code = 409
        return response

    def get_readonly_fields(self, request, obj=None):
        """An address that readers may have, or have been promised, stays."""
        return ["slug"] if obj and obj.published_on else []

    def free_slug(self, words):
        return addresses.free_slug(words)

    def view_on_site(self, article):
        return article.get_absolute_url()

    def has_change_permission(self, request, obj=None):
        """Writers have their own drafts, until they send them to review."""
        if super().has_change_permission(request, obj):
            return True
        is_own_draft = obj is None or (
            obj.status == Article.Status.DRAFT and obj.created_by_id == request.user.pk
        )
        return is_own_draft and request.user.has_perm("articles.write_article")

    def has_delete_permission(self, request, obj=None):
        """Only what has no address yet may go; the rest is unpublished."""
        has_address = obj is not None and obj.published_on is not None
        return not has_address and super().has_delete_permission(request, obj)

    def _each(self, request, articles, verb):
        done = 0
        for article in articles:
            try:
                done += verb(article, by=request.user)
            except publishing.Unpublishable as problem:
                messages.error(request, f"{article}: {problem.words}")
        words = ngettext("%d article changed.", "%d articles changed.", done)
        messages.success(request, words % done)


@admin.register(Correction)
class CorrectionAdmin(admin.ModelAdmin):
    """Made beside the article; only chiefs mend one, or take one back."""

    list_display = ["corrected_at", "article", "text", "by"]
    list_select_related = ["article", "by"]
    fields = ["article", "text", "corrected_at", "by"]
    readonly_fields = ["article", "corrected_at", "by"]
    search_fields = ["text", "article__headline"]

    def has_add_permission(self, request):
        return False
