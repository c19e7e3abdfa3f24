"""What editors type, checked."""

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from articles import rendering


class Verb(TextChoices):
    PUBLISH = "publish", _("Publish now")
    SCHEDULE = "schedule", _("Schedule")
    UNPUBLISH = "unpublish", _("Unpublish")


class ArticleForm(forms.ModelForm):
    class Meta:
        widgets = {"standfirst": forms.Textarea(attrs={"rows": 2})}

    def clean_body(self):
        """An editor box that looks empty still holds a paragraph."""
        body = self.cleaned_data["body"]
        if not rendering.plain_text(body):
            raise forms.ValidationError(_("The article has no text yet."))
        return body


class PublishingForm(forms.Form):
    """One of the verbs, and for a schedule its moment, in the newsroom's time zone."""

    verb = forms.ChoiceField(choices=Verb, widget=forms.HiddenInput)
    at = forms.DateTimeField(
        label=_("Appear at"),
        required=False,
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}
        ),
    )

    def clean(self):
        super().clean()
        fields = self.cleaned_data
        is_schedule = fields.get("verb") == Verb.SCHEDULE
        if is_schedule and "at" not in self.errors and not fields.get("at"):
            self.add_error("at", _("Say when it is to appear."))
        return fields
