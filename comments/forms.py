"""What readers send: a reply, a new text, a flag."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import names
from comments import text
from comments.models import Comment, Flag

GUEST = "guest"
GUEST_FIELDS = ("email", "name", "website")
REQUIRED = _("Error: Please fill the required fields.")
PARENT_GONE = _(
    "Sorry, the comment you are replying to is gone. Your text is still here: post it "
    "as a comment of its own."
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
    parent = forms.ModelChoiceField(
        Comment.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": PARENT_GONE},
    )
    post_as = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, article, reader, initial=None):
        self.reader = reader
        super().__init__(data, initial=initial, label_suffix="")
        parents = Comment.objects.filter(article=article)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        self.fields["comment"].widget.attrs |= {
            "placeholder": _("Enter your comment here...")
        }

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

    def refuse(self, words: str) -> None:
        """Say at the head of the form why the comment was not taken."""
        self.errors.clear()
        self.add_error(None, words)

    def typed(self) -> dict:
        """Everything in the form as it was sent, to be kept and shown again."""
        return {name: self[name].value() for name in self.fields}


class RevisionForm(forms.Form):
    """A new text for one's own comment."""

    comment = CommentTextField()


class FlagForm(forms.Form):
    """A reader's report: a reason, and words if wanted."""

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
