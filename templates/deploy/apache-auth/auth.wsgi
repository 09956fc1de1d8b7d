"""What Apache's mod_wsgi asks for the {{ framework }} users of {{ project_name }}: `check_password` says whether a name
and password are right, and `groups_for_user` which groups an active user is in.
"""

import os
import site
import sys
from pathlib import Path

# Apache's own processes know nothing of the project and of its packages.
sys.path.insert(0, {{ directory | python_string }})
{%- if environment %}
site.addsitedir({{ (environment ~ "/lib/python" ~ python_version ~ "/site-packages") | python_string }})
{%- endif %}

ENVIRONMENT = Path({{ environment_file | python_string }})

if ENVIRONMENT.exists():
    for line in ENVIRONMENT.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.partition("=")
        if sign and not name.startswith("#"):
            os.environ[name.strip()] = value.strip()
{%- if settings_variable %}

# Outright and not by default: where several sites share a process, the first one's is there.
os.environ[{{ settings_variable | python_string }}] = {{ settings_module | python_string }}
{%- endif %}

import django

django.setup(set_prefix=False)

from django.contrib.auth.handlers.modwsgi import (  # noqa: F401
    check_password,
    groups_for_user,
)
