"""What every template may say about the paper itself."""

from functools import partial

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from articles import editions


def site(request):
    """``sections`` is a query that only a template that shows them makes."""
    number = getattr(request, "edition", None)
    sections = partial(editions.sections, number)
    return {
        "site_name": settings.SITE_NAME,
        "site_origin": settings.SITE_ORIGIN,
        "sections": SimpleLazyObject(sections),
    }
