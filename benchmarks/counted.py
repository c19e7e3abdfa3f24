"""The paper, with a line in the file MADE for every page that is made."""

import os

from config.wsgi import application

# isort: split
from comments import pages  # only after Django is set up

__all__ = ["application"]
make = pages.make


def counted(request, response):
    with open(os.environ["MADE"], "a", encoding="ascii") as file:
        file.write(f"{request.path}\n")
    return make(request, response)


pages.make = counted
