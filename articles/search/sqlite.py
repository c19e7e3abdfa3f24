"""SQLite's FTS5: a table of the articles' plain words, kept up by triggers.

The triggers call ``plain_text``, which every connection of ours has: articles cannot be
written from a bare `sqlite3` shell. SQLite drops triggers with each table that a
migration rebuilds, so ``prepare`` makes them anew after every migration.
"""

from __future__ import annotations

import json

from django.db import connection, connections, transaction

from articles import rendering

WEIGHTS = "10, 4, 1"
MARKS = "char(2), char(3), '…', 32"
TABLE = """
    CREATE VIRTUAL TABLE article_words USING fts5(
        headline, standfirst, body, tokenize = 'porter unicode61 remove_diacritics 2'
    )
"""
TRIGGERS = {
    "article_words_added": """
        AFTER INSERT ON articles_article BEGIN
            INSERT INTO article_words (rowid, headline, standfirst, body)
            VALUES (new.id, new.headline, new.standfirst, plain_text(new.body));
        END""",
    "article_words_changed": """
        AFTER UPDATE OF headline, standfirst, body ON articles_article
        WHEN old.headline <> new.headline OR old.standfirst <> new.standfirst
            OR old.body <> new.body
        BEGIN
            UPDATE article_words
            SET headline = new.headline, standfirst = new.standfirst,
                body = plain_text(new.body)
            WHERE rowid = new.id;
        END""",
    "article_words_removed": """
        AFTER DELETE ON articles_article BEGIN
            DELETE FROM article_words WHERE rowid = old.id;
        END""",
}
FILL = """
    INSERT INTO article_words (rowid, headline, standfirst, body)
    SELECT id, headline, standfirst, plain_text(body) FROM articles_article
"""
MATCH = f"""
    SELECT rowid FROM article_words WHERE article_words MATCH %s
    ORDER BY bm25(article_words, {WEIGHTS}), rowid DESC LIMIT %s
"""  # noqa: S608 - nothing but constants
SNIPPETS = f"""
    SELECT rowid, snippet(article_words, 2, {MARKS}) FROM article_words
    WHERE article_words MATCH %s AND rowid IN (SELECT value FROM json_each(%s))
"""  # noqa: S608 - nothing but constants


def matching(terms: tuple[str, ...], most: int) -> list[int]:
    """The keys of articles, public or not, that hold ``terms``, the best first."""
    with connection.cursor() as cursor:
        cursor.execute(MATCH, [_quoted(terms), most])
        return [key for (key,) in cursor.fetchall()]


def snippets(terms: tuple[str, ...], keys: list[int]) -> dict[int, str]:
    """Some words around what matched, which stands between \\x02 and \\x03."""
    with connection.cursor() as cursor:
        cursor.execute(SNIPPETS, [_quoted(terms), json.dumps(keys)])
        return dict(cursor.fetchall())


def give_plain_text(opened) -> None:
    """Let the triggers on a connection that was just ``opened`` call ``plain_text``."""
    opened.connection.create_function(
        "plain_text", 1, rendering.plain_text, deterministic=True
    )


def prepare(using: str) -> None:
    with transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE 'article_words%'"
        )
        existing = {name for (name,) in cursor.fetchall()}
        if "article_words" not in existing:
            cursor.execute(TABLE)
        if not existing.issuperset(TRIGGERS):
            # What was written while one was missing is not in the table.
            cursor.execute("DELETE FROM article_words")
            cursor.execute(FILL)
        for name, trigger in TRIGGERS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(f"CREATE TRIGGER {name} {trigger}")


def _quoted(terms: tuple[str, ...]) -> str:
    """Every term a string of FTS5; the last one may be the beginning of a word."""
    quoted = ['"{}"'.format(term.replace('"', '""')) for term in terms]
    return " ".join(quoted) + " *"
