"""PostgreSQL's full text: a table of the articles' words, kept up by a trigger.

Where the extension pg_trgm can be had, terms that find nothing are compared with the
headlines once more, for slips of the finger.
"""

from __future__ import annotations

from html import unescape

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction

# The database's name for the language that articles are written in.
CONFIGS = {
    **{"da": "danish", "de": "german", "en": "english", "es": "spanish"},
    **{"fi": "finnish", "fr": "french", "it": "italian", "nl": "dutch"},
    **{"pt": "portuguese", "ru": "russian", "sv": "swedish", "tr": "turkish"},
}
CONFIG = CONFIGS.get(settings.LANGUAGE_CODE[:2], "simple")
ENOUGH_ALIKE = 0.5
MARKS = "StartSel=\x02, StopSel=\x03, MaxWords=32, MinWords=16"
# Tags end a word where they end a line; a tsvector holds a megabyte at most.
PLAIN = """
    regexp_replace(
        regexp_replace(
            left(body, 300000),
            '</?(p|h[1-6]|li|blockquote|fig[a-z]+|small|t[dhr]|div|[hb]r)( [^>]*)?>',
            ' ', 'g'
        ),
        '<[^>]*>', '', 'g'
    )
"""
WORDS = f"""
    setweight(to_tsvector('{CONFIG}', headline), 'A')
    || setweight(to_tsvector('{CONFIG}', standfirst), 'B')
    || setweight(to_tsvector('{CONFIG}', {PLAIN}), 'C')
"""
KEEP = f"""
    INSERT INTO article_words
    SELECT id, {WORDS} FROM articles_article %s
    ON CONFLICT (article_id) DO UPDATE SET words = excluded.words
"""  # noqa: S608 - nothing but constants
TABLE = """
    CREATE TABLE article_words (article_id bigint PRIMARY KEY, words tsvector NOT NULL);
    CREATE INDEX article_words_gin ON article_words USING gin (words);
"""
# The trigger names no column: the database would refuse to alter one that it names.
TRIGGER = f"""
    CREATE OR REPLACE FUNCTION keep_article_words() RETURNS trigger AS $$ BEGIN
        IF TG_OP = 'DELETE' THEN
            DELETE FROM article_words WHERE article_id = old.id;
        ELSIF TG_OP = 'INSERT'
            OR (old.headline, old.standfirst, old.body)
                IS DISTINCT FROM (new.headline, new.standfirst, new.body)
        THEN
            {KEEP % "WHERE id = new.id"};
        END IF;
        RETURN NULL;
    END $$ LANGUAGE plpgsql;
    DROP TRIGGER IF EXISTS article_words_kept ON articles_article;
    CREATE TRIGGER article_words_kept
        AFTER INSERT OR UPDATE OR DELETE ON articles_article
        FOR EACH ROW EXECUTE FUNCTION keep_article_words();
"""  # noqa: S608 - nothing but constants
MATCH = """
    WITH asked AS (SELECT {query} AS query)
    SELECT article_id FROM article_words, asked WHERE words @@ query
    ORDER BY ts_rank(words, query) DESC, article_id DESC LIMIT %s
"""
SNIPPETS = f"""
    SELECT id, ts_headline('{CONFIG}', {PLAIN}, {{query}}, %s)
    FROM articles_article WHERE id = ANY(%s)
"""  # noqa: S608 - nothing but constants
ALIKE = """
    SELECT id FROM articles_article WHERE word_similarity(%s, headline) >= %s
    ORDER BY word_similarity(%s, headline) DESC, id DESC LIMIT %s
"""


def matching(terms: tuple[str, ...], most: int) -> list[int]:
    """The keys of articles, public or not, that hold ``terms``, the best first."""
    with connection.cursor() as cursor:
        cursor.execute(MATCH.format(query=_query(terms)), [*terms, most])
        return [key for (key,) in cursor.fetchall()] or _alike(cursor, terms, most)


def snippets(terms: tuple[str, ...], keys: list[int]) -> dict[int, str]:
    """Some words around what matched, which stands between \\x02 and \\x03."""
    with connection.cursor() as cursor:
        cursor.execute(SNIPPETS.format(query=_query(terms)), [*terms, MARKS, keys])
        return {key: unescape(words) for key, words in cursor.fetchall()}


def prepare(using: str) -> None:
    with transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('article_words') IS NULL")
        is_new = cursor.fetchone() == (True,)
        if is_new:
            cursor.execute(TABLE)
        cursor.execute(TRIGGER)
        if is_new:
            cursor.execute(KEEP % "WHERE true")
    try:
        with transaction.atomic(using), connections[using].cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return  # not there, or not ours to create: search does without


def _alike(cursor, terms: tuple[str, ...], most: int) -> list[int]:
    cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
    if not cursor.fetchone():
        return []
    typed = " ".join(terms)
    cursor.execute(ALIKE, [typed, ENOUGH_ALIKE, typed, most])
    return [key for (key,) in cursor.fetchall()]


def _query(terms: tuple[str, ...]) -> str:
    """SQL for all of ``terms``, each read as plain words that follow one another."""
    return " && ".join([f"phraseto_tsquery('{CONFIG}', %s)"] * len(terms))
