"""Links by which people without an account read what is not public yet.

A link shows the article as it stands at the moment, for a week. Publishing ends it: it
then leads to the article. ``revoke`` ends all links of one article at once.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from articles import desk
from articles.models import Article

LIFETIME = timedelta(days=7)
SALT = "articles.previews"


def link(article: Article) -> str:
    token = signing.dumps([article.pk, article.preview_round], salt=SALT)
    return reverse("articles:preview", args=[token])


def find(token: str) -> Article | None:
    """The article of a link that is ours, younger than a week and not revoked."""
    try:
        pk, number = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    articles = Article.objects.for_reading()
    return articles.filter(pk=pk, preview_round=number).first()


@transaction.atomic
def revoke(article: Article, *, by: User | None) -> bool:
    """Make every link given out so far void."""
    Article.objects.filter(pk=article.pk).update(preview_round=F("preview_round") + 1)
    article.refresh_from_db(fields=["preview_round"])
    desk.record(article, by, _("Preview links revoked."))
    return True
