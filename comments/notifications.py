"""Who hears of what. The wishes are kept here; the mails come with another edition."""

from articles.models import Article
from comments.models import Commenter, Subscription


def subscribe(commenter: Commenter, *, article: Article | None = None) -> Subscription:
    """Remember the wish to hear of new comments there, or of every new article."""
    return Subscription.objects.get_or_create(commenter=commenter, article=article)[0]
