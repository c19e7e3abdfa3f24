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
    rendering,
    structured,
)
from comments.models import Comment

FOUND_PER_PAGE = 20
# What the reply form shows that is not its reader's, but for the article.
FORM_FACTS = ("post_url", "closes_at", "identity", "providers", "panels")

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
    make = partial(_render, "comments/_node.html", context, node)
    if not fragments.is_for_many(node):
        return make()
    return fragments.kept(("comment", *_page(context), fragments.facts_of(node)), make)


@register.simple_tag(takes_context=True)
def thread_in_place(context, node):
    """A comment with all beneath it; with the form, where that stands in the thread."""
    form_at = context["replying_to"].pk if context.get("is_form_in_thread") else None
    thread = list(node.walk())
    if any(each.comment.pk == form_at for each in thread):
        with context.push(node=node):
            template = context.template.engine.get_template("comments/_thread.html")
            return template.render(context)
    make = partial(_render, "comments/_thread.html", context, node)
    if not all(map(fragments.is_for_many, thread)):
        return make()
    facts = map(fragments.facts_of, thread)
    return fragments.kept(("thread", *_page(context), *facts), make)


@register.simple_tag(takes_context=True)
def form_in_place(context):
    """The reply form beneath the threads; the same for all of whom it says nothing."""
    if context["is_form_own"]:
        template = context.template.engine.get_template("comments/_reply_form.html")
        return template.render(context)
    article, shown = context["article"], {name: context[name] for name in FORM_FACTS}
    facts = article.get_absolute_url(), article.commenting_message, *shown.values()
    shown |= {"article": article, "form": context["form"]}
    make = partial(render_to_string, "comments/_reply_form.html", shown)
    return fragments.kept(("form", *facts), make)


def _render(template_name, context, node):
    """Without the request: what is kept may tell nothing of who asked for it."""
    shown = {"node": node, "address": context["address"], "asked": context["asked"]}
    return render_to_string(template_name, shown)


def _page(context):
    """What of a page its links say."""
    return context["address"], *context["asked"].items()


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
    return request is not None and identity.has_session(request)
