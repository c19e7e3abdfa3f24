"""How templates show an article's parts, and what stands around it."""

import locale
from functools import partial

from django import template
from django.conf import settings
from django.utils.translation import to_locale

from articles import body, editions, neighbours, rendering, structured
from articles.models import Article

register = template.Library()

register.filter("body_html", body.html)
register.filter("description", rendering.description)
register.filter("modified_at", structured.modified_at)
register.filter("moment", structured.moment)
register.filter("card_image", structured.card_image)
register.filter("widont", rendering.widont)
register.filter("xml", rendering.xml_text)


@register.inclusion_tag("articles/_related.html", takes_context=True)
def further_reading(context, article: Article):
    """The articles before and after ``article``, and its like."""
    edition = getattr(context["request"], "edition", None)
    name, find = ("neighbours", article.pk), partial(neighbours.of, article)
    return {"neighbours": editions.kept(edition, name, find)}


@register.simple_tag
def og_locale() -> str:
    """The language with its usual territory: "en_US"."""
    return locale.normalize(to_locale(settings.LANGUAGE_CODE)).partition(".")[0]


# How wide a picture is shown, by its place.
SIZES = {
    "text": "(min-width: 41rem) 38rem, calc(100vw - 2rem)",
    "article": "(min-width: 41rem) 38rem, calc(100vw - 2rem)",
    "lead-card": "(min-width: 60rem) 36rem, calc(100vw - 2rem)",
    "card": "(min-width: 40rem) 20rem, calc(100vw - 2rem)",
}


@register.inclusion_tag("articles/_picture.html")
def picture(image, place, alt=""):
    """``image`` in what is made of it already; before that, as its master."""
    made: dict[str, list] = {"avif": [], "webp": [], "jpg": []}
    for rendition in image.renditions.all():
        made[rendition.format].append(rendition)
    jpegs = made.pop("jpg")
    return {
        "image": image,
        "alt": alt or image.spoken,
        "sources": [
            {"type": f"image/{kind}", "srcset": _srcset(renditions)}
            for kind, renditions in made.items()
            if renditions
        ],
        "jpegs": _srcset(jpegs),
        "fallback": jpegs[-1] if jpegs else image,
        "sizes": SIZES[place],
        "is_first": place in {"article", "lead-card"},
    }


def _srcset(renditions):
    return ", ".join(f"{made.url} {made.width}w" for made in renditions)
