"""What Django's own server logs: reads a JSON list of DJANGO_COLORS, request line and status, and
writes a list of the lines."""

import json
import logging
import os
import sys

from django.conf import settings

settings.configure()

from django.core.management.color import color_style
from django.core.servers.basehttp import WSGIRequestHandler
from django.utils.log import ServerFormatter

lines = []


class Lines(logging.Handler):
    def emit(self, record):
        lines.append(self.format(record))


class Captured(WSGIRequestHandler):
    def __init__(self):
        """Serve nothing."""

    request = None

    def log_date_time_string(self):
        return "20/Nov/2026 19:01:27"


handler = Lines()
logger = logging.getLogger("django.server")
logger.addHandler(handler)
logger.setLevel(logging.INFO)
for colors, request_line, status in json.load(sys.stdin):
    os.environ["DJANGO_COLORS"] = colors
    formatter = ServerFormatter("[{server_time}] {message}", style="{")
    formatter.style = color_style(force_color=True)
    handler.setFormatter(formatter)
    Captured().log_message('"%s" %s %s', request_line, str(status), "12")
json.dump(lines, sys.stdout)
