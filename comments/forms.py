"""What readers send: a reply, a new text, a flag, an appeal."""

from math import isfinite, nan

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import names, numbers
from accounts.prepared import Select, Slot
from comments import text
from comments.models import Comment, Flag
from comments.screening import Signs

GUEST = "guest"
GUEST_FIELDS = ("email", "name", "website")
REQUIRED = _("Error: Please fill the required fields.")
PARENT_GONE = _(
    "Sorry, the comment you are replying to is gone. Your text is still here: post it "
    "as a comment of its own."
)


_PARENT = Select(
    Comment,
    lambda: Comment.objects.filter(pk=Slot("key"), article=Slot("article")),
)


class TidyField(forms.CharField):
    """Text without what nobody types on purpose; see ``comments.text``."""

    def to_python(self, value):
        return super().to_python(text.tidy(value or ""))


class TidyLineField(forms.CharField):
    """``TidyField`` for one line, such as a name."""

    def to_python(self, value):
        return super().to_python(names.tidy(value or ""))


class CommentTextField(TidyField):
    """A comment's words; the limit is in characters, and said."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        super().__init__(
            label=_("Comment"),
            error_messages={"required": _("Error: Please type your comment text.")},
            **kwargs,
        )

    def validate(self, value):
        super().validate(value)
        most = settings.COMMENT_MAX_LENGTH
        if len(value) > most:
            words = gettext(
                "Error: Your comment is too long: it has %(count)s characters, "
                "the limit is %(most)s."
            )
            count = number_format(len(value), force_grouping=True)
            limit = number_format(most, force_grouping=True)
            raise ValidationError(words % {"count": count, "most": limit})


class ReplyForm(forms.Form):
    """Leave a Reply: as a guest with name and e-mail, or with one's account."""

    comment = CommentTextField()
    email = forms.EmailField(
        label=_("Email"),
        max_length=100,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": REQUIRED,
            "invalid": _("Error: Please enter a valid email address."),
            "max_length": _("Error: Your email address is too long."),
        },
    )
    name = TidyLineField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": REQUIRED,
            "max_length": _(
                "Error: Your name is too long: the limit is 80 characters."
            ),
        },
    )
    website = forms.URLField(
        label=_("Website"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url"}),
        error_messages={
            "invalid": _("Error: Please enter a valid website address, or none."),
            "max_length": _("Error: Your URL is too long."),
        },
    )
    remember = forms.BooleanField(required=False)
    notify_comments = forms.BooleanField(required=False)
    notify_posts = forms.BooleanField(required=False)
    parent = forms.CharField(required=False, widget=forms.HiddenInput)
    post_as = forms.CharField(required=False, widget=forms.HiddenInput)
    # A trap: people do not see it, and what fills in every field does.
    subject = forms.CharField(required=False)
    # Between the first key and the button, as the page's script measured it.
    typing_seconds = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, article, reader, initial=None):
        self.article, self.reader = article, reader
        super().__init__(data, initial=initial, label_suffix="")
        self.fields["comment"].widget.attrs |= {
            "placeholder": _("Enter your comment here...")
        }

    def clean_parent(self) -> Comment | None:
        """The comment that is replied to; one of the same article."""
        typed = self.cleaned_data["parent"]
        if not typed:
            return None
        key = numbers.read_key(typed)
        found = _PARENT.first(key=key, article=self.article.pk) if key else None
        if found is None:
            raise ValidationError(PARENT_GONE)
        return found

    def clean(self):
        if self.posts_as_account:
            for name in GUEST_FIELDS:  # whatever stands in the folded panel
                self.errors.pop(name, None)
        if "parent" in self.errors:  # which has no place of its own on the page
            self.add_error(None, self.errors.pop("parent").data)

    @property
    def posts_as_account(self) -> bool:
        """Whether an account is there and was meant; signed in, one is a guest only
        by choice."""
        return self.reader.account is not None and self["post_as"].value() != GUEST

    @property
    def signs(self) -> Signs:
        """How it was filled in; a time that is no number is no time."""
        data = self.cleaned_data
        try:
            seconds = float(data["typing_seconds"])
        except ValueError:
            seconds = nan
        return Signs(data["subject"], seconds if isfinite(seconds) else None)

    def refuse(self, words: str) -> None:
        """Say at the head of the form why the comment was not taken."""
        self.errors.clear()
        self.add_error(None, words)

    def typed(self) -> dict:
        """Everything in the form as it was sent, to be kept and shown again."""
        kept = self.fields.keys() - {"subject", "typing_seconds"}
        return {name: self[name].value() for name in kept}


class RevisionForm(forms.Form):
    """A new text for one's own comment."""

    comment = CommentTextField()


class FlagForm(forms.Form):
    """A reader's report: a reason, and words if wanted.

    What is said to be illegal asks for what a notice has to say: Regulation (EU)
    2022/2065, Article 16(2); who reports it may stay unknown.
    """

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Flag.FlagReason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a reason.")},
    )
    words = TidyField(
        label=_("Anything the moderators should know?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    law = TidyLineField(
        label=_("Which law does it break, if you know?"), max_length=200, required=False
    )
    reporter_name = TidyLineField(
        label=_("Your name, if you want to give it"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    reporter_email = forms.EmailField(
        label=_("Your e-mail, if you want to give it (never made public)"),
        max_length=100,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    is_in_good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I say here is right and complete."),
        required=False,
    )

    NOTICE = ("law", "reporter_name", "reporter_email", "is_in_good_faith")

    def clean(self):
        if self.cleaned_data.get("reason") != Flag.FlagReason.ILLEGAL:
            for name in self.NOTICE:  # asked of nobody else, so kept of nobody else
                self.errors.pop(name, None)
                self.cleaned_data.pop(name, None)
            return
        if not self.cleaned_data.get("words") and "words" not in self.errors:
            self.add_error("words", _("Please say why you believe it is illegal."))
        if not self.cleaned_data.get("is_in_good_faith"):
            self.add_error("is_in_good_faith", _("Please confirm this."))

    @property
    def notice(self) -> dict:
        """What was said beside reason and words; nothing unless it is illegal."""
        return {n: v for n, v in self.cleaned_data.items() if n in self.NOTICE}


class AppealForm(forms.Form):
    """A commenter's word against a rejection."""

    text = TidyField(
        label=_("Why should it be published?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 2_000}),
        error_messages={"required": _("Please say why.")},
    )
