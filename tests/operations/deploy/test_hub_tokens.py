"""Tokens for the metrics of hubs: which are put where Prometheus mounts them, and when they are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from deployer.errors import DeployerError
from deployer.fleet.features import Speaker, features
from deployer.operations.deploy.hub_tokens import share
from tests.operations.fake_api import FakeApi
from tests.render import fleets

if TYPE_CHECKING:
    from deployer.fleet.model import Hub
    from deployer.operations.deploy.upgrade import Upgrade

SHARED = "/api/v1/namespaces/support/secrets/hub-tokens"
KEY = "hub.services.prometheus.apiToken"


@dataclass
class Work:
    """As much of an upgrade as is asked."""

    api: FakeApi
    notes: list[str] = field(default_factory=list)

    @property
    def connection(self) -> Work:
        return self

    def note(self, text: str) -> None:
        self.notes.append(text)


def hub(name: str, asked: str = "{metrics: true}") -> Hub:
    document = fleets.document(f"features: {asked}", "cluster.yaml")
    return fleets.hub(name=name, features=features([Speaker(document=document)]))


def shared(api: FakeApi, *hubs: Hub) -> list[str]:
    work = Work(api)
    share(cast("Upgrade", work), hubs)
    return work.notes


@pytest.fixture
def api() -> FakeApi:
    """A cluster with two hubs whose charts have made a token."""
    api = FakeApi()
    for name in ("maths", "physics"):
        api.put(f"/api/v1/namespaces/{name}/secrets/hub", {"data": {KEY: f"token-of-{name}"}})
    return api


def test_each_hub_has_its_token_under_its_name(api: FakeApi) -> None:
    assert shared(api, hub("maths"), hub("physics")) == []
    assert api.get(SHARED)["data"] == {"maths": "token-of-maths", "physics": "token-of-physics"}


def test_a_later_hub_leaves_the_tokens_of_others(api: FakeApi) -> None:
    shared(api, hub("maths"))
    shared(api, hub("physics"))
    assert set(api.get(SHARED)["data"]) == {"maths", "physics"}


@pytest.mark.parametrize("asked", ["{}", "{metrics: {token: false}}", "{metrics: false}"])
def test_a_hub_that_did_not_ask_for_it_has_its_secret_left_alone(api: FakeApi, asked: str) -> None:
    assert shared(api, hub("maths", asked)) == []
    assert api.calls == []


def test_a_hub_that_was_never_deployed_has_none_yet(api: FakeApi) -> None:
    assert shared(api, hub("law")) == []
    assert api.calls == []


def test_a_cluster_that_refuses_it_stops_nothing(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any) -> None:
        raise DeployerError("the cluster refused it")

    monkeypatch.setattr(api, "patch", refuse)
    assert shared(api, hub("maths")) == [
        "Prometheus got no token for the metrics of hubs: the cluster refused it"
    ]
