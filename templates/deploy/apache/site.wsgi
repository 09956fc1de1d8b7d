"""What Apache's mod_wsgi loads for {{ project_name }}.

Apache's SetEnv does not reach a process's environment, so the variables are read here.
"""

import os
from pathlib import Path

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
{% set parts = application | split(pat=":") -%}
{% set attribute = parts | last -%}
{% if attribute is containing(pat=".") %}
import {{ parts | first }}

application = {{ parts | first }}.{{ attribute }}
{%- elif attribute is ending_with(pat="()") %}
{%- set function = attribute | replace(from="()", to="") %}
from {{ parts | first }} import {{ function }}

application = {{ function }}()
{%- elif attribute == "application" %}
from {{ parts | first }} import application  # noqa: F401
{%- else %}
from {{ parts | first }} import {{ attribute }} as application  # noqa: F401
{%- endif %}
