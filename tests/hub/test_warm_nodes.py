"""Nodes that are kept warm: what should be there when, and pods as a real KubeSpawner's settings say."""

from __future__ import annotations

import asyncio
import logging
import runpy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyterhub.app import JupyterHub
from kubernetes_asyncio.client import ApiException
from kubespawner import KubeSpawner
from traitlets.config import Config

from deployer.rules.manifests.baseline import excesses
from deployer.rules.manifests.pods import pods
from deployer.rules.manifests.schemas import api, known_versions
from tests.hub.conftest import CHECK
from tests.hub.spawners import person, spawner_of
from tests.render.features.asking import asked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hub.conftest import Run

FILE = "helm-charts/basehub/files/hub/warm_nodes.py"
EIGHT = datetime(2026, 12, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def warm(repository: Path) -> Iterator[SimpleNamespace]:
    """What the file defines, on a hub that asks for nothing."""
    z2jh = SimpleNamespace(get_config=lambda _key: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, "z2jh", z2jh)
        yield SimpleNamespace(**runpy.run_path(str(repository / FILE)))


def windows(warm: SimpleNamespace, *said: tuple[int, int, int]) -> list[Any]:
    """Return windows of so many nodes from and until so many hours after eight."""
    return [warm.WarmWindow(nodes, EIGHT + start * HOUR, EIGHT + end * HOUR) for nodes, start, end in said]


SAID = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9), st.integers(0, 9)), max_size=4)
THERE = st.dictionaries(st.sampled_from(["warm-node-0-old", "warm-node-7-old"]), st.booleans())


@given(said=SAID, there=THERE, hour=st.integers(-1, 10))
def test_one_pass_leaves_as_many_pods_as_the_largest_window_wants(
    warm: SimpleNamespace, said: list[tuple[int, int, int]], there: dict[str, bool], hour: int
) -> None:
    now, wanted = EIGHT + hour * HOUR, windows(warm, *said)
    first = warm.warm_plan(now, wanted, there, "look")
    left = dict.fromkeys({*there, *first.create} - {*first.delete}, False)
    most = max((nodes for nodes, start, end in said if start <= hour < end), default=0)
    assert len(left) == most
    assert warm.warm_plan(now, wanted, left, "look") == ([], {})
    assert set(first.delete) == set(there)


@given(said=SAID, hour=st.integers(0, 9))
def test_each_pod_ends_with_the_last_window_that_wants_as_many(
    warm: SimpleNamespace, said: list[tuple[int, int, int]], hour: int
) -> None:
    created = warm.warm_plan(EIGHT + hour * HOUR, windows(warm, *said), {}, "look").create
    for number, end in enumerate(created.values()):
        wanting = [last for nodes, start, last in said if start <= hour < last and nodes > number]
        assert end == EIGHT + max(wanting) * HOUR
    assert all(one >= other for one, other in pairwise(created.values()))


@given(said=SAID, hour=st.integers(0, 9), ended=st.sets(st.integers(0, 4)))
def test_what_has_ended_is_removed_first_and_made_again_in_the_next_pass(
    warm: SimpleNamespace, said: list[tuple[int, int, int]], hour: int, ended: set[int]
) -> None:
    now, wanted = EIGHT + hour * HOUR, windows(warm, *said)
    all_of_them = warm.warm_plan(now, wanted, {}, "look").create
    there = {name: number in ended for number, name in enumerate(all_of_them)}
    gone = sorted(name for name, is_ended in there.items() if is_ended)
    assert warm.warm_plan(now, wanted, there, "look") == (gone, {})
    left = {name: False for name in there if name not in gone}
    assert sorted(warm.warm_plan(now, wanted, left, "look").create) == gone


def test_pods_of_another_look_are_replaced(warm: SimpleNamespace) -> None:
    wanted = windows(warm, (2, 0, 4))
    old, new = (warm.warm_plan(EIGHT, wanted, {}, look).create for look in ("old", "new"))
    assert warm.warm_plan(EIGHT, wanted, dict.fromkeys(old, False), "new") == (sorted(old), new)


