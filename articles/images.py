"""The library's verbs: take a picture in, print it for readers, forget its files."""

from __future__ import annotations

import secrets
from functools import partial

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.tasks import task

from accounts.models import User
from articles import darkroom
from articles.models import Image, Rendition

FOLDER = "images/"
WIDTHS = [480, 960, 1_440]
CONTENT_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}


class TakenAlready(Exception):
    """The library has this very picture: somebody was a moment faster."""


@transaction.atomic
def accept(
    image: Image, picture: darkroom.Developed, *, by: User | None = None
) -> Image:
    """Keep ``picture`` as the master of ``image``, whose words are written already."""
    image.sha256, image.uploaded_by = picture.sha256, by
    image.width, image.height = picture.width, picture.height
    image.file.save(_name("jpg"), ContentFile(picture.jpeg), save=False)
    try:
        with transaction.atomic():
            image.save()
    except IntegrityError as problem:
        _discard(image)
        if Image.objects.filter(sha256=picture.sha256).exists():
            raise TakenAlready from problem
        raise
    transaction.on_commit(partial(make_renditions.enqueue, image.pk))
    return image


@task
def make_renditions(image_id: int) -> None:
    """Make what is missing; the page shows the master until then."""
    image = Image.objects.filter(pk=image_id).first()
    if image is None:
        return
    made = set(image.renditions.values_list("format", "width"))
    widths = sorted({min(width, image.width) for width in WIDTHS})
    wanted = [(kind, width) for width in widths for kind in Rendition.Format.values]
    missing = [pair for pair in wanted if pair not in made]
    if not missing:
        return
    with image.file.open() as master:
        for kind, width, height, content in darkroom.prints(master, missing):
            _keep(
                Rendition(image=image, format=kind, width=width, height=height), content
            )


def forget(thing: Image | Rendition) -> None:
    """Remove the file of ``thing`` once the transaction holds."""
    transaction.on_commit(partial(_discard, thing))


def _keep(rendition: Rendition, content: bytes) -> None:
    """Another worker may have been first, or the image may be gone by now."""
    rendition.file.save(_name(rendition.format), ContentFile(content), save=False)
    try:
        with transaction.atomic():
            rendition.save()
    except IntegrityError:
        _discard(rendition)


def _discard(thing: Image | Rendition) -> None:
    if thing.file.name:
        thing.file.storage.delete(thing.file.name)


def _name(kind: str) -> str:
    return f"{secrets.token_hex(16)}.{kind}"
