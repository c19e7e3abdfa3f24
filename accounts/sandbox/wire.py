"""What comes in and what goes out, without HTTP around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Call:
    """A request; of a repeated field only the last value counts."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    authorization: str = ""

    @property
    def bearer(self) -> str:
        kind, _, value = self.authorization.partition(" ")
        return value.strip() if kind.lower() == "bearer" else ""


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes | dict = b""  # a dict goes out as JSON
    content_type: str = "text/html; charset=utf-8"
    location: str = ""


class Refused(Exception):
    """A call that the real service would refuse too; ``error`` is OAuth's word."""

    def __init__(self, error: str, why: str, *, status: int = 400):
        super().__init__(why)
        self.error, self.why, self.status = error, why, status
