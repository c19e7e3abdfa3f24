"""The paper's addresses: articles by day and slug, lists by subject, and feeds."""

from django.urls import path, re_path

from articles import views
from articles.feeds import ArticlesFeed, AtomFeed, RssFeed


def _subject(view):
    """A subject's page, and its feeds beneath it."""
    kind = view.subjects._meta.model_name
    page = f"{kind}s/<slug:slug>/"
    rss = ArticlesFeed(RssFeed, view.subjects)
    atom = ArticlesFeed(AtomFeed, view.subjects)
    return [
        path(page, view.as_view(), name=kind),
        path(f"{page}feed/", rss, name=f"{kind}-feed"),
        path(f"{page}feed/atom/", atom, name=f"{kind}-feed-atom"),
    ]


app_name = "articles"
urlpatterns = [
    path("", views.FrontView.as_view(), name="front"),
    path("feed/", ArticlesFeed(RssFeed), name="feed"),
    path("feed/atom/", ArticlesFeed(AtomFeed), name="feed-atom"),
    path("drafts/<int:pk>/", views.DraftView.as_view(), name="draft"),
    re_path(
        r"^(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/(?P<slug>[-\w]+)/$",
        views.ArticleView.as_view(),
        name="article",
    ),
    *_subject(views.SectionView),
    *_subject(views.TagView),
    *_subject(views.ContributorView),
]
