"""What Django's own runserver makes of addresses: reads a JSON list of pairs of a text and whether
`-6` was given, and writes a list of what the command would bind, or its complaint."""

import json
import sys

from django.conf import settings

settings.configure(DEBUG=True)

from django.core.management.base import CommandError
from django.core.management.commands.runserver import Command, naiveip_re


class Captured(Command):
    def run(self, **options):
        """Serve nothing."""


answers = []
for text, use_ipv6 in json.load(sys.stdin):
    command = Captured()
    try:
        command.handle(addrport=text, use_ipv6=use_ipv6)
    except CommandError as error:
        answers.append(str(error))
    else:
        assert not text or naiveip_re.match(text)
        answers.append(
            [command.addr, int(command.port), command.use_ipv6, command._raw_ipv6]
        )
json.dump(answers, sys.stdout)