def test_times_have_any_zone(warm: SimpleNamespace) -> None:
    said = {"nodes": 1, "from": "2026-12-01T09:00+01:00", "until": "2026-12-01T10:00:00Z"}
    assert warm.warm_windows([said]) == windows(warm, (1, 0, 2))
    names = [
        list(warm.warm_plan(EIGHT, warm.warm_windows([{**said, "until": until}]), {}, "").create)
        for until in ("2026-12-01T10:00Z", "2026-12-01T11:00+01:00")
    ]
    assert names[0] == names[1]


@dataclass
class Pods:
    """The part of the Kubernetes API that pods are made with: strict, in one namespace."""

    there: dict[str, str] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    refusing: list[int] = field(default_factory=list)

    async def list_namespaced_pod(self, namespace: str, *, label_selector: str) -> Any:
        assert (namespace, label_selector) == ("hub", "app=jupyterhub,component=warm-node")
        items = [
            SimpleNamespace(metadata=SimpleNamespace(name=name), status=SimpleNamespace(phase=phase))
            for name, phase in self.there.items()
        ]
        return SimpleNamespace(items=items)

    async def create_namespaced_pod(self, namespace: str, body: Any) -> None:
        assert namespace == "hub"
        self._refuse()
        assert body["metadata"]["name"] not in self.there
        self.made[body["metadata"]["name"]] = body
        self.there[body["metadata"]["name"]] = "Pending"

    async def delete_namespaced_pod(self, name: str, namespace: str, *, grace_period_seconds: int) -> None:
        assert (namespace, grace_period_seconds) == ("hub", 0)
        self._refuse()
        del self.there[name]

    def _refuse(self) -> None:
        if self.refusing:
            raise ApiException(status=self.refusing.pop(0))


def told(text: str = "", **more: Any) -> dict[str, Any]:
    window = {"nodes": 2, "from": "2026-12-01T08:00Z", "until": "2026-12-01T10:00Z"}
    feature = f"features: {{warm_nodes: {{windows: [{window}]{text}}}}}"
    own = "{nodePlaceholder: {pauseContainer: {image: 'pause:1'}}}"
    found: dict[str, Any] = asked(feature, own=own, **more)["jupyterhub"]["custom"]["deployer"]["warm_nodes"]
    return found


def spawner_with(**settings: Any) -> KubeSpawner:
    config = Config({"KubeSpawner": {"namespace": "hub", "image": "user:1", **settings}})
    spawner = spawner_of(person("someone"), config)
    spawner.api = Pods()
    return spawner


def reconciled(warm: SimpleNamespace, spawner: KubeSpawner, said: dict[str, Any], now: datetime) -> Any:
    return asyncio.run(warm.reconcile_warm_nodes(spawner, said, now))


AFFINITY = {
    "matchExpressions": [{"key": "hub.jupyter.org/node-purpose", "operator": "In", "values": ["user"]}]
}
ALONE = {
    "requiredDuringSchedulingIgnoredDuringExecution": [
        {
            "topologyKey": "kubernetes.io/hostname",
            "labelSelector": {"matchLabels": {"app": "jupyterhub", "component": "warm-node"}},
        }
    ]
}
UNPRIVILEGED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 65534,
}
REQUESTS = {"cpu": "1m", "memory": "4Mi"}


