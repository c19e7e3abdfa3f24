"""What the log may say: addresses, but not the tokens in some of them."""

import logging
import re

# What follows opens something, to whoever has it. Rather cut too much than too little.
TOKENS = re.compile(
    r"(/(?:previews|flags|comments/own"
    r"|accounts/(?:confirm-email|password/reset/key))/).+"
)


def without_tokens(text: str) -> str:
    return TOKENS.sub(r"\1...", text)


class PrivateFormatter(logging.Formatter):
    """A line of the log, its traceback included, with no token in it."""

    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(super().format(record))


class WithoutTraceback(logging.Filter):
    """For what is told in full by its own words."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True
