"""What editors type, checked."""

from __future__ import annotations

from types import SimpleNamespace

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from articles import rendering, revisions
from articles.models import Article


class Verb(TextChoices):
    PUBLISH = "publish", _("Publish now")
    SCHEDULE = "schedule", _("Schedule")
    EXPIRE = "expire", _("Expire")
    UNPUBLISH = "unpublish", _("Unpublish")
    REVIEW = "review", _("Send to review")
    RETURN = "return", _("Send back to the writer")
    REVOKE = "revoke", _("Revoke the preview links")


class ArticleForm(forms.ModelForm):
    """An article's words and facts, with the version that they were opened at.

    Where somebody has saved since, it is invalid and ``conflict`` compares the stored
    words with the typed ones: the view locks the row, so this cannot go stale. Who may
    comment is set elsewhere too, without a new version: it stays as it is stored where
    the editor has left it alone.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("What was changed and why, for the newsroom’s list of revisions."),
    )
    is_material = forms.BooleanField(
        label=_("Tell readers that the text was updated"),
        required=False,
        help_text=_("Shows “Updated” with the time, on the page and in feeds."),
    )

    typed = None  # an Autosave to start from, where its editor asks for it

    class Meta:
        widgets = {
            "standfirst": forms.Textarea(attrs={"rows": 2}),
            "discussion_note": forms.Textarea(attrs={"rows": 3}),
            "comments_close_on": forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date"}
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflict: list[revisions.Comparison] | None = None
        self.initial.setdefault("version", self.instance.version)
        if "commenting" in self.fields:  # not for those who may only look
            self.fields["commenting"].show_hidden_initial = True
        if self.typed:
            names = [*revisions.WORDS, "version"]
            self.initial |= {name: getattr(self.typed, name) for name in names}

    def clean_body(self):
        """An editor box that looks empty still holds a paragraph."""
        body = self.cleaned_data["body"]
        if not rendering.plain_text(body):
            raise forms.ValidationError(_("The article has no text yet."))
        return body

    def clean(self):
        super().clean()
        stored = self.instance.version
        # The button “Save mine over it” says which version its presser has seen.
        if self.instance.pk and str(stored) not in {
            self.data.get("_over"),
            str(self.cleaned_data.get("version")),
        }:
            self.conflict = revisions.compare(
                Article(**{name: self.initial[name] for name in revisions.WORDS}),
                SimpleNamespace(
                    **{name: self.data.get(name, "") for name in revisions.WORDS}
                ),
            )
            self.add_error(None, _("Somebody saved this article since you opened it."))
        if "commenting" in self.initial and "commenting" not in self.changed_data:
            self.cleaned_data["commenting"] = self.initial["commenting"]
        return self.cleaned_data


class PublishingForm(forms.Form):
    """One of the verbs, and for some its moment, in the newsroom's time zone."""

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


class ExpiryForm(PublishingForm):
    at = forms.DateTimeField(
        label=_("Disappear at"),
        required=False,
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M",
            attrs={"type": "datetime-local", "id": "id_expire_at"},
        ),
    )


class CorrectionForm(forms.Form):
    """What was wrong, and what is right: readers see it, dated, under the text."""

    text = forms.CharField(
        label=_("Correction"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MoveForm(forms.Form):
    """Another address for what readers have seen; the old one leads to it."""

    slug = forms.SlugField(label=_("Slug"), max_length=200)
    at = forms.DateTimeField(
        label=_("Published at"),
        required=False,
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M",
            attrs={"type": "datetime-local", "id": "id_published_at"},
        ),
    )
