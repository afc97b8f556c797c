"""Which container `deployer logs` means, and how its log is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.operations.logs import Source, find, lines
from tests.operations.fake_api import FakeApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.tools.kubernetes import Api

PODS = "/api/v1/namespaces/demo/pods"


def pod(fake: FakeApi, name: str, *, container: str, created: int = 1, **metadata: Any) -> None:
    body = {
        "metadata": {"creationTimestamp": f"2026-01-01T00:00:0{created}Z", **metadata},
        "spec": {"containers": [{"name": container}, {"name": "sidecar"}]},
    }
    fake.put(f"{PODS}/{name}", body)


def server(fake: FakeApi, name: str, user: str, servername: str | None = None) -> None:
    annotations = {"hub.jupyter.org/username": user}
    if servername:
        annotations["hub.jupyter.org/servername"] = servername
    pod(fake, name, container="notebook", labels={"component": "singleuser-server"}, annotations=annotations)


@pytest.fixture
def fake() -> FakeApi:
    fake = FakeApi()
    pod(fake, "hub-1", container="hub", labels={"component": "hub"})
    pod(fake, "proxy-1", container="chp", labels={"app.kubernetes.io/component": "proxy"})
    return fake


def test_hub_and_proxy_are_found_by_old_and_new_labels(fake: FakeApi) -> None:
    assert find(fake.api, "demo", "hub") == Source(namespace="demo", pod="hub-1", container="hub")
    assert find(fake.api, "demo", "proxy") == Source(namespace="demo", pod="proxy-1", container="chp")


def test_the_newest_pod_that_stays_is_meant(fake: FakeApi) -> None:
    pod(fake, "hub-2", container="hub", created=2, labels={"component": "hub"})
    pod(fake, "hub-3", container="hub", created=3, labels={"component": "hub"}, deletionTimestamp="now")
    assert find(fake.api, "demo", "hub").pod == "hub-2"


def test_a_user_is_found_by_the_name_as_it_is_not_by_its_escaped_form(fake: FakeApi) -> None:
    server(fake, "jupyter-ada-lovelace-example-org---3f2a", "Ada.Lovelace@example.org")
    expected = Source(namespace="demo", pod="jupyter-ada-lovelace-example-org---3f2a", container="notebook")
    assert find(fake.api, "demo", "Ada.Lovelace@example.org") == expected


def test_named_servers_are_told_apart(fake: FakeApi) -> None:
    server(fake, "jupyter-ada", "ada")
    server(fake, "jupyter-ada--gpu", "ada", "gpu")
    assert find(fake.api, "demo", "ada").pod == "jupyter-ada"
    assert find(fake.api, "demo", "ada/gpu").pod == "jupyter-ada--gpu"


def test_a_user_called_hub_can_be_meant_too(fake: FakeApi) -> None:
    server(fake, "jupyter-hub", "hub")
    assert find(fake.api, "demo", "hub/").pod == "jupyter-hub"
    assert find(fake.api, "demo", "hub").pod == "hub-1"


@pytest.mark.parametrize(
    ("running", "hint"),
    [
        ([], "no user's server is running"),
        (["ada"], "did you mean `ada`?"),
        (["zoe", "bob"], "servers are running of: bob, zoe"),
        (
            [f"user-{n:02}" for n in range(12)],
            f"servers are running of: {', '.join(f'user-{n:02}' for n in range(10))} and 2 more",
        ),
    ],
)
def test_an_unknown_user_gets_a_near_match_or_who_is_there(
    fake: FakeApi, running: list[str], hint: str
) -> None:
    for user in running:
        server(fake, f"jupyter-{user}", user)
    with pytest.raises(DeployerError) as caught:
        find(fake.api, "demo", "adda")
    assert caught.value.message == "demo: no server of this user is running: adda"
    assert caught.value.hint == hint


def test_a_hub_that_has_no_pod_is_an_error() -> None:
    with pytest.raises(DeployerError, match="demo: there is no pod of the hub"):
        find(FakeApi().api, "demo", "hub")


@dataclass
class LogApi:
    """An API with one log; remembers what was asked."""

    log: list[str]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    fails: DeployerError | None = None

    def lines(self, path: str, **query: str) -> Iterator[str]:
        self.asked.append((path, query))
        yield from self.log
        if self.fails:
            raise self.fails

    @property
    def api(self) -> Api:
        return cast("Api", self)


SOURCE = Source(namespace="demo", pod="hub-1", container="hub")


def test_options_reach_the_cluster_and_lines_come_in_order() -> None:
    api = LogApi(["one", "two"])
    options: dict[str, Any] = {"follow": True, "tail": 5, "previous": True}
    assert list(lines(api.api, SOURCE, interruption=Interruption(), **options)) == ["one", "two"]
    query = {"container": "hub", "follow": "true", "previous": "true", "tailLines": "5"}
    assert api.asked == [(f"{PODS}/hub-1/log", query)]


def test_without_options_the_whole_log_is_asked_for() -> None:
    api = LogApi([])
    assert list(lines(api.api, SOURCE, interruption=Interruption())) == []
    query = {"container": "hub", "follow": "false", "previous": "false"}
    assert api.asked == [(f"{PODS}/hub-1/log", query)]


def test_an_error_of_the_cluster_comes_after_the_lines_before_it() -> None:
    api = LogApi(["one"], fails=DeployerError("gone"))
    following = lines(api.api, SOURCE, interruption=Interruption(), follow=True)
    assert next(following) == "one"
    with pytest.raises(DeployerError, match="gone"):
        next(following)


def test_following_ends_when_the_user_asks_to_stop() -> None:
    interruption = Interruption()
    following = lines(LogApi(["one", "two"]).api, SOURCE, interruption=interruption, follow=True)
    assert next(following) == "one"
    interruption.request()
    with pytest.raises(Interrupted):
        next(following)
