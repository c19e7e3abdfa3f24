"""The editors' workplace; what readers see, and when, changes by verbs alone."""

from articles.admin.articles import ArticleAdmin, CorrectionAdmin
from articles.admin.images import ImageAdmin
from articles.admin.subjects import NamedAdmin, SectionAdmin

__all__ = [
    "ArticleAdmin",
    "CorrectionAdmin",
    "ImageAdmin",
    "NamedAdmin",
    "SectionAdmin",
]
