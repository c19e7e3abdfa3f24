from django.apps import AppConfig
from django.conf import settings


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts import receivers  # noqa: F401, PLC0415

        if settings.SIGN_IN_SANDBOX:
            self.send_x_to_the_sandbox()

    def send_x_to_the_sandbox(self):
        # allauth has settings for Google's and Facebook's endpoints, none for X's.
        from allauth.socialaccount.providers.twitter_oauth2.views import (  # noqa: PLC0415
            TwitterOAuth2Adapter,
        )

        base = f"{settings.SIGN_IN_SANDBOX}/twitter_oauth2"
        TwitterOAuth2Adapter.authorize_url = f"{base}/authorize"
        TwitterOAuth2Adapter.access_token_url = f"{base}/token"
        TwitterOAuth2Adapter.profile_url = f"{base}/users/me"
