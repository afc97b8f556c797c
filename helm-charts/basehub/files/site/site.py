"""Serves the files of a directory to people who are signed in at the hub and admitted.

It runs in the hub's image, beside what keeps the directory up to date: a link that leads to another directory
at each new version. Nothing outside of that directory is served, whatever links say, and no name that begins
with a dot, such as `.git`.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import Any

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.web import (
    Application,
    HTTPError,
    RedirectHandler,
    RequestHandler,
    StaticFileHandler,
    authenticated,
)

PAGES = {".html", ".htm", ""}
SECONDS_OF_ASSETS = 300
ISOLATED = "sandbox allow-scripts allow-popups allow-forms allow-downloads; frame-ancestors 'self'"
TRUSTED = "frame-ancestors 'self'"


class Files(HubOAuthenticated, StaticFileHandler):  # type: ignore[misc]  # JupyterHub is not typed
    """One file, or the `index.html` of a directory."""

    def initialize(self, *, current: Path, directory: str, isolated: bool) -> None:
        """Take the link to the version of now, what of it is served, and whether scripts are kept apart."""
        # The version is the same for the whole of a request, also when another one comes meanwhile.
        version = os.path.realpath(current)
        root = os.path.realpath(f"{version}/{directory}")
        if os.path.commonpath([version, root]) != version:
            raise HTTPError(404)
        self.isolated = isolated
        super().initialize(path=root, default_filename="index.html")

    @authenticated
    async def get(self, path: str, include_body: bool = True) -> None:
        """Answer GET and HEAD."""
        await super().get(path, include_body)

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Return the path of the file to serve, None when the visitor was sent to the directory's address.

        Raises:
            HTTPError: there is none that may be served.
        """
        _refuse_outside(root, absolute_path)
        found = super().validate_absolute_path(root, absolute_path)
        if found is not None:
            # A directory has become its `index.html`, which may be a link of its own.
            _refuse_outside(root, found)
        return found

    def get_cache_time(self, path: str, modified: Any, mime_type: str) -> int:
        """Leave it to `set_extra_headers`: what is for one visitor is for no cache that others share."""
        return 0

    def set_extra_headers(self, path: str) -> None:
        """Have browsers ask again for pages, and keep what pages show for a while."""
        page = PurePath(self.absolute_path).suffix in PAGES
        self.set_header(
            "Cache-Control", "private, no-cache" if page else f"private, max-age={SECONDS_OF_ASSETS}"
        )
        self.set_header("Vary", "Cookie")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", ISOLATED if self.isolated else TRUSTED)


class Ready(RequestHandler):
    """Tells Kubernetes whether there is anything to serve."""

    def initialize(self, *, current: Path) -> None:
        """Take the link to the version of now."""
        self.current = current

    def get(self) -> None:
        """Answer 503 until there is a first version."""
        self.set_status(200 if self.current.is_dir() else 503)


def application(*, prefix: str, menu: str, current: Path, directory: str, isolated: bool) -> Application:
    """Return the site below a path; `menu` is the path to which the hub's own menu leads."""
    served = {"current": current, "directory": directory, "isolated": isolated}
    return Application(
        [
            (f"{prefix}oauth_callback", HubOAuthCallbackHandler),
            (f"{prefix}(.*)", Files, served),
            (prefix.rstrip("/"), RedirectHandler, {"url": prefix}),
            (f"{menu}.*", RedirectHandler, {"url": prefix, "permanent": False}),
            # The proxy leads nobody here.
            ("/healthz", Ready, {"current": current}),
        ],
        cookie_secret=os.urandom(32),
    )


def _refuse_outside(root: str, path: str) -> None:
    if "\0" in path:
        raise HTTPError(404)
    # `root` may end with a separator.
    top = os.path.realpath(root)
    for each in (os.path.normpath(path), os.path.realpath(path)):
        if os.path.commonpath([top, each]) != top:
            raise HTTPError(404)
        if any(part.startswith(".") for part in PurePath(each).relative_to(top).parts):
            raise HTTPError(404)


def main() -> None:
    """Serve until the pod ends."""
    site = application(
        prefix=os.environ["JUPYTERHUB_SERVICE_PREFIX"],
        menu=os.environ["SITE_MENU"],
        current=Path(os.environ["SITE_CURRENT"]),
        directory=os.environ["SITE_DIRECTORY"],
        isolated=os.environ["SITE_ISOLATED"] == "true",
    )
    # Cookies are only for encrypted connections where the proxy says that the visitor's is one.
    server = HTTPServer(site, xheaders=True)
    server.listen(int(os.environ["SITE_PORT"]), address=os.environ.get("SITE_ADDRESS", ""))
    IOLoop.current().start()


if __name__ == "__main__":
    main()
