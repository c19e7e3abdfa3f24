"""What the paper publishes, by subject."""

from articles.models.addresses import FormerAddress
from articles.models.article import Article
from articles.models.bylines import Byline
from articles.models.corrections import Correction
from articles.models.editions import Edition
from articles.models.images import Image, Rendition
from articles.models.links import FarLink
from articles.models.revisions import ArticleRevision, Autosave
from articles.models.subjects import Contributor, Section, Tag

__all__ = [
    "Article",
    "ArticleRevision",
    "Autosave",
    "Byline",
    "Contributor",
    "Correction",
    "Edition",
    "FarLink",
    "FormerAddress",
    "Image",
    "Rendition",
    "Section",
    "Tag",
]
