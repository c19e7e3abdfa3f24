"""What every template may say about the paper itself."""

from django.conf import settings

from articles.models import Section


def site(request):
    """``sections`` is a query that only a template that shows them makes."""
    return {
        "site_name": settings.SITE_NAME,
        "site_origin": settings.SITE_ORIGIN,
        "sections": Section.objects.in_use(),
    }
