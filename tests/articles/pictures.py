"""Uploads of every kind, drawn for the tests; and what is kept of them."""

import io
import struct
import zlib
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pixels

from articles import darkroom, images
from articles.models import Image
from tests.factories import make_editor


def drawn(size=(1_200, 800), kind="JPEG", mode="RGB", **options):
    file = io.BytesIO()
    gradient = Pixels.linear_gradient("L").resize(size)
    gradient.convert(mode).save(file, kind, **options)
    return file.getvalue()


def upload(content, name="photo.jpg"):
    return SimpleUploadedFile(name, content, "image/jpeg")


@cache
def bomb(width=30_000, height=30_000):
    """A whole PNG of one colour: 110 kB on the wire, 900 million pixels in memory."""

    def chunk(name, data):
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + width // 8)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    chunks = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def make_image(content=None, **fields):
    """An image in the library; its renditions are made once the transaction holds."""
    words = {"alt": "A quay at low tide", "credit": "Photograph: Dara Chan"} | fields
    picture = darkroom.develop(upload(content or drawn(**next_size())))
    return images.accept(Image(**words), picture, by=make_editor())


def next_size():
    """Another picture each time: the library takes no picture twice."""
    return {"size": (1_200, 800 + Image.objects.count())}
