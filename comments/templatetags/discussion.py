"""What other apps' pages show of the comments, without knowing of them."""

import html
from functools import partial

from django import template
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from articles.rendering import json_ld
from articles.structured import news_article
from comments import (
    display,
    finding,
    fragments,
    identity,
    pages,
    rendering,
    structured,
)
from comments.models import Comment

FOUND_PER_PAGE = 20

register = template.Library()


@register.inclusion_tag("comments/_discussion.html", takes_context=True)
def discussion(context, article):
    """All of ``article``'s discussion and the reply form, for this reader."""
    shown = display.discussion(context["request"], article)
    context["discussion_shown"] = shown  # discussion_json_ld says the same
    return shown


@register.simple_tag(takes_context=True)
def comment_in_place(context, node):
    """A comment with what its reader may do about it."""
    request, article = context["request"], context["article"]
    make = partial(_in_place, request, article, node)
    if not pages.is_in_the_making(request) or node.is_own:
        return make()
    return fragments.kept(fragments.facts_of(node, request.get_full_path()), make)


def _in_place(request, article, node):
    shown = {"node": node, "article": article}
    return render_to_string("comments/_node.html", shown, request)


@register.simple_tag(takes_context=True)
def discussion_json_ld(context, article):
    """``article`` for machines, with the threads that ``discussion`` showed."""
    shown = context.get("discussion_shown")
    if shown is None:
        return json_ld(news_article(article))
    return json_ld(structured.discussed(article, shown["threads"], shown["count"]))


@register.inclusion_tag("comments/_found.html", takes_context=True)
def found_comments(context, query):
    """A page of the public comments that a search finds."""
    paginator = Paginator(finding.comments(query), FOUND_PER_PAGE)
    page = paginator.get_page(context["request"].GET.get("page"))
    comments = finding.for_list(page.object_list)
    return {"request": context["request"], "page_obj": page, "comments": comments}


@register.inclusion_tag("comments/_most_discussed.html")
def most_discussed():
    return {"discussions": finding.most_discussed()}


@register.filter
def comment_html(comment: Comment):
    """The comment's words, as the HTML that was made of them when they were written."""
    return rendering.safe(comment.body_html)


@register.filter
def comment_words(comment: Comment) -> str:
    """The comment's words alone, without their markup."""
    return " ".join(html.unescape(strip_tags(comment.body_html)).split())


@register.filter
def has_session(request) -> bool:
    """Whether a form needs the CSRF token; public pages carry none."""
    return identity.has_session(request)
