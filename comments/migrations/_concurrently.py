"""Indexes made and dropped while a full table is read and written.

PostgreSQL does that outside of a transaction: a migration with these is not ``atomic``
and has one of them, so that it can be run again. A build that was cut off leaves an
INVALID index of its name behind, to be dropped first. On SQLite they are Django's own.
"""

from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db.migrations import AddIndex, RemoveIndex


class AddIndexBesideWriters(AddIndexConcurrently):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        by = _operation(schema_editor, AddIndexConcurrently, AddIndex)
        by.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        by = _operation(schema_editor, AddIndexConcurrently, AddIndex)
        by.database_backwards(self, app_label, schema_editor, from_state, to_state)


class RemoveIndexBesideWriters(RemoveIndexConcurrently):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        by = _operation(schema_editor, RemoveIndexConcurrently, RemoveIndex)
        by.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        by = _operation(schema_editor, RemoveIndexConcurrently, RemoveIndex)
        by.database_backwards(self, app_label, schema_editor, from_state, to_state)


def _operation(schema_editor, on_postgresql, elsewhere):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    return on_postgresql if is_postgresql else elsewhere
