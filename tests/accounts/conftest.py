"""What goes wrong, and where it is told."""

import logging
from io import StringIO

import pytest
from django.db import connection, connections

from tests import servers


@pytest.fixture
def log(caplog):
    """What the console is told."""
    caplog.set_level("WARNING")
    handlers = logging.getLogger().handlers
    (console,) = [each for each in handlers if type(each) is logging.StreamHandler]
    before = console.setStream(said := StringIO())
    yield said
    console.setStream(before)


@pytest.fixture
def out_of_reach(db, tmp_path):
    """The database, as it is where nobody reaches it."""
    ours, lost = connections["default"], connection.copy()
    lost.settings_dict |= (
        {"HOST": "127.0.0.1", "PORT": servers.free_port()}
        if connection.vendor == "postgresql"
        else {"NAME": tmp_path / "nowhere/db.sqlite3"}
    )
    connections["default"] = lost
    yield
    connections["default"] = ours
