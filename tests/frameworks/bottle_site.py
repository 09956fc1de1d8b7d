"""Bottle's own beginner's application, with a path and a form."""

from bottle import Bottle, request

app = Bottle()
GREETING = "hello"


@app.get("/")
def index():
    return GREETING


@app.get("/hello/<name>")
def hello(name):
    return f"hello {name}"


@app.post("/form")
def form():
    return f"posted {request.forms.getunicode('name')}"
