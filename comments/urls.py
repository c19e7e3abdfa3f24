"""The discussion's addresses; an article's comments live under the article's own."""

from django.urls import path, re_path

from comments import views

app_name = "comments"
urlpatterns = [
    re_path(
        r"^(?P<year>\d{4})/(?P<month>\d{2})/(?P<day>\d{2})/(?P<slug>[-\w]+)/comments/$",
        views.comments,
        name="comments",
    ),
    path("comments/<int:pk>/", views.comment, name="comment"),
    path("comments/<int:pk>/flags/", views.flags, name="flags"),
    path("comments/<int:pk>/revisions/", views.revisions, name="revisions"),
    path("comments/<int:pk>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("profile/comments/", views.mine, name="mine"),
]
