"""One article with its discussion, for the benchmarks of a served paper; and a list
of phrases to look for.

    python -m benchmarks.piece [comments] [writers]

Prints the cookies of so many people who may publish at once, a line each: a session,
and the token that goes with it.
"""

import os
import sys
from datetime import UTC, datetime

import django

ADDRESS = "/2026/11/01/benchmark/"
# Where replies are measured: of a table that was nearly empty when it planned its
# statements, PostgreSQL goes on to read the whole.
DISCUSSED = 1_000  # comments
SENTENCE = "The clock of the market hall has been five minutes slow since the flood. "


def main(comments: int = 50, writers: int = 0) -> None:
    from articles.models import Article  # noqa: PLC0415 - after django.setup()
    from comments.models import Phrase  # noqa: PLC0415

    Phrase.objects.bulk_create(Phrase(text=f"unwanted{n} words") for n in range(200))
    article = Article.objects.create(
        headline="Benchmark",
        slug="benchmark",
        standfirst="What one page costs.",
        body="".join(f"<p>{n}. {SENTENCE * 5}</p>" for n in range(16)),
        status=Article.Status.PUBLISHED,
        published_at=datetime(2026, 11, 1, 9, tzinfo=UTC),
        published_on=datetime(2026, 11, 1, tzinfo=UTC).date(),
    )
    if writers > comments:
        sys.exit("Who has said nothing yet is held: no more writers than comments.")
    voices = [_account(f"writer{n}") for n in range(max(10, writers))]
    parent = None
    for n in range(comments):
        comment = _say(article, voices[n % len(voices)], n, parent)
        parent = None if parent else comment
    _gather_figures()
    for voice in voices[:writers]:
        print(_cookies(voice.user))


def _gather_figures():
    """As PostgreSQL's autovacuum does within a minute."""
    from django.db import connection  # noqa: PLC0415

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _account(name):
    """One whose comments are published at once: known, and published before."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from comments.models import Commenter  # noqa: PLC0415

    user = User.objects.create(username=name, display_name=f"The {name}")
    EmailAddress.objects.create(
        user=user, email=f"{name}@example.org", verified=True, primary=True
    )
    return Commenter.objects.create(user=user)


def _say(article, voice, n, parent):
    from comments import moderation, submission  # noqa: PLC0415

    body = f"No. {n}: {SENTENCE * 3} And {n * 7919}, {n * 104729}."
    comment = submission.submit(article, commenter=voice, body=body, parent=parent)
    if not comment.is_published:
        moderation.approve(comment, by=None)
    return comment


def _cookies(user):
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    page = client.get(ADDRESS)
    token = page.content.decode().split('name="csrfmiddlewaretoken" value="')[1]
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    cookies = "; ".join(f"{name}={client.cookies[name].value}" for name in names)
    return f"{cookies}\t{token.partition('"')[0]}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main(*map(int, sys.argv[1:]))
