"""What people may say about themselves."""

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.models import User


class ProfileForm(forms.ModelForm):
    """The name and the website shown beside all that a person writes."""

    website = forms.URLField(
        label=_("Website"),
        max_length=200,
        required=False,
        assume_scheme="https",
        validators=[
            URLValidator(
                schemes=["http", "https"],
                message=_("Please enter a valid website address, or none."),
            )
        ],
        widget=forms.URLInput(attrs={"autocomplete": "url"}),
    )

    class Meta:
        model = User
        fields = ["display_name", "website"]
        widgets = {"display_name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["display_name"].required = True

    def clean_display_name(self):
        name = names.tidy(self.cleaned_data["display_name"])
        if not name:  # all of it could not be seen
            raise forms.ValidationError(_("Please give a name that can be read."))
        return name
