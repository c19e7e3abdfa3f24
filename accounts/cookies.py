"""The cookies that a browser may carry of ours."""

from django.conf import settings

# Only browsers that carry one of these can be shown anything personal.
PERSONAL = (settings.SESSION_COOKIE_NAME, settings.COMMENTER_COOKIE_NAME)
# Whoever has none of these has written nothing, and is shown what everybody is.
OURS = (*PERSONAL, settings.CSRF_COOKIE_NAME)
