"""JupyterHub's REST API, and the kernels of a user's server that are reached through it.

Everything is asked with a token in the header `Authorization`: JupyterHub and jupyter-server exempt such
requests from their XSRF checks, and no cookie is ever kept. Redirects are refused, so that the token goes
nowhere else, and neither proxies nor `.netrc` of the environment have a say.
"""

from __future__ import annotations

import json
import socket
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from deployer.errors import DeployerError
from deployer.tools.kernels import Kernel, Unanswered, python_kernel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import requests

_TIMEOUT = (5, 30)
"""Seconds to connect, and between two pieces of an answer. The hub's event streams say something every 8."""
_RECONNECTIONS, _FIRST_PAUSE, _LONGEST_PAUSE = 6, 0.25, 2.0
"""How often a connection that can't be made is tried again, and the seconds between: twice as many each time.

The way to the hub may break, and is back within seconds; nothing was sent before, so nothing is done twice.
"""


class Refused(DeployerError):
    """JupyterHub, or a user's server, answered with an error; `status` is that of HTTP."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Server:
    """A user's default server. `pending` is `spawn` or `stop`; `path` is where it is below the host."""

    pending: str | None
    ready: bool
    path: str


@dataclass(frozen=True, kw_only=True)
class SpawnEvent:
    """One piece of news of a server that starts. The last one is `ready` or `failed`."""

    message: str
    ready: bool = False
    failed: bool = False


@dataclass(frozen=True, kw_only=True)
class HubApi:
    """The API of one JupyterHub. `url` is the hub's base URL and ends with a slash."""

    url: str
    token: str = field(repr=False)

    def version(self) -> str:
        """Return JupyterHub's version."""
        return str(self._json("GET", "hub/api/")["version"])

    def server(self, user: str) -> Server | None:
        """Return the user's default server unless it is stopped.

        Raises:
            Refused: with status 404 when there is no such user.
        """
        model = self._json("GET", _user(user)).get("servers", {}).get("")
        if model is None:
            return None
        return Server(pending=model["pending"], ready=model["ready"], path=model["url"])

    def exists(self, user: str) -> bool:
        """Tell whether there is such a user that the token may see."""
        try:
            self._json("GET", _user(user))
        except Refused as refused:
            if refused.status == 404:
                return False
            raise
        return True

    def create_user(self, user: str) -> None:
        """Create a user."""
        self.request("POST", _user(user))

    def delete_user(self, user: str) -> None:
        """Delete a user, and have the hub delete what belongs to the user."""
        self.request("DELETE", _user(user))

    def start_server(self, user: str, options: Mapping[str, Any]) -> None:
        """Ask for the user's default server; `progress` tells when it is ready."""
        self.request("POST", f"{_user(user)}/server", body=options)

    def stop_server(self, user: str) -> None:
        """Ask for an end of the user's default server; `server` tells when it is gone."""
        self.request("DELETE", f"{_user(user)}/server")

    def progress(self, user: str) -> Iterator[SpawnEvent]:
        """Yield the news of the user's server as it starts, until it is ready or has failed."""
        with self._session() as session, _answering(self.url):
            response = session.get(
                self.url + f"{_user(user)}/server/progress",
                stream=True,
                timeout=_TIMEOUT,
                allow_redirects=False,
                headers={"Accept": "text/event-stream"},
            )
            with response:
                _expect_success(response)
                for line in response.iter_lines(chunk_size=1, decode_unicode=True):
                    if line.startswith("data:"):
                        yield _event(json.loads(line.removeprefix("data:")))

    @contextmanager
    def kernel(self, user: str, path: str) -> Iterator[Kernel]:
        """Yield a Python kernel on the user's server, which is at `path`; shut it down afterwards.

        Raises:
            DeployerError: the server offers no Python kernel.
        """
        api = path.lstrip("/").removeprefix(self._base_path) + "api/"
        name = python_kernel(self._json("GET", api + "kernelspecs"))
        kernel = str(self._json("POST", api + "kernels", body={"name": name})["id"])
        try:
            channels = self._websocket(f"{api}kernels/{kernel}/channels?session_id={uuid.uuid4().hex}")
            try:
                yield Kernel(socket=channels, user=user)
            finally:
                channels.close()
        finally:
            with suppress(DeployerError):  # it goes with the server at the latest
                self.request("DELETE", f"{api}kernels/{kernel}")

    def request(self, method: str, path: str, *, body: Any = None) -> requests.Response:
        """Make one request to a path below the hub's base URL; raise Refused unless it succeeds."""
        with self._session() as session, _answering(self.url):
            response = session.request(
                method, self.url + path, json=body, timeout=_TIMEOUT, allow_redirects=False
            )
        _expect_success(response)
        return response

    def _json(self, method: str, path: str, *, body: Any = None) -> dict[str, Any]:
        response = self.request(method, path, body=body)
        try:
            answer: dict[str, Any] = response.json()
        except ValueError:
            raise Unanswered(f"not an answer of JupyterHub's API: `{method} /{path}`") from None
        return answer

    def _session(self) -> requests.Session:
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.util import Retry

        session = requests.Session()
        retries = Retry(
            total=None,
            connect=_RECONNECTIONS,
            read=False,
            redirect=False,
            status=0,
            other=0,
            backoff_factor=_FIRST_PAUSE,
            backoff_max=_LONGEST_PAUSE,
        )
        session.mount("http://", HTTPAdapter(max_retries=retries))
        session.trust_env = False
        session.headers["Authorization"] = f"token {self.token}"
        return session

    def _websocket(self, path: str) -> Any:
        import websocket

        where = urlsplit(self.url)
        with _answering(self.url):
            # A socket of our own, for websocket-client asks the environment for proxies otherwise.
            connection = _connected(str(where.hostname), where.port or 80)
            # No Origin: jupyter-server compares it with the host, and a program has none to tell.
            return websocket.create_connection(
                self.url.replace("http", "ws", 1) + path,
                socket=connection,
                header=[f"Authorization: token {self.token}"],
                suppress_origin=True,
                redirect_limit=0,
                timeout=_TIMEOUT[1],
            )

    @property
    def _base_path(self) -> str:
        return self.url.split("/", 3)[3]


