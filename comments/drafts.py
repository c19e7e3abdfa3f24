"""Half-written replies, kept in the session while their writer signs in.

Write first, sign in later: the text, the comment answered, the boxes and the guest's
fields wait on the server, tied to the browser's session, and come back to the form.
"""

import time

from django.http import HttpRequest

from articles.models import Article

# accounts/signin.py carries keys that begin so through a sign-in.
SESSION_KEY = "kept:replies"
KEPT_SECONDS = 2 * 60 * 60
MOST_DRAFTS = 5


def keep(request: HttpRequest, article: Article, fields: dict) -> None:
    """Keep the form's ``fields`` for ``article``; the oldest draft may have to go."""
    drafts = _fresh(request)
    drafts[str(article.pk)] = {"fields": fields, "at": int(time.time())}
    newest = sorted(drafts.items(), key=lambda item: item[1]["at"])[-MOST_DRAFTS:]
    request.session[SESSION_KEY] = dict(newest)


def find(request: HttpRequest, article: Article) -> dict:
    """The fields kept for ``article``, or none."""
    return _fresh(request).get(str(article.pk), {}).get("fields", {})


def drop(request: HttpRequest, article: Article) -> None:
    drafts = _fresh(request)
    if drafts.pop(str(article.pk), None):
        request.session[SESSION_KEY] = drafts


def _fresh(request: HttpRequest) -> dict:
    oldest = time.time() - KEPT_SECONDS
    drafts = request.session.get(SESSION_KEY, {})
    return {key: draft for key, draft in drafts.items() if draft["at"] > oldest}
