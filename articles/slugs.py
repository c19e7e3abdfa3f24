"""What stands in an address for a headline of any script, in ASCII.

Letter by letter, as far as letters go: Chinese characters are read as in Mandarin, in
Japanese headlines too.
"""

from __future__ import annotations

import re
from itertools import chain, count

from anyascii import anyascii
from django.db.models import QuerySet
from django.utils.text import slugify

LONGEST = 80
LONGEST_SUFFIX = len("-9999")
NAMELESS = "untitled"
# Words of scripts that write no spaces end where the kind of letter changes.
RUN = re.compile(r"[\u3041-\u309f]+|[\u30a0-\u30ff]+|[\u3005\u3400-\u9fff]+")
# Between words, without a space: zero-width ones of Khmer, full stops of Asia, dashes.
GAP = re.compile(r"[\u200b\u3000-\u3002\u3008-\u3011\uff01-\uff1f៖។៕·–—/]+")


def make(words: str, longest: int = LONGEST) -> str:
    """``words`` as a slug, cut after a word where it can be; never empty."""
    spaced = RUN.sub(r" \g<0> ", GAP.sub(" ", words))
    slug = slugify(anyascii(spaced)).strip("-_")
    if len(slug) > longest:
        whole = slug[: longest + 1].rpartition("-")[0]
        slug = whole if len(whole) > longest // 2 else slug[:longest]
    return slug.rstrip("-_") or NAMELESS


def free(words: str, *taken: QuerySet, longest: int = LONGEST) -> str:
    """A slug for ``words`` that none of ``taken`` has: numbered where it must be."""
    slug = make(words, longest - LONGEST_SUFFIX)
    used = {
        other
        for things in taken
        for other in things.filter(slug__startswith=slug).values_list("slug", flat=True)
    }
    candidates = chain([slug], (f"{slug}-{number}" for number in count(2)))
    return next(each for each in candidates if each not in used)
