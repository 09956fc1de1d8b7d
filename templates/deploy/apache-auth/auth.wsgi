"""What Apache's mod_wsgi asks for the {{ framework }} users of {{ project_name }}: `check_password` says whether a name
and password are right, and `groups_for_user` which groups an active user is in.
"""

import os
import site
import sys
from pathlib import Path

# Apache's own processes know nothing of the project and of its packages.
sys.path.insert(0, {{ directory | python_string }})
{%- if python_path %}
sys.path.insert(0, {{ python_path | replace(from=project_directory, to=directory) | python_string }})
{%- endif %}
{%- if environment %}
site.addsitedir({{ (environment ~ "/lib/python" ~ python_version ~ "/site-packages") | python_string }})
{%- endif %}

ENVIRONMENT = Path({{ environment_file | python_string }})

if ENVIRONMENT.exists():
    for line in ENVIRONMENT.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.partition("=")
        if sign and not name.startswith(("#", ";")):
            value = value.strip()
            # In quotes or not, as systemd reads such a file.
            if value[:1] in ("'", '"') and value[-1:] == value[:1]:
                value = value[1:-1]
            os.environ[name.strip()] = value
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
