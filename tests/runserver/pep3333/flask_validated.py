"""Flask inside wsgiref.validate."""

import io
from wsgiref.validate import validator

from flask import Flask, Response, jsonify, request, send_file

app = Flask(__name__)


@app.route("/page/")
def page():
    """Answer plainly."""
    response = Response(b"a page")
    response.set_cookie("a", "b")
    return response


@app.route("/echo/", methods=["GET", "POST"])
def echo():
    """Answer with the body."""
    return Response(request.get_data(), content_type="text/plain")


@app.post("/form/")
def form():
    """Answer with what was posted."""
    size = len(request.files["file"].read())
    return jsonify({"field": request.form["field"], "file": size})


@app.route("/stream/")
def stream():
    """Answer in blocks."""
    return Response(b"block %d\n" % number for number in range(3))


@app.route("/file/")
def file():
    """Answer with a file."""
    return send_file(io.BytesIO(b"a file"), mimetype="text/plain")


@app.route("/empty/")
def empty():
    """Answer without a body."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


application = validator(app)
