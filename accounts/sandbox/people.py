"""The invented people one can be, and their pictures."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

PICTURE_SIDE = 200


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist, and has an account with every service."""

    key: str
    number: str  # each service makes its own uid of it
    name: str
    username: str
    email: str
    website: str
    colour: str


PEOPLE = {
    person.key: person
    for person in (
        Person(
            key="nary",
            number="4102291175",
            name="Nary Keo",
            username="narykeo",
            email="nary.keo@example.com",
            website="https://nary.example.com/",
            colour="#8a3b12",
        ),
        Person(
            key="tomas",
            number="4102291176",
            name="Tomás Ibarra",
            username="tomasibarra",
            email="tomas.ibarra@example.com",
            website="",
            colour="#1f5f8b",
        ),
        Person(
            key="haruka",
            number="4102291177",
            name="森 遥",
            username="haruka_mori",
            email="haruka.mori@example.com",
            website="",
            colour="#3f6b35",
        ),
    )
}


def picture(person: Person) -> bytes:
    """A PNG: the person's colour, with the first letter of the username on it."""
    image = Image.new("RGB", (PICTURE_SIDE, PICTURE_SIDE), person.colour)
    ImageDraw.Draw(image).text(
        (PICTURE_SIDE / 2, PICTURE_SIDE / 2),
        person.username[0].upper(),
        fill="#ffffff",
        font=ImageFont.load_default(size=PICTURE_SIDE // 2),
        anchor="mm",
    )
    drawn = io.BytesIO()
    image.save(drawn, "PNG")
    return drawn.getvalue()
