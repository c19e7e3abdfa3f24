"""What the paper publishes, by subject."""

from articles.models.article import Article
from articles.models.bylines import Byline
from articles.models.subjects import Contributor, Section, Tag

__all__ = ["Article", "Byline", "Contributor", "Section", "Tag"]
