"""The discussion's addresses; an article's comments live under the article's own."""

from django.urls import path, re_path

from articles.feeds import AtomFeed, RssFeed
from comments import views
from comments.feeds import CommentsFeed

ARTICLE = r"^(?P<year>\d{4})/(?P<month>\d{2})/(?P<day>\d{2})/(?P<slug>[-\w]+)/"

app_name = "comments"
urlpatterns = [
    re_path(
        rf"{ARTICLE}comments/$",
        views.comments,
        name="comments",
    ),
    re_path(rf"{ARTICLE}comments/feed/$", CommentsFeed(RssFeed), name="article-feed"),
    re_path(
        rf"{ARTICLE}comments/feed/atom/$",
        CommentsFeed(AtomFeed),
        name="article-feed-atom",
    ),
    path("comments/feed/", CommentsFeed(RssFeed), name="feed"),
    path("comments/feed/atom/", CommentsFeed(AtomFeed), name="feed-atom"),
    path("comments/<int:pk>/", views.comment, name="comment"),
    path("comments/<int:pk>/flags/", views.flags, name="flags"),
    path("comments/<int:pk>/revisions/", views.revisions, name="revisions"),
    path("comments/<int:pk>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("comments/own/<str:token>/", views.own_comment, name="own"),
    path("flags/<str:token>/", views.receipt, name="receipt"),
    path("profile/comments/", views.mine, name="mine"),
    path("profile/warnings/<int:pk>/", views.warning, name="warning"),
]
