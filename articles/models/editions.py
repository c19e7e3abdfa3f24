"""The edition."""

from django.db import models


class Edition(models.Model):
    """What readers are shown of the articles, all together, as one number.

    One row, whose number moves with every change of it: see ``articles.editions``.
    """

    number = models.BigIntegerField()

    def __str__(self):
        return str(self.number)
