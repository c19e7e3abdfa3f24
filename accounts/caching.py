"""A cache that may be away, for those who can do without it."""

from django.core.cache import cache
from redis import RedisError

UNREACHABLE = (OSError, RedisError)


def is_first(key: str, seconds: float) -> bool:
    """Whether nobody has come with ``key`` so recently, as far as is known."""
    try:
        return cache.add(key, True, seconds)
    except UNREACHABLE:
        return True
