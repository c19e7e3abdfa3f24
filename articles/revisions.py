"""Every save is a revision: kept, compared, restored, and never written over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import addresses, answers, desk, rendering, websub
from articles.desk import Conflict
from articles.models import Article, ArticleRevision

WORDS = ("headline", "standfirst", "body")
# Words and the spaces after them; each character of a script that writes none.
TOKENS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u1780-\u17ff]|\w+\s*|[^\w\s]\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """Some words of a comparison: ``kept``, ``taken`` or ``added``."""

    kind: str
    words: str


@dataclass(frozen=True)
class Comparison:
    """One field of an article, before and after."""

    name: str
    before: str
    after: str
    pieces: list[Piece]

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@transaction.atomic
def begin(article: Article, *, by: User | None) -> ArticleRevision:
    """Save a new article as its first revision; without a slug, it gets one."""
    article.created_by = by
    _name(article)
    article.save()
    answers.follow(article)
    return _keep(article, by, "")


@transaction.atomic
def save(
    article: Article,
    *,
    by: User | None,
    note: str = "",
    is_material: bool = False,
) -> ArticleRevision:
    """Save ``article``, as read at its ``version`` and then changed, as the next one.

    Somebody else's save since then is a ``Conflict``. A material change to what readers
    see is what they are shown as “Updated”.
    """
    stored = Article.objects.filter(pk=article.pk, version=article.version)
    # One statement decides between two who save at once: no read can go stale.
    if not stored.update(version=F("version") + 1):
        raise Conflict(_("Somebody saved this article since you opened it."))
    _keep_what_is_stored(article)
    article.version += 1
    _name(article)
    if is_material and article.is_published:
        article.revised_at = timezone.now()
    article.save(update_fields=_own_fields(article))
    answers.follow(article)
    if article.is_published:
        websub.follow(article)
    article.autosaves.filter(editor=by).delete()
    return _keep(article, by, note)


@transaction.atomic
def restore(
    article: Article, *, by: User | None, revision: ArticleRevision
) -> ArticleRevision:
    """Have the words of ``revision`` again, as a new one: none in between is lost."""
    desk.lock(article)
    for name in WORDS:
        setattr(article, name, getattr(revision, name))
    note = _("Revision %(number)s restored") % {"number": revision.number}
    kept = save(article, by=by, note=note)
    desk.record(article, by, f"{note}.")
    return kept


def keep_typing(
    article: Article, *, by: User, version: int, words: dict[str, str]
) -> None:
    """Keep what ``by`` has typed since ``version``, apart from the article itself."""
    limits = {"headline": 200, "standfirst": 400, "body": 1_000_000}
    kept = {name: words[name][: limits[name]] for name in WORDS}
    article.autosaves.update_or_create(editor=by, defaults=kept | {"version": version})


def compare(before, after) -> list[Comparison]:
    """Two things that have an article's words, field by field, as plain text."""
    return [
        Comparison(name, old, new, list(_pieces(old, new)))
        for name in WORDS
        for old, new in [(_plain(before, name), _plain(after, name))]
    ]


def _plain(thing, name: str) -> str:
    words = getattr(thing, name)
    return rendering.plain_text(words) if name == "body" else words


def _pieces(before: str, after: str) -> Iterator[Piece]:
    """Paragraph by paragraph first: word by word is slow for a whole article."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for tag, was, now in _steps(old, new):
        if tag == "replace":
            for step, taken, added in _steps(TOKENS.findall(was), TOKENS.findall(now)):
                yield from _named(step, taken, added)
        else:
            yield from _named(tag, was, now)


def _steps(old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        yield tag, "".join(old[i:j]), "".join(new[k:m])


def _named(tag: str, before: str, after: str) -> Iterator[Piece]:
    if tag == "equal":
        yield Piece("kept", before)
        return
    if before:
        yield Piece("taken", before)
    if after:
        yield Piece("added", after)


def _own_fields(article: Article) -> list[str]:
    """What an editor's form holds; status, times and address have their own verbs."""
    names = {
        field.name
        for field in article._meta.concrete_fields
        if field.editable and not field.primary_key
    }
    if article.published_on:
        names.discard("slug")
    return [*names, "version", "revised_at", "updated_at"]


def _name(article: Article) -> None:
    if not article.slug:
        article.slug = addresses.free_slug(article.headline, besides=article)


def _keep_what_is_stored(article: Article) -> None:
    """An article that was never saved by these verbs starts with what it has."""
    if article.revisions.exists():
        return
    stored = Article.objects.get(pk=article.pk)
    stored.version = article.version
    _keep(stored, None, _("As it was before revisions were kept"))


def _keep(article: Article, by: User | None, note: str) -> ArticleRevision:
    words = {name: getattr(article, name) for name in WORDS}
    return article.revisions.create(
        number=article.version, editor=by, note=note, **words
    )
