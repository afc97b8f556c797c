"""A user's server that admits who JupyterHub says may access it, as jupyter-server does."""

import os
from typing import NoReturn
from urllib.parse import urlparse

from jupyterhub.services.auth import HubOAuthenticated
from tornado import ioloop, web

URL = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"])


class Guarded(HubOAuthenticated, web.RequestHandler):  # type: ignore[misc]  # JupyterHub is not typed
    """Says who was admitted."""

    @web.authenticated
    def get(self) -> None:
        self.write({"admitted": self.get_current_user()["name"]})

    def get_login_url(self) -> NoReturn:
        """Refuse, as jupyter-server's API does, instead of sending to a log-in."""
        raise web.HTTPError(403)


class Open(web.RequestHandler):
    """Lets the hub see that the server is up."""

    def get(self) -> None:
        self.write("up")


application = web.Application([(r".*/guarded", Guarded), (r".*", Open)])
application.listen(int(URL.port or 0), address=str(URL.hostname))
ioloop.IOLoop.current().start()
