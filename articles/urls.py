"""The paper's addresses: articles by day and slug, lists by subject, and feeds."""

from django.urls import path, re_path
from django.views.generic import TemplateView

from articles import backstage, embedding, finding, media, sitemaps, views
from articles.feeds import ArticlesFeed, AtomFeed, RssFeed, SearchFeed


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
    re_path(
        r"^media/images/(?P<name>[0-9a-f]{32}\.(?:avif|webp|jpg))$",
        media.image,
        name="image",
    ),
    path("search/", finding.find, name="search"),
    path("search/feed/", SearchFeed(RssFeed), name="search-feed"),
    path("search/feed/atom/", SearchFeed(AtomFeed), name="search-feed-atom"),
    path("archive/", finding.archive, name="archive"),
    re_path(r"^(?P<year>[0-9]{4})/$", finding.YearView.as_view(), name="year"),
    re_path(
        r"^(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/$",
        finding.MonthView.as_view(),
        name="month",
    ),
    path("oembed/", embedding.oembed, name="oembed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path(
        "sitemaps/articles/<int:page>.xml", sitemaps.articles, name="sitemap-articles"
    ),
    path("sitemaps/lists.xml", sitemaps.lists, name="sitemap-lists"),
    path("sitemaps/news.xml", sitemaps.news, name="sitemap-news"),
    path(
        "robots.txt",
        TemplateView.as_view(template_name="robots.txt", content_type="text/plain"),
        name="robots",
    ),
    path("corrections/", views.CorrectionsView.as_view(), name="corrections"),
    path("drafts/<int:pk>/", backstage.DraftView.as_view(), name="draft"),
    path("drafts/<int:pk>/phone/", backstage.PhoneView.as_view(), name="draft-phone"),
    path("previews/<str:token>/", backstage.PreviewView.as_view(), name="preview"),
    re_path(
        r"^(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/(?P<slug>[-\w]+)/$",
        views.ArticleView.as_view(),
        name="article",
    ),
    *_subject(views.SectionView),
    *_subject(views.TagView),
    *_subject(views.ContributorView),
]
