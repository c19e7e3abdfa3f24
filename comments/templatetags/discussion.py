"""What other apps' pages show of the comments, without knowing of them."""

from django import template

from comments import display, identity, rendering
from comments.models import Comment

register = template.Library()


@register.inclusion_tag("comments/_discussion.html", takes_context=True)
def discussion(context, article):
    """All of ``article``'s discussion and the reply form, for this reader."""
    return display.discussion(context["request"], article)


@register.filter
def comment_html(comment: Comment):
    """The comment's words, as the HTML that was made of them when they were written."""
    return rendering.safe(comment.body_html)


@register.filter
def has_session(request) -> bool:
    """Whether a form needs the CSRF token; public pages carry none."""
    return identity.has_session(request)
