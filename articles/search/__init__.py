"""Search in what is published: one function, whatever the database.

The words are kept where articles are, by the database itself: `sqlite.py` and
`postgres.py` say how. No text that anybody types is ever read as query syntax.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import ModuleType

from django.db import connections
from django.db.models import Q

from accounts import names
from articles import rendering
from articles.models import Article
from articles.search import postgres, sqlite

LONGEST_QUERY = 200
MOST_TERMS = 16
LOOKED_AT = 2_000  # matches, of which some may not be public
MOST_FOUND = 200
_TERM = re.compile(r'"([^"]+)"|(\S+)')
# Written without spaces between words, which is what the databases' indexes go by.
_SPACELESS = re.compile(r"[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Found:
    """Keys of the published articles that match, the best first, MOST_FOUND at most."""

    terms: tuple[str, ...] = ()
    keys: tuple[int, ...] = ()

    def articles(self, keys: list[int]) -> list[Article]:
        """Those of a page, with what a card shows, and the words that were found."""
        rows = Article.objects.published().for_cards().in_bulk(keys)
        marked = _database().snippets(self.terms, keys) if keys else {}
        shown = [rows[key] for key in keys if key in rows]
        for article in shown:
            article.snippet = rendering.marked(marked.get(article.pk, ""))  # type: ignore[attr-defined]
        return shown


def articles(query: str) -> Found:
    """The published articles with every term of ``query``: “"a phrase" words”."""
    terms = read(query)
    if not terms:
        return Found()
    published = Article.objects.published()
    if any(_SPACELESS.search(term) for term in terms):
        found = published.filter(holding(terms, "headline", "standfirst", "body"))
        ranked = list(found.newest_first().values_list("pk", flat=True)[:LOOKED_AT])
    else:
        ranked = _database().matching(terms, LOOKED_AT)
    shown = published.filter(pk__in=ranked).order_by()
    public = set(shown.values_list("pk", flat=True))
    return Found(terms, tuple([key for key in ranked if key in public][:MOST_FOUND]))


def read(query: str) -> tuple[str, ...]:
    """The words and quoted phrases of what somebody typed; punctuation is none."""
    typed = names.tidy(query[:LONGEST_QUERY])
    terms = [phrase or word.strip('"') for phrase, word in _TERM.findall(typed)]
    return tuple(term for term in terms if re.search(r"\w", term))[:MOST_TERMS]


def holding(terms: tuple[str, ...], *fields: str) -> Q:
    """With each of ``terms``, letter by letter, in any of ``fields``."""
    condition = Q()
    for term in terms:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": term})
        condition &= anywhere
    return condition


def prepare(using: str) -> None:
    """Have the database keep the words; done over after every migration."""
    _database(using).prepare(using)


def _database(using: str = "default") -> ModuleType:
    return sqlite if connections[using].vendor == "sqlite" else postgres
