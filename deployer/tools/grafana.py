"""Grafana's HTTP API: data sources and annotations.

Asked with the token of a service account, which goes to the given address and nowhere else: never in clear
over a network, to no host that a redirect names, and not by `.netrc`. The API is that below `/api`, which
every Grafana has since 9.0 and Grafana 13 still has, beside a newer one that is not finished.
"""

from __future__ import annotations

import ipaddress
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from deployer.errors import DeployerError
from deployer.tools.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import requests

_TIMEOUT = (5, 30)
"""Seconds to connect, and between two pieces of an answer."""
_SHOWN = 200


class Refused(DeployerError):
    """Grafana answered with an error; `status` is that of HTTP."""

    def __init__(self, message: str, *, status: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Grafana:
    """One Grafana. `url` has no slash at its end; `origin` says where the token is from.

    `secrets` are texts that are sent and must not be shown, the token aside.
    """

    url: str
    token: str = field(repr=False)
    origin: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not _is_private(self.url):
            raise DeployerError(
                f"the token would go over the network in clear: {self.url}",
                hint="write `https://` in `grafana.url` of config/org.yaml",
            )

    def data_sources(self) -> list[dict[str, Any]]:
        """Return all data sources, without what is secret of them."""
        found = self._json("GET", "datasources")
        if not (isinstance(found, list) and all(map(_is_data_source, found))):
            raise self._no_grafana("GET", "datasources")
        return found

    def add(self, source: Mapping[str, Any]) -> None:
        """Make a data source."""
        self._json("POST", "datasources", body=source)

    def update(self, source: Mapping[str, Any]) -> None:
        """Make the data source that has the uid of `source` be as that says; secrets included."""
        self._json("PUT", _path(source["uid"]), body=source)

    def remove(self, uid: str) -> None:
        """Remove a data source."""
        self._json("DELETE", _path(uid))

    def trouble(self, uid: str) -> str | None:
        """Have Grafana ask a data source, and return what is wrong, None when it answers."""
        try:
            self._json("GET", f"{_path(uid)}/health")
        except Refused as refused:
            return refused.message
        return None

    def annotate(self, text: str, tags: Sequence[str], *, start: int, end: int | None = None) -> None:
        """Write an annotation of the whole organisation, at a time or from `start` to `end`, in ms."""
        until = {} if end is None else {"timeEnd": end}
        self._json("POST", "annotations", body={"time": start, **until, "tags": list(tags), "text": text})

    def _json(self, method: str, path: str, *, body: Mapping[str, Any] | None = None) -> Any:
        with _answering(self.url), self._session() as session:
            response = session.request(
                method, f"{self.url}/api/{path}", json=body, timeout=_TIMEOUT, allow_redirects=False
            )
        if response.is_redirect:
            raise DeployerError(
                f"no Grafana at {self.url}: it redirects to {_where(response)}",
                hint="`grafana.url` in config/org.yaml has to be where Grafana itself answers",
            )
        if not response.ok:
            raise self._refused(method, path, response)
        try:
            return response.json()
        except ValueError:
            raise self._no_grafana(method, path) from None

    def _session(self) -> requests.Session:
        import requests

        session = requests.Session()
        # Proxies and authorities of the environment count, but a proxy would read what is not encrypted.
        session.trust_env = self.url.startswith("https:")
        session.headers["Accept"] = "application/json"
        session.auth = self._sign  # or `.netrc` would have a say
        return session

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request

    def _refused(self, method: str, path: str, response: requests.Response) -> DeployerError:
        said = self._said(response)
        status = response.status_code
        if status == 401:
            hint = "make a new one in Grafana: Administration, Users and access, Service accounts"
            return Refused(f"Grafana refused the token of {self.origin}: {said}", status=status, hint=hint)
        if status == 403:
            hint = "give the service account the role Admin; for annotations, Editor is enough"
            return Refused(f"the token of {self.origin} may not do that: {said}", status=status, hint=hint)
        if said == response.reason and status == 404:
            return self._no_grafana(method, path)
        return Refused(f"Grafana refused `{method} /api/{path}`: {status}: {said}", status=status)

    def _said(self, response: requests.Response) -> str:
        """Return what Grafana says about an error, without what was sent to it."""
        try:
            said = response.json()["message"]
        except (ValueError, KeyError, TypeError):
            said = response.reason
        return redact(str(said), [self.token, *self.secrets])[:_SHOWN]

    def _no_grafana(self, method: str, path: str) -> DeployerError:
        return DeployerError(
            f"no Grafana at {self.url}: what answers `{method} /api/{path}` is something else",
            hint="look at `grafana.url` in config/org.yaml; a path that it is served under belongs to it",
        )


def _is_data_source(found: Any) -> bool:
    return isinstance(found, dict) and all(isinstance(found.get(key), str) for key in ("uid", "name"))


def _path(uid: str) -> str:
    return f"datasources/uid/{quote(uid, safe='')}"


def _is_private(url: str) -> bool:
    """Say whether nobody on the way reads what is sent there."""
    where = urlsplit(url)
    if where.scheme == "https":
        return True
    host = where.hostname or ""
    try:
        return where.scheme == "http" and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return where.scheme == "http" and host == "localhost"


def _where(response: requests.Response) -> str:
    """Return where a redirect leads, without what else may be in such an address."""
    where = urlsplit(response.headers.get("Location", ""))
    return f"{where.scheme}://{where.hostname}{where.path}" if where.hostname else where.path


@contextmanager
def _answering(url: str) -> Iterator[None]:
    """Turn the ways in which a connection can fail into ours."""
    import requests

    try:
        yield
    except requests.exceptions.SSLError as error:
        raise DeployerError(
            f"the certificate of {url} can't be trusted: {_reason(error)}",
            hint="when it is of an authority of your own, `REQUESTS_CA_BUNDLE` names the file that has it",
        ) from error
    except requests.Timeout:
        raise DeployerError(f"no answer within {_TIMEOUT[1]} s: {url}") from None
    except (requests.RequestException, OSError) as error:
        raise DeployerError(
            f"no answer: {url}: {_reason(error)}", hint="look at `grafana.url` in config/org.yaml"
        ) from error


def _reason(error: BaseException) -> str:
    """Return the innermost reason, without the requests that were tried around it."""
    outer = error.args[0] if error.args else error
    inner = getattr(outer, "args", ())
    return str(getattr(outer, "reason", None) or (inner[-1] if inner else outer))
