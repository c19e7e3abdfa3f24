"""Every address of the service, app by app; the articles' own come last."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

# Staff sign in through allauth, for its rate limits and second factors.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Later than at the start: `collectstatic` has given the file its name by then.
_icon = lazy(static, str)("img/icon.svg")

handler500 = "accounts.outages.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("favicon.ico", RedirectView.as_view(url=_icon), name="icon"),
    path("", include("accounts.urls")),
    path("", include("comments.urls")),
    path("", include("articles.urls")),
]
