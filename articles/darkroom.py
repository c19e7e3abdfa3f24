"""From an upload to pixels of our own making, and from those to prints for readers.

Nothing of the upload's bytes is ever passed on, and nothing of what stands beside its
pixels: places, owners, thumbnails. Memory is bounded before anything is decoded.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

from accounts import pixels

LONGEST_SIDE = 2_400  # of a master
MOST_BYTES = 60_000_000
MOST_SIDE = 20_000
# Pixels that fit into memory: a JPEG is made smaller while it is decoded, unless it is
# progressive; every other kind is decoded whole, some more than once.
MOST_PIXELS = {
    "JPEG": 89_000_000,
    "PNG": 25_000_000,
    "GIF": 25_000_000,
    "WEBP": 16_000_000,
    "AVIF": 16_000_000,
}
MOST_PIXELS_PROGRESSIVE = 24_000_000
FORMATS = list(MOST_PIXELS)
# What no photograph holds: an upload with one of these wants to be something else too.
FOREIGN = re.compile(
    rb"<script[\s>/]|<html[\s>]|<!doctype html|<\?php\s|%PDF-\d", re.IGNORECASE
)
PIECE = 1_000_000  # bytes read at a time
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
SETTINGS: dict[str, dict] = {
    "avif": {"format": "AVIF", "quality": 58, "speed": 8},
    "webp": {"format": "WEBP", "quality": 76, "method": 4},
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
}


class PictureRefused(Exception):
    """Not taken, with words for the editor: what is wrong, and what to do."""

    def __init__(self, words):
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Developed:
    """A master to be: a JPEG without anything beside its pixels."""

    jpeg: bytes
    width: int
    height: int
    sha256: str  # of the upload


def develop(upload: UploadedFile) -> Developed:
    """A master from ``upload``: upright, in sRGB, no longer than LONGEST_SIDE."""
    if (upload.size or 0) > MOST_BYTES:
        raise PictureRefused(_("The file is larger than 60 MB: save a smaller copy."))
    digest = _examine(upload)
    upload.seek(0)
    try:
        with pixels.opened(upload, FORMATS) as image:
            _refuse_large(image)
            master = _shrink(image)
    except pixels.TooLarge as problem:
        raise PictureRefused(
            _("The picture has far too many pixels: save a smaller copy.")
        ) from problem
    except pixels.Unreadable as problem:
        raise PictureRefused(
            _(
                "This is no picture that we can read, or only a part of one. Open it "
                "in an image editor and save it anew as JPEG, PNG, WebP, AVIF or GIF."
            )
        ) from problem
    jpeg = io.BytesIO()
    master.save(jpeg, "JPEG", quality=90, optimize=True, progressive=True)
    return Developed(jpeg.getvalue(), *master.size, sha256=digest)


def prints(
    master: IO[bytes], wanted: list[tuple[str, int]]
) -> Iterator[tuple[str, int, int, bytes]]:
    """Format, width, height and bytes of each of ``wanted``: formats with widths."""
    with pixels.opened(master, ["JPEG"]) as image:
        for kind, width in wanted:
            height = max(1, round(image.height * width / image.width))
            copy = image.resize((width, height), Image.Resampling.LANCZOS)
            encoded = io.BytesIO()
            copy.save(encoded, **SETTINGS[kind])
            yield kind, width, height, encoded.getvalue()


def _examine(upload: UploadedFile) -> str:
    """The digest of ``upload``, read once in pieces; refused where it holds a page."""
    digest, tail = hashlib.sha256(), b""
    upload.seek(0)
    while piece := upload.read(PIECE):
        if FOREIGN.search(tail + piece):
            raise PictureRefused(
                _(
                    "There is a page or a program hidden in this file. Open it in an "
                    "image editor and save the picture anew."
                )
            )
        digest.update(piece)
        tail = piece[-20:]
    return digest.hexdigest()


def _refuse_large(image: Image.Image) -> None:
    """By its header alone."""
    most = MOST_PIXELS[image.format or "PNG"]
    if image.info.get("progressive"):
        most = MOST_PIXELS_PROGRESSIVE
    size = image.width * image.height
    if size > most or max(image.size) > MOST_SIDE:
        raise PictureRefused(
            format_lazy(
                _(
                    "The picture has {width} × {height} pixels; of this kind we take "
                    "{most} million: save a smaller copy."
                ),
                width=image.width,
                height=image.height,
                most=most // 1_000_000,
            )
        )


def _shrink(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    scale = min(1, LONGEST_SIDE / max(image.size))
    image.draft(None, (int(image.width * scale), int(image.height * scale)))
    if image.mode in {"P", "PA", "1", "LA"} or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode.startswith("I"):  # sixteen bits of grey
        image = image.point(lambda grey: grey / 256).convert("L")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=None)
    small = _to_srgb(ImageOps.exif_transpose(image), profile)
    if small.mode == "RGBA":
        paper = Image.new("RGB", small.size, "white")
        paper.paste(small, mask=small.getchannel("A"))
        small = paper
    return _bare(small.convert("RGB"))


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as they were meant, since the profile that says so is dropped."""
    if not profile or image.mode not in {"RGB", "CMYK"}:
        return image
    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, meant, SRGB, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError):  # a broken profile: as most browsers do
        return image


def _bare(image: Image.Image) -> Image.Image:
    """A copy of the pixels: what Pillow carries along for saving stays behind."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    return bare
