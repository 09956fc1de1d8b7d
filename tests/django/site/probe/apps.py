"""Saying when a request begins and ends, and when a database is connected to."""

import os
import threading

from django.apps import AppConfig
from django.core.signals import request_finished, request_started
from django.db.backends.signals import connection_created

current = threading.local()

early = 0
"""The process of PostgreSQL behind the connection that was opened before any request."""


def say(event: str) -> None:
    """Print an event and its process, in one piece."""
    print(f"event: {event} in {os.getpid()}\n", end="", flush=True)


def started(environ, **_):
    """Say that a request begins. One that begins within another would be seen by its end."""
    current.request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    say(f"started {current.request}")


def finished(**_):
    """Say that it has ended."""
    say(f"finished {current.request}")
    current.request = "nothing"


def connected(connection, **_):
    """Say that a database was connected to."""
    say(f"connected {connection.alias}")


def say_closed():
    """Say from now on when a connection to a database is closed, of which Django has no signal."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    close = BaseDatabaseWrapper._close

    def closing(connection):
        close(connection)
        say(f"closed {connection.alias}")

    BaseDatabaseWrapper._close = closing


class Probe(AppConfig):
    """Connects the receivers, after those of Django itself."""

    name = "probe"

    def ready(self):
        """Connect them; where it is asked for, connect to a database much too early as well."""
        request_started.connect(started)
        request_finished.connect(finished)
        connection_created.connect(connected)
        if "SAY_CLOSED" in os.environ:
            say_closed()
        if "CONNECT_EARLY" in os.environ:
            from django.db import connections

            global early
            with connections["postgres"].cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                (early,) = cursor.fetchone()
