"""The profile, and the pictures of all people."""

from django.urls import path, re_path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    re_path(r"^pictures/(?P<name>[0-9a-f]{32}\.webp)$", views.picture, name="picture"),
]
