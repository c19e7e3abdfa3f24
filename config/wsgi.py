"""The WSGI entry point: what gunicorn or any other WSGI server loads."""

import os

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_wsgi_application()
# Imported only now that Django is set up: it knows of models.
application = import_string("comments.entrance.KeptPages")(django_application)