@pytest.mark.usefixtures("run")
def test_a_pod_is_on_a_node_of_its_own_where_servers_would_be_and_pulls_their_image(
    warm: SimpleNamespace,
) -> None:
    taint = {"key": "hub.jupyter.org/dedicated", "operator": "Exists"}
    spawner = spawner_with(
        node_selector={"zone": "a"},
        tolerations=[taint],
        node_affinity_required=[AFFINITY],
        image_pull_secrets=["registry"],
        image_pull_policy="Always",
    )
    plan = reconciled(warm, spawner, told(), EIGHT + HOUR)
    assert sorted(plan.create) == sorted(spawner.api.made)
    one, other = spawner.api.made.values()
    assert one["spec"] == other["spec"]
    assert one == {
        "metadata": {
            "name": one["metadata"]["name"],
            "labels": {"app": "jupyterhub", "component": "warm-node"},
        },
        "spec": {
            "activeDeadlineSeconds": 3600,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "terminationGracePeriodSeconds": 0,
            "nodeSelector": {"zone": "a"},
            "tolerations": [taint],
            "affinity": {
                "podAntiAffinity": ALONE,
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [AFFINITY]}
                },
            },
            "imagePullSecrets": [{"name": "registry"}],
            "initContainers": [
                {
                    "name": "pull-0",
                    "image": "user:1",
                    "imagePullPolicy": "Always",
                    "command": ["/bin/sh", "-c", "exit 0"],
                    "resources": {"requests": REQUESTS, "limits": {"memory": "64Mi"}},
                    "securityContext": UNPRIVILEGED,
                }
            ],
            "containers": [
                {
                    "name": "pause",
                    "image": "pause:1",
                    "resources": {"requests": REQUESTS, "limits": {"memory": "16Mi"}},
                    "securityContext": UNPRIVILEGED,
                }
            ],
        },
    }


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("minor", known_versions())
def test_every_version_of_kubernetes_takes_the_pod_and_finds_nothing_dangerous_in_it(
    warm: SimpleNamespace, minor: int
) -> None:
    spawner = spawner_with(node_affinity_required=[AFFINITY], image_pull_secrets=["registry"])
    reconciled(warm, spawner, told(), EIGHT)
    for body in spawner.api.made.values():
        pod = {"apiVersion": "v1", "kind": "Pod", **body}
        assert list(api(minor).violations(("v1", "Pod"), pod)) == []
        assert [list(excesses(each, minor)) for each in pods([pod])] == [[]]


@pytest.mark.usefixtures("run")
def test_images_and_nodes_are_those_that_the_feature_says(warm: SimpleNamespace) -> None:
    cluster = "infrastructure: {node_pools: {notebooks: {day: {machine: r5.large, taints: [{key: day}]}}}}"
    spawner = spawner_with(node_selector={"zone": "a"}, tolerations=[{"key": "usual"}])
    said = told(", pool: day, images: ['one:1', 'two:2']", cluster=cluster)
    pod = warm.warm_pod(spawner, said)
    assert pod["nodeSelector"] == {"zone": "a", "node.kubernetes.io/instance-type": "r5.large"}
    assert [each["key"] for each in pod["tolerations"]][-1] == "day"
    assert [(each["name"], each["image"]) for each in pod["initContainers"]] == [
        ("pull-0", "one:1"),
        ("pull-1", "two:2"),
    ]
    assert pod["affinity"] == {"podAntiAffinity": ALONE}


@pytest.mark.usefixtures("run")
def test_pods_come_with_the_window_and_go_with_it(warm: SimpleNamespace) -> None:
    spawner = spawner_with()
    counts = []
    for minutes in (-1, 0, 1, 119, 120, 121):
        reconciled(warm, spawner, told(), EIGHT + timedelta(minutes=minutes))
        counts.append(len(spawner.api.there))
    assert counts == [0, 2, 2, 2, 0, 0]


@pytest.mark.usefixtures("run")
def test_a_pod_whose_deadline_ended_it_is_removed(warm: SimpleNamespace) -> None:
    spawner = spawner_with()
    spawner.api.there = {"warm-node-0-old": "Failed", "warm-node-1-old": "Running"}
    assert reconciled(warm, spawner, told(), EIGHT - HOUR) == (["warm-node-0-old", "warm-node-1-old"], {})
    assert spawner.api.there == {}


@pytest.mark.usefixtures("run")
def test_what_somebody_else_did_already_is_no_trouble_and_anything_else_is(warm: SimpleNamespace) -> None:
    spawner = spawner_with()
    spawner.api.there = {"warm-node-0-old": "Failed"}
    spawner.api.refusing = [404, 409]
    reconciled(warm, spawner, told(), EIGHT)
    assert len(spawner.api.made) == 1
    spawner.api.refusing = [403]
    with pytest.raises(ApiException):
        reconciled(warm, spawner, told(), EIGHT)


