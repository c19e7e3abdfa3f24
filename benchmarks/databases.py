"""Databases made for one benchmark, beside the one of ``DATABASE_URL``."""

from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.utils import load_backend


class Database:
    """Migrated and empty; the default one from then on, and whenever it is used."""

    def __init__(self, name: str):
        described = settings.DATABASES["default"]
        self.former = described["NAME"]
        self.is_postgresql = described["ENGINE"].endswith("postgresql")
        name = f"marginalia_benchmark_{name}"
        if not self.is_postgresql:
            name = str(Path(settings.VAR_DIR) / f"{name}.sqlite3")
        test = {**described.get("TEST", {}), "NAME": name}
        self.connection = load_backend(described["ENGINE"]).DatabaseWrapper(
            {**connections["default"].settings_dict, "TEST": test}, "default"
        )
        self.use()
        self.connection.creation.create_test_db(0, autoclobber=True)

    def use(self) -> None:
        connections["default"] = self.connection

    def settle(self) -> None:
        """As a server leaves it by itself after a while; SQLite gathers no figures."""
        if self.is_postgresql:
            with self.connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")

    def destroy(self) -> None:
        self.use()
        self.connection.creation.destroy_test_db(self.former, 0)
