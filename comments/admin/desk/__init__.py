"""The desk: one comment after the other, explained, decided by one key each."""