def hub_with(spawner_class: type, **settings: Any) -> Any:
    config = Config({"KubeSpawner": {"namespace": "hub", "image": "user:1", **settings}})
    return SimpleNamespace(
        spawner_class=spawner_class,
        config=config,
        hub=SimpleNamespace(),
        authenticator=None,
        log=logging.getLogger("hub"),
        _periodic_callbacks={},
    )


PROFILES = [
    {"display_name": "Staff", "allowed_groups": ["staff"], "kubespawner_override": {"image": "staff:1"}},
    {
        "display_name": "Everybody",
        "default": True,
        "kubespawner_override": {"node_selector": {"size": "small"}},
        "profile_options": {
            "image": {
                "display_name": "Image",
                "choices": {
                    "a": {"display_name": "A", "kubespawner_override": {"image": "a:1"}},
                    "b": {"display_name": "B", "default": True, "kubespawner_override": {"image": "b:1"}},
                },
            }
        },
    },
]


@pytest.mark.parametrize("filtered", [False, True])
def test_without_a_choice_it_is_the_image_and_the_nodes_of_the_default_profile(
    run: Run, monkeypatch: pytest.MonkeyPatch, repository: Path, filtered: bool
) -> None:
    if filtered:
        run("profile_groups")
    run("warm_nodes")
    python = runpy.run_path(str(repository / FILE))
    hub = hub_with(KubeSpawner, profile_list=PROFILES)
    spawner = asyncio.run(python["_as_people_start"](hub))
    assert spawner.user.name == CHECK
    assert (spawner.image, spawner.node_selector) == ("b:1", {"size": "small"})


async def start_and_wait(hub: Any) -> None:
    await JupyterHub.start(hub)
    await asyncio.sleep(0.05)
    for callback in hub._periodic_callbacks.values():
        callback.stop()


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch, run: Run) -> Pods:
    """The API of all spawners, on a JupyterHub whose start does nothing."""

    async def start(_hub: Any) -> None:
        return None

    found = Pods()
    monkeypatch.setattr(JupyterHub, "start", start)
    monkeypatch.setattr("kubespawner.spawner.shared_client", lambda _name: found)
    return found


def always(**more: Any) -> dict[str, Any]:
    window = {"nodes": 1, "from": "2020-01-01T00:00Z", "until": "2099-01-01T00:00Z"}
    return {**told(), "windows": [window], **more}


def test_a_hub_looks_after_its_nodes_from_its_start_on(cluster: Pods, run: Run) -> None:
    run("warm_nodes", deployer={"warm_nodes": always()})
    hub = hub_with(KubeSpawner)
    asyncio.run(start_and_wait(hub))
    assert len(cluster.made) == 1
    assert list(hub._periodic_callbacks) == ["warm_nodes"]


def test_the_hub_goes_on_when_the_cluster_refuses(
    cluster: Pods, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    run("warm_nodes", deployer={"warm_nodes": always()})
    cluster.refusing = [403]
    asyncio.run(start_and_wait(hub_with(KubeSpawner)))
    assert (cluster.made, cluster.refusing) == ({}, [])
    assert "Could not look after the nodes that are to be kept warm" in caplog.text


@pytest.mark.parametrize(("asks", "kind"), [(False, KubeSpawner), (True, object)])
def test_a_hub_that_asks_for_none_or_has_no_pods_does_nothing(
    cluster: Pods, run: Run, asks: bool, kind: type
) -> None:
    run("warm_nodes", deployer={"warm_nodes": always()} if asks else {})
    hub = hub_with(kind)
    asyncio.run(start_and_wait(hub))
    assert (cluster.made, hub._periodic_callbacks) == ({}, {})


def test_where_users_may_take_the_place_of_placeholders_they_may_here_too(
    run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("warm_nodes")
    asks = {"scheduling.podPriority.enabled": True, "scheduling.userPlaceholder.enabled": True}
    for on, expected in ((asks, {"priorityClassName": "hub-user-placeholder-priority"}), ({}, {})):
        monkeypatch.setattr("z2jh.get_config", on.get)
        python = runpy.run_path(str(repository / FILE))
        assert python["_priority"](told()) == expected
