"""What is away, the database or the cache, and what readers are told meanwhile: 503."""

import logging
import sqlite3
import sys
from http import HTTPStatus
from typing import TypeGuard

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.cache import add_never_cache_headers
from django.utils.log import log_response
from django.views import defaults

# PostgreSQL's, or how they begin: no connection (08; too many of them), a lock or an
# answer that did not come in time, and a server that ends, begins or hangs up.
STATES = ("08", "53300", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "25P03")
CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN}
RETRY_DATABASE, RETRY_CACHE = 10, 60  # seconds
# What to read a form that was sent may end in.
NOT_A_FORM = (BadRequest, MultiPartParserError, OSError, SuspiciousOperation)

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """How ends whatever nobody has caught; Django asks while it is at hand."""
    problem = sys.exception()
    if not is_outage(problem):
        return defaults.server_error(request)
    # Without the request: nothing on the page may ask the database.
    page = get_template("503_database.html").render({"comment": _sent_comment(request)})
    response = HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = RETRY_DATABASE
    add_never_cache_headers(response)
    said = str(problem).partition("\n")[0]
    log_response("No database (%s): %s", said, request.path, response=response)
    return response


def no_cache(request: HttpRequest, problem: Exception) -> HttpResponse:
    """What cannot be counted, such as attempts to sign in, is not tried at all."""
    logger.error("Attempts cannot be counted: %s", type(problem).__name__)
    response = render(request, "503_cache.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = RETRY_CACHE
    return response


def is_outage(problem: BaseException | None) -> TypeGuard[DatabaseError]:
    """Whether the database failed, and nobody made a mistake: it is away, or others
    hold it up. All other failures are ours, and want their traceback."""
    told = getattr(problem, "__cause__", None)  # by the driver
    if not isinstance(problem, DatabaseError) or told is None:
        return False
    if isinstance(told, sqlite3.OperationalError):
        # Without a code it is ours, and says that the turn did not come.
        return getattr(told, "sqlite_errorcode", sqlite3.SQLITE_BUSY) & 0xFF in CODES
    state = getattr(told, "sqlstate", None)
    if state is None:  # nothing has come from the server
        return isinstance(problem, OperationalError)
    return state.startswith(STATES)


def _sent_comment(request: HttpRequest) -> str:
    try:
        return request.POST.get("comment", "")
    except NOT_A_FORM:
        return ""
