"""What the desk's pages send."""

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from comments import queues
from comments.models import BulkRun, Reason

# In the order of their keys, 1 to 7.
REJECTIONS = [
    Reason.OTHER,
    Reason.OFF_TOPIC,
    Reason.ABUSIVE,
    Reason.SPAM,
    Reason.ILLEGAL,
    Reason.PERSONAL_DATA,
    Reason.THREAT,
]
REASONS = [(reason.value, reason.label) for reason in REJECTIONS]
VERBS = ["approve", "reject", "spam", "ignore", "restore", "feature", "unfeature"]


class DecisionForm(forms.Form):
    """One decision on the version of a comment that its decider saw."""

    comment = forms.IntegerField(min_value=1)
    seen = forms.IntegerField(min_value=0)
    verb = forms.ChoiceField(choices=[(verb, verb) for verb in VERBS])
    reason = forms.ChoiceField(choices=REASONS, required=False)
    words = forms.CharField(max_length=500, required=False)


class PlaceForm(forms.Form):
    """Where the desk's page stands: its next card, and the last that it has."""

    reading = forms.IntegerField(min_value=1, required=False)
    left = forms.IntegerField(min_value=1, required=False)
    last = forms.IntegerField(min_value=1, required=False)


class CommentingForm(forms.Form):
    article = forms.ModelChoiceField(queues.articles())
    rule = forms.ChoiceField(choices=Article.Commenting)


class BulkForm(forms.Form):
    """One verb for the ticked comments, or for all that a selection has."""

    TICKED, ALL = "ticked", "all"

    verb = forms.ChoiceField(label=_("What to do"), choices=BulkRun.Verb)
    scope = forms.ChoiceField(choices=[(TICKED, TICKED), (ALL, ALL)])
    reason = forms.ChoiceField(
        label=_("Reason for a rejection"), choices=REASONS, required=False
    )
    words = forms.CharField(
        label=_("In words, to the commenters"), max_length=500, required=False
    )

    def clean_reason(self):
        return self.cleaned_data["reason"] or Reason.OTHER
