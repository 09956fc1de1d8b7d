"""Which model lies in which database."""


class Router:
    """Sends the project's own models to PostgreSQL."""

    def db_for_read(self, model, **hints):
        """Name the database to read from."""
        return "postgres" if model._meta.app_label == "probe" else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **hints):
        """Say whether an app's tables belong there."""
        return db == ("postgres" if app_label == "probe" else "default")
