"""CherryPy's own beginner's application, with a path and a form."""

import cherrypy

GREETING = "hello"


class Site:
    @cherrypy.expose
    def index(self):
        return GREETING

    @cherrypy.expose
    def hello(self, name):
        return f"hello {name}"

    @cherrypy.expose
    def form(self, name):
        return f"posted {name}"


app = cherrypy.Application(Site(), script_name="")
