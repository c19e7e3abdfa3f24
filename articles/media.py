"""The library's files, at addresses of our own."""

from accounts import media
from articles.images import CONTENT_TYPES, FOLDER


def image(request, name):
    kind = name.rpartition(".")[2]
    return media.serve(request, f"{FOLDER}{name}", CONTENT_TYPES[kind])
