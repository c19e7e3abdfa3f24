"""When a reply is shown to others than its writer."""

import re
from dataclasses import dataclass, field


def newest(page: str) -> int:
    """The number of the newest comment on a page; 0 where there is none."""
    return max(map(int, re.findall(r'<li id="comment-(\d+)', page)), default=0)


@dataclass
class Lags:
    """The replies that one place does not show yet, and how late the others were."""

    waiting: dict[int, float] = field(default_factory=dict)  # when they were accepted
    seconds: list[float] = field(default_factory=list)

    def post(self, comment: int, at: float) -> None:
        self.waiting[comment] = at

    def show(self, newest: int, at: float) -> None:
        """A page with this one: it and those before have been seen by then."""
        for comment in [each for each in list(self.waiting) if each <= newest]:
            self.seconds.append(max(0.0, at - self.waiting.pop(comment)))
