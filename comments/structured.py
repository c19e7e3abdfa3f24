"""What machines are told of the comments on a page, as schema.org's Comment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from django.conf import settings
from django.utils.html import strip_tags

from articles import structured
from articles.models import Article
from comments import fragments
from comments.models import Comment
from comments.threads import Node

BLOCK_END = re.compile(r"</(?:p|li|blockquote|pre)>|<br>")


def discussed(article: Article, threads: Iterable[Node], count: int) -> dict:
    """The JSON-LD of ``article`` with the ``threads`` that the page shows of it.

    A reader's own comments that are not published are nobody else's to read: they are
    left out, whoever asks.
    """
    facts = structured.news_article(article)
    facts["commentCount"] = count
    facts["discussionUrl"] = f"{facts['url']}#comments"
    return structured.filled(facts | {"comment": _comments(threads)})


def _comments(nodes: Iterable[Node]) -> list[dict]:
    return [said for node in nodes if (said := _comment(node))]


def _comment(node: Node) -> dict:
    replies = _comments(node.replies)
    if node.is_tombstone or not node.comment.is_published:
        # The place of what is gone, for the sake of its replies.
        gone = {"@type": "Comment", "creativeWorkStatus": "Deleted"}
        return gone | {"comment": replies} if replies else {}
    return structured.filled(_facts(node.comment) | {"comment": replies})


def _facts(comment: Comment) -> dict:
    name = comment.commenter.display_name
    times = comment.submitted_at, comment.edited_at
    key = ("JSON-LD", comment.pk, name, *times, comment.body_html)
    return fragments.kept(key, lambda: _stated(comment, name))


def _stated(comment: Comment, name: str) -> dict:
    return {
        "@type": "Comment",
        "url": settings.SITE_ORIGIN + comment.get_absolute_url(),
        "author": {"@type": "Person", "name": name},
        "datePublished": structured.moment(comment.submitted_at),
        "dateModified": structured.moment(comment.edited_at),
        "text": words(comment),
    }


def words(comment: Comment) -> str:
    """What the comment says, without its markup."""
    parted = BLOCK_END.sub("\n", comment.body_html)
    return unescape(strip_tags(parted)).strip()
