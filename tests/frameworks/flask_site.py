"""Flask's own beginner's application, with a path and a form."""

from flask import Flask, request

app = Flask(__name__)
GREETING = "hello"


@app.get("/")
def index():
    return GREETING


@app.get("/hello/<name>")
def hello(name):
    return f"hello {name}"


@app.post("/form")
def form():
    return f"posted {request.form['name']}"
