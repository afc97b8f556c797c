"""The API of a Kubernetes cluster, as plain requests and small frozen views of what came back.

The official client brings kubeconfig handling, TLS and credential plugins; its generated models are left
aside: parsing them costs more time than the requests, and what we read is little.
"""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

_CONNECT_TIMEOUT = 10
_READ_TIMEOUT = 60
_JSON = "application/json, */*"
_APPLY = "application/apply-patch+yaml"
_MERGE = "application/merge-patch+json"


class Unreachable(DeployerError):
    """The API server did not answer, or not as one."""


class NotFound(DeployerError):
    """There is no such object."""


class Conflict(DeployerError):
    """Somebody else created or changed the object first."""


class Forbidden(DeployerError):
    """The credentials in hand do not allow this."""


@dataclass(frozen=True, kw_only=True)
class Api:
    """Requests to one cluster's API server. Safe to share between threads.

    `server` is its address, for messages; `timeout` are the seconds that an answer may take. Paths are
    those of the API reference, such as `/api/v1/namespaces/demo/pods`; bodies and answers are JSON objects.
    """

    client: Any
    server: str
    timeout: float = _READ_TIMEOUT

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Read an object or a list."""
        return self._json("GET", path, query=query)

    def items(self, path: str, **query: str) -> list[dict[str, Any]]:
        """Read the objects of a list."""
        items: list[dict[str, Any]] = self.get(path, **query)["items"]
        return items

    def snapshot(self, path: str) -> tuple[list[dict[str, Any]], str]:
        """Read the objects of a list, and the version that `wait_for_change` takes."""
        listed = self.get(path)
        return listed["items"], listed["metadata"]["resourceVersion"]

    def wait_for_change(self, path: str, version: str, *, seconds: int) -> None:
        """Return when something in the list at `path` has changed since a version, or after some seconds."""
        events = self.lines(path, watch="1", resourceVersion=version, timeoutSeconds=str(seconds))
        with closing(events):
            next(events, None)

    def metadata(self, path: str, **query: str) -> list[dict[str, Any]]:
        """Read the metadata of a list's objects and nothing else of them."""
        accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
        # An empty list of metadata comes as null.
        items: list[dict[str, Any]] = self._json("GET", path, query=query, accept=accept)["items"] or []
        return items

    def create(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create an object in the list at `path`; Conflict when it is there already."""
        return self._json("POST", path, body=body)

    def replace(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Replace an object; Conflict when its resourceVersion is no longer the newest."""
        return self._json("PUT", path, body=body)

    def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Merge `body` into an object (JSON merge patch)."""
        return self._json("PATCH", path, body=body)

    def apply(
        self, path: str, body: Mapping[str, Any], *, manager: str, force: bool = True
    ) -> dict[str, Any]:
        """Have the server make an object be as `body` says, created or not, whoever said otherwise before.

        What `manager` said at an earlier time and says no longer is taken away. Without `force`, Conflict
        when another one says otherwise.
        """
        query = {"fieldManager": manager, "force": str(force).lower()}
        return self._json("PATCH", path, query=query, body=body, content=_APPLY)

    def delete(self, path: str) -> None:
        """Delete an object; NotFound when it is not there."""
        self._json("DELETE", path)

    def text(self, path: str, **query: str) -> str:
        """Read what is not JSON, such as logs."""
        response = self._request("GET", path, query=query)
        return self._body(response).decode("utf-8", "replace")

    def lines(self, path: str, **query: str) -> Generator[str]:
        """Yield the lines of an answer that goes on, such as followed logs."""
        response = self._request("GET", path, query=query, endless=True)
        try:
            rest = b""
            with self._reached():
                for chunk in response.stream(amt=None):
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        yield line.decode("utf-8", "replace")
            if rest:
                yield rest.decode("utf-8", "replace")
        finally:
            # Whoever stops listening leaves the rest unread: this connection is of no more use.
            response.close()

    def _json(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        accept: str = _JSON,
        content: str = _MERGE,
    ) -> dict[str, Any]:
        response = self._request(method, path, query=query or {}, body=body, accept=accept, content=content)
        try:
            answer = json.loads(self._body(response))
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise Unreachable(
                f"{self.server} did not answer as a Kubernetes API server",
                hint="check the kubeconfig's server address, and whether a proxy wants a login first",
            )
        return answer

    def _body(self, response: Any) -> bytes:
        with self._reached():
            return bytes(response.data)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Turn what goes wrong with the connection into Unreachable; answers are read from it late."""
        from urllib3.exceptions import HTTPError

        try:
            yield
        except HTTPError as error:
            reason = getattr(error, "reason", None) or error
            raise Unreachable(
                f"cluster unreachable: {self.server}: {_short(reason)}",
                hint="check the network and the credentials, or `deployer local up` for the local cluster",
            ) from None

    def _request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str],
        body: Any = None,
        endless: bool = False,
        accept: str = _JSON,
        content: str = _MERGE,
    ) -> Any:
        headers = {"Accept": accept}
        if body is not None:
            headers["Content-Type"] = content if method == "PATCH" else "application/json"
        method, url, headers, body, _ = self.client.param_serialize(
            method,
            path,
            query_params=list(query.items()),
            header_params=headers,
            body=body,
            auth_settings=["BearerToken"],
        )
        timeout = (min(_CONNECT_TIMEOUT, self.timeout), None if endless else self.timeout)
        with self._reached():
            response = self.client.call_api(
                method, url, header_params=headers, body=body, _request_timeout=timeout
            ).response
            if 200 <= response.status < 300:
                return response
            raise _explained(response, f"{method} {path}")


def connect(kubeconfig: Path) -> Api:
    """Return the API that a kubeconfig file points to; no request is made yet."""
    import yaml
    from kubernetes import client, config

    configuration = client.Configuration()
    try:
        config.load_kube_config(config_file=str(kubeconfig), client_configuration=configuration)
    except (config.ConfigException, OSError, yaml.YAMLError) as error:
        reason = getattr(error, "problem", None) or error
        raise DeployerError(f"kubeconfig cannot be used: {kubeconfig}: {_short(reason)}") from error
    # A retry would multiply the wait for a cluster that is not there.
    configuration.retries = 0
    return Api(client=client.ApiClient(configuration), server=str(configuration.host))


def cluster_uid(api: Api) -> str:
    """Return what tells this cluster from every other: the uid of its namespace kube-system."""
    uid: str = api.get("/api/v1/namespaces/kube-system")["metadata"]["uid"]
    return uid


def ensure_namespace(api: Api, name: str) -> None:
    """Create a namespace unless it is there."""
    try:
        api.get(f"/api/v1/namespaces/{name}")
    except NotFound:
        try:
            api.create("/api/v1/namespaces", {"metadata": {"name": name}})
        except Conflict:
            return


def _explained(response: Any, request: str) -> DeployerError:
    try:
        detail = json.loads(response.data)["message"]
    except (TypeError, ValueError, KeyError):
        detail = response.reason or "no reason given"
    message = f"the cluster refused `{request}`: {response.status}: {detail}"
    kinds: dict[int, type[DeployerError]] = {404: NotFound, 409: Conflict, 401: Forbidden, 403: Forbidden}
    return kinds.get(response.status, DeployerError)(message)


def _short(error: object) -> str:
    text = str(error).strip() or type(error).__name__
    # urllib3 puts the connection's repr before the reason: `<...object at 0x7f...>: Failed to ...`.
    return text.split(">: ", 1)[-1].splitlines()[0]
