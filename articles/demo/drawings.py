"""Illustrations of the demonstration, drawn when it is loaded: no file, no licence."""

from __future__ import annotations

import io
import math
import random
from functools import cache

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from PIL import Image as Canvas
from PIL import ImageDraw, ImageFilter

from articles import darkroom, images
from articles.models import Image

CREDIT = "Illustration: Marginalia"
SIZE = WIDTH, HEIGHT = 1_800, 1_200
HORIZON = 720


def illustration(slug: str) -> Image | None:
    """The picture of the piece at ``slug``, if it has one; put in the library once."""
    if slug not in DRAWINGS:
        return None
    draw, words = DRAWINGS[slug]
    picture = darkroom.develop(UploadedFile(ContentFile(draw()), size=1))
    known = Image.objects.filter(sha256=picture.sha256).first()
    return known or images.accept(Image(credit=CREDIT, **words), picture)


@cache
def ferry() -> bytes:
    """A lit boat on a river at night, under a moon."""
    scene = _shade((18, 26, 48), (63, 82, 104))
    _glow(scene, (1_380, 250), 300, (236, 222, 184), 90)
    pen = ImageDraw.Draw(scene)
    pen.ellipse((1_320, 190, 1_440, 310), fill=(240, 229, 199))
    hills = [
        (x, HORIZON - 70 - 34 * math.sin(x / 210)) for x in range(0, WIDTH + 1, 20)
    ]
    pen.polygon([(0, HORIZON), *hills, (WIDTH, HORIZON)], fill=(20, 27, 42))
    scene.paste(_shade((34, 47, 68), (10, 15, 28)), (0, HORIZON))
    chance = random.Random(1894)  # noqa: S311 - the same windows every time
    for _ in range(46):
        x, y = chance.randrange(WIDTH), HORIZON - chance.randrange(10, 62)
        pen.rectangle((x, y, x + 5, y + 8), fill=(233, 178, 92))
        _shimmer(pen, chance, x, 60, (126, 101, 66))
    for _ in range(5):
        _shimmer(pen, chance, 1_376 + chance.randrange(-14, 14), 380, (188, 180, 158))
    _boat(scene, pen, chance)
    return _png(scene)


@cache
def tide() -> bytes:
    """A sheet of gauge paper with the curve that a river's pen has drawn."""
    sheet = Canvas.new("RGB", SIZE, (246, 240, 225))
    pen = ImageDraw.Draw(sheet)
    for step, colour, width in ((30, (226, 217, 195), 1), (150, (203, 190, 160), 3)):
        for x in range(0, WIDTH, step):
            pen.line((x, 0, x, HEIGHT), fill=colour, width=width)
        for y in range(0, HEIGHT, step):
            pen.line((0, y, WIDTH, y), fill=colour, width=width)
    for shift, colour, width in ((46, (177, 183, 178), 5), (0, (165, 48, 31), 9)):
        curve = [(x, _level(x - shift) + shift / 2) for x in range(-10, WIDTH + 10, 4)]
        pen.line(curve, fill=colour, width=width, joint="curve")
    nib = _level(1_290)
    pen.ellipse((1_266, nib - 24, 1_314, nib + 24), fill=(29, 27, 22))
    pen.line((1_290, nib, 1_620, nib - 560), fill=(29, 27, 22), width=16)
    return _png(sheet.filter(ImageFilter.SMOOTH))


DRAWINGS = {
    "the-night-ferry-returns-after-nine-winters": (
        ferry,
        {
            "alt": "A small ferry, its windows lit, on a dark river under the moon.",
            "caption": "The Margarethe on the last crossing of the night.",
            "focal_x": 0.4,
            "focal_y": 0.6,
        },
    ),
    "what-the-tide-gauges-remember": (
        tide,
        {
            "alt": "A pen draws the red curve of the tides on squared paper.",
            "caption": "Two tides a day, and now and then a winter that stands out.",
            "focal_x": 0.7,
        },
    ),
}


def _level(x: float) -> float:
    return 620 + 190 * math.sin(x / 118) + 90 * math.sin(x / 371 + 1)


def _shade(above: tuple, below: tuple) -> Canvas.Image:
    blend = Canvas.linear_gradient("L").resize(SIZE)
    return Canvas.composite(
        Canvas.new("RGB", SIZE, below), Canvas.new("RGB", SIZE, above), blend
    )


def _glow(
    scene: Canvas.Image, at: tuple, radius: int, colour: tuple, most: int
) -> None:
    side = 2 * radius
    mask = Canvas.radial_gradient("L").resize((side, side))
    mask = mask.point(lambda far: max(0, most - far * most // 180))
    scene.paste(colour, (at[0] - radius, at[1] - radius), mask)


def _shimmer(pen, chance: random.Random, x: int, depth: int, colour: tuple) -> None:
    """Light on water: short strokes that grow rarer with the distance."""
    for y in range(HORIZON + 6, HORIZON + depth, 11):
        reach = chance.randrange(4, 12) + (y - HORIZON) // 16
        pen.line((x - reach, y, x + reach, y), fill=colour, width=3)


def _boat(scene: Canvas.Image, pen, chance: random.Random) -> None:
    _glow(scene, (700, 790), 420, (233, 178, 92), 60)
    for x in range(470, 960, 62):
        for y in range(880, 1_080, 14):
            reach = chance.randrange(5, 22)
            pen.line((x - reach, y, x + reach, y), fill=(150, 113, 66), width=4)
    pen.polygon([(370, 800), (1_050, 800), (985, 880), (430, 880)], fill=(122, 34, 24))
    pen.line((370, 800, 1_050, 800), fill=(240, 229, 199), width=8)
    pen.rectangle((450, 700, 950, 800), fill=(226, 217, 195))
    pen.rectangle((560, 620, 760, 700), fill=(203, 190, 160))
    for x in range(470, 930, 62):
        pen.rectangle((x, 722, x + 42, 770), fill=(250, 205, 122))
    for x in range(578, 740, 60):
        pen.rectangle((x, 640, x + 40, 676), fill=(250, 205, 122))
    pen.line((660, 620, 660, 520), fill=(29, 27, 22), width=6)
    pen.ellipse((650, 506, 670, 526), fill=(250, 205, 122))


def _png(canvas: Canvas.Image) -> bytes:
    file = io.BytesIO()
    canvas.save(file, "PNG", compress_level=1)
    return file.getvalue()
