"""Every request's reader, looked up when first asked for."""

from functools import partial

from django.utils.functional import SimpleLazyObject

from comments import identity


class CommenterMiddleware:
    """Give each request a ``reader``: an ``identity.Reader``."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.reader = SimpleLazyObject(partial(identity.reader, request))
        return self.get_response(request)
