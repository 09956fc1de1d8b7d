"""What uWSGI loads for {{ project_name }}."""
{% if settings_module %}
import os

# Here and not as `env` in the configuration, which comes too late for uWSGI as a module of Python.
os.environ[{{ settings_variable | default(value="DJANGO_SETTINGS_MODULE") | python_string }}] = {{ settings_module | python_string }}
{% endif %}
{% set parts = application | split(pat=":") -%}
{% set attribute = parts | last -%}
{% if attribute is ending_with(pat="()") %}
{%- set function = attribute | replace(from="()", to="") %}
from {{ parts | first }} import {{ function }}  # noqa: E402

application = {{ function }}()
{%- elif attribute is containing(pat=".") %}
import {{ parts | first }}  # noqa: E402

application = {{ parts | first }}.{{ attribute }}
{%- elif attribute == "application" %}
from {{ parts | first }} import application  # noqa: E402, F401
{%- else %}
from {{ parts | first }} import {{ attribute }} as application  # noqa: E402, F401
{%- endif %}
