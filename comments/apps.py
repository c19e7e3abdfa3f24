from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "comments"

    def ready(self):
        from articles.feeds import talk_sources  # noqa: PLC0415
        from comments import feeds, receivers  # noqa: F401, PLC0415

        talk_sources.append(feeds.talk)