def _connected(host: str, port: int) -> socket.socket:
    """Return a connection; where it is refused, try again as requests do."""
    for turn in range(_RECONNECTIONS):
        with suppress(ConnectionRefusedError):
            return socket.create_connection((host, port), timeout=_TIMEOUT[0])
        time.sleep(min(_FIRST_PAUSE * 2**turn, _LONGEST_PAUSE))
    return socket.create_connection((host, port), timeout=_TIMEOUT[0])


def _user(name: str) -> str:
    return f"hub/api/users/{quote(name, safe='@~')}"


def _event(data: dict[str, Any]) -> SpawnEvent:
    return SpawnEvent(
        message=str(data.get("message", "")),
        ready=bool(data.get("ready")),
        failed=bool(data.get("failed")),
    )


def _expect_success(response: requests.Response) -> None:
    if response.status_code < 300:
        return
    try:
        detail = response.json()["message"]
    except (ValueError, KeyError, TypeError):
        detail = response.reason
    request = response.request
    raise Refused(
        f"the hub refused `{request.method} {request.path_url}`: {response.status_code}: {detail}",
        status=response.status_code,
    )


@contextmanager
def _answering(url: str) -> Iterator[None]:
    """Turn the ways in which a connection can fail into ours."""
    import requests
    import websocket

    try:
        yield
    except websocket.WebSocketBadStatusException as error:
        # The exception's own text has the answer's headers and body in it.
        message = f"the server refused the websocket of a kernel: {error.status_code}"
        raise Refused(message, status=error.status_code) from None
    except requests.Timeout:
        raise Unanswered(f"no answer within {_TIMEOUT[1]} s: {url}") from None
    except (requests.RequestException, websocket.WebSocketException, OSError) as error:
        raise Unanswered(f"no answer: {url}: {error}") from error
