"""How templates show an article's parts."""

from django import template

from articles import rendering

register = template.Library()

register.filter("body_html", rendering.body_html)
register.filter("description", rendering.description)
register.filter("widont", rendering.widont)
