"""The real Jinja2 and the real cookiecutter, which answer as long as they are asked.

One JSON object a line comes in, one goes out. A list of templates is rendered as cookiecutter
renders a file; a directory is made a project of.
"""

import contextlib
import io
import json
import sys
import warnings

from cookiecutter.main import cookiecutter
from cookiecutter.utils import create_env_with_context


def rendered(template, variables):
    """What a template becomes, or none where it is refused."""
    env = create_env_with_context({"cookiecutter": {}})
    try:
        return env.from_string(template).render(**variables)
    except Exception:
        return None


def project(request):
    """Makes a project; the answer is what went wrong."""
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            cookiecutter(
                request["template"],
                no_input=True,
                extra_context=request["variables"],
                output_dir=request["output"],
                config_file=request["config"],
                accept_hooks=request["hooks"],
            )
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return None


warnings.simplefilter("ignore")
for line in sys.stdin:
    request = json.loads(line)
    if "texts" in request:
        answer = [rendered(text, request["variables"]) for text in request["texts"]]
    else:
        with contextlib.redirect_stdout(io.StringIO()):
            answer = project(request)
    print(json.dumps(answer), flush=True)
