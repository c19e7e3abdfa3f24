"""The library: pictures go in here, and say what they show and whose they are."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from articles import darkroom, figures, images
from articles.models import Image
from articles.models.images import ACROSS, DOWN

PICKER_SIZE = 60  # the newest; the search finds the rest
PLACES = {
    "left-top": _("top left"),
    "center-top": _("top"),
    "right-top": _("top right"),
    "left-middle": _("left"),
    "center-middle": _("middle"),
    "right-middle": _("right"),
    "left-bottom": _("bottom left"),
    "center-bottom": _("bottom"),
    "right-bottom": _("bottom right"),
}


class ImageForm(forms.ModelForm):
    """The picture itself is given once: another picture is another image."""

    upload = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG, WebP, AVIF or GIF, up to 60 MB."),
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/gif"}
        ),
    )
    focus = forms.ChoiceField(
        label=_("Focal point"),
        help_text=_("What must stay in sight where the picture is cropped."),
        choices=PLACES.items(),
        initial="center-middle",
        widget=forms.RadioSelect(attrs={"class": "focus-grid"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["upload"]
            self.initial["focus"] = self.instance.focus

    def clean_upload(self):
        try:
            picture = darkroom.develop(self.cleaned_data["upload"])
        except darkroom.PictureRefused as problem:
            raise ValidationError(problem.words) from problem
        if twin := Image.objects.filter(sha256=picture.sha256).first():
            link = format_html('<a href="{}">{}</a>', _address(twin), twin)
            words = _("This picture is in the library already:")
            raise ValidationError(format_html("{} {}", words, link))
        return picture

    def save(self, commit=True):
        if "focus" in self.changed_data or not self.instance.pk:
            across, down = self.cleaned_data["focus"].split("-")
            self.instance.focal_x, self.instance.focal_y = ACROSS[across], DOWN[down]
        return super().save(commit)


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    """Upload, describe, find again; what an article shows is not deleted."""

    form = ImageForm
    list_display = ["thumbnail", "title", "credit", "size", "usage", "uploaded_at"]
    list_display_links = ["thumbnail", "title"]
    list_filter = ["is_decorative", "rights_until", "uploaded_at"]
    list_per_page = 50
    readonly_fields = ["preview", "size", "used_in", "uploaded_by", "uploaded_at"]
    search_fields = ["alt", "caption", "credit", "rights"]
    search_help_text = _("Search by words of the text, the credit or the rights.")
    words = [
        "alt",
        "is_decorative",
        "caption",
        "credit",
        "rights",
        "rights_until",
        "focus",
    ]

    class Media:
        css = {"all": ["css/admin-images.css"]}

    def get_queryset(self, request):
        return Image.objects.for_library()

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["upload", *self.words]})]
        return [
            (None, {"fields": ["preview", *self.words]}),
            (_("In the library"), {"fields": self.readonly_fields[1:]}),
        ]

    def changeform_view(self, request, *args, **kwargs):
        """Where two take the same picture in at once, the second form is refused."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except images.TakenAlready:
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
        else:
            images.accept(obj, form.cleaned_data["upload"], by=request.user)

    def get_deleted_objects(self, objs, request):
        """Why not: because an article shows it, whoever may delete articles."""
        found, counts, lacking, protected = super().get_deleted_objects(objs, request)
        for image in objs:
            in_text = figures.showing(image).exclude(lead_image=image)
            protected += [f"{_('in the text')}: {article}" for article in in_text]
        return found, counts, set() if protected else lacking, protected

    def get_urls(self):
        view = self.admin_site.admin_view(self.picker)
        address = path("picker/", view, name="articles_image_picker")
        return [address, *super().get_urls()]

    def picker(self, request):
        """What the text editor opens to choose a picture from."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        words = request.GET.get("q", "")
        found, _doubles = self.get_search_results(request, Image.objects.all(), words)
        chosen = list(found.prefetch_related("renditions")[:PICKER_SIZE])
        for image in chosen:
            image.thumbnail = _shown(image, "thumbnail")
        context = self.admin_site.each_context(request) | {
            "title": _("Choose an image"),
            "is_popup": True,
            "images": chosen,
            "words": words,
            "number": request.GET.get("CKEditorFuncNum", ""),
        }
        return render(request, "admin/articles/image/picker.html", context)

    @admin.display(description=_("picture"))
    def thumbnail(self, image):
        return _shown(image, "thumbnail")

    @admin.display(description=_("picture"))
    def preview(self, image):
        return _shown(image, "preview")

    @admin.display(description=_("what it is"), ordering="caption")
    def title(self, image):
        return str(image)

    @admin.display(description=_("size"), ordering="width")
    def size(self, image):
        return f"{image.width} × {image.height}"

    @admin.display(description=_("leads"))
    def usage(self, image):
        return len(image.articles.all()) or "–"

    @admin.display(description=_("used in"))
    def used_in(self, image):
        links = ((_address(each), each) for each in figures.showing(image))
        return format_html_join("", '<a class="used-in" href="{}">{}</a>', links) or "–"


def _shown(image: Image, kind: str):
    """The smallest copy there is; a picture in the admin never weighs a megabyte."""
    small = next((r for r in image.renditions.all() if r.format == "webp"), image)
    context = {"image": image, "small": small, "kind": kind}
    return render_to_string("admin/articles/image/_shown.html", context)


def _address(thing) -> str:
    name = f"admin:articles_{thing._meta.model_name}_change"
    return reverse(name, args=[thing.pk])
