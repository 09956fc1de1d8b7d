"""What the parser of Django's own runserver makes of command lines: reads a JSON list of lists of
words, and writes for each what they mean, or the exit code and the complaint."""

import contextlib
import io
import json
import sys

from django.conf import settings

settings.configure()

from django.contrib.staticfiles.management.commands.runserver import Command


def parsed(words):
    command = Command()
    command._called_from_command_line = True
    parser = command.create_parser("manage.py", "runserver")
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):
            return vars(parser.parse_args(words))
    except SystemExit as error:
        return [error.code, complaint.getvalue().splitlines()[-1]]


json.dump([parsed(words) for words in json.load(sys.stdin)], sys.stdout)
