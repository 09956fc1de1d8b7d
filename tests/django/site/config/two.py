"""Settings with two databases: PostgreSQL for the entries, SQLite for all else."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES

DATABASES["postgres"] = {
    "ENGINE": "django.db.backends.postgresql",
    "HOST": os.environ["POSTGRES"],
    "USER": "postgres",
    "NAME": "postgres",
    "CONN_MAX_AGE": int(os.environ.get("CONN_MAX_AGE", "0")),
    "CONN_HEALTH_CHECKS": "CONN_HEALTH_CHECKS" in os.environ,
    "OPTIONS": {"pool": True} if "POOL" in os.environ else {},
}
DATABASE_ROUTERS = ["probe.routers.Router"]
