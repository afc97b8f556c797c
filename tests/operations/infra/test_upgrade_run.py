"""Taking the steps of an upgrade: what is refused before and between them, and where a run goes on.

A model of terraform/aws stands in: it makes of variables what the module makes of them, and plans the
difference. The module itself upgrades a cluster in tests/infra.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.fleet.load import load, select_cluster
from deployer.operations.infra.changes import Change, guarded
from deployer.operations.infra.plan import Plan
from deployer.operations.infra.running import kept
from deployer.operations.infra.upgrade import run as module
from deployer.operations.infra.upgrade.run import carry_out, go_on, prepare

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.operations.infra.run import Infrastructure
    from deployer.session import Session

CLUSTER = """\
schema: 2
name: alps
provider: aws
kubernetes_version: "1.33"
aws: {account: "123456789012", clusterName: alps, region: us-west-2}
infrastructure:
  zones: [us-west-2a, us-west-2b]
  node_pools:
    core: {machine: r6i.large}
    notebooks:
      small: {machine: r6i.large}
hubs: []
"""
NODES = "aws_eks_node_group"


@dataclass
class Cloud:
    """EKS and Terraform in one: versions of the control plane and, by key, of node groups."""

    session: Session
    cluster: Cluster
    version: str = "1.33"
    groups: dict[str, str] = field(default_factory=lambda: {"core": "1.33", "small": "1.33"})
    statuses: dict[str, str] = field(default_factory=dict)
    tainted: set[str] = field(default_factory=set)
    others: tuple[Change, ...] = ()
    applied: list[list[str]] = field(default_factory=list)
    made: str = "ACTIVE"
    stale: str | None = None
    wanted: Mapping[str, Any] = field(default_factory=dict)

    @property
    def terraform(self) -> Cloud:
        return self

    def state(self) -> dict[str, Any]:
        """What is in the state: of before what the cloud did by itself, until the next `apply`."""
        return self._state(self.stale or self.version)

    def _state(self, version: str) -> dict[str, Any]:
        control_plane = {"address": "aws_eks_cluster.cluster", "type": "aws_eks_cluster", "mode": "managed"}
        found: list[dict[str, Any]] = [{**control_plane, "values": {"version": version}}]
        for key, nodes in self.groups.items():
            group: dict[str, Any] = {
                "address": f'{NODES}.pool["{key}"]',
                "type": NODES,
                "mode": "managed",
                "index": key,
                "tainted": key in self.tainted,
                "values": {
                    "version": nodes,
                    "node_group_name": f"{key}-1",
                    "status": self.statuses.get(key),
                },
            }
            found.append(group)
        return {"values": {"root_module": {"resources": found}}}

    def run(self, command: str, address: str) -> None:
        assert command == "untaint"
        self.tainted = {key for key in self.tainted if f'["{key}"]' not in address}

    def plan(self, *, allowed: Collection[str] = (), variables: Mapping[str, Any] | None = None) -> Plan:
        refreshed = self._state(self.version)
        self.wanted = variables or kept(self.cluster, refreshed)
        found = self.others + tuple(self._changes())
        stopped = guarded(found, allowed)
        return Plan(cluster="alps", changes=found, stopped=stopped, state=refreshed)

    def _changes(self) -> list[Change]:
        def change(key: str, kind: str) -> Change:
            return Change(address=f'{NODES}.pool["{key}"]', type=NODES, kind=kind)

        wanted = self._wanted()
        version = self.wanted["kubernetes_version"]
        return [
            *(
                [Change(address="aws_eks_cluster.cluster", type="aws_eks_cluster", kind="update")]
                if version != self.version
                else []
            ),
            *(change(key, "create") for key in wanted if key not in self.groups),
            *(change(key, "update") for key in wanted if self.groups.get(key, wanted[key]) != wanted[key]),
            *(change(key, "destroy") for key in self.groups if key not in wanted),
            *(change(key, "replace") for key in self.tainted),
        ]

    def _wanted(self) -> dict[str, str]:
        versions = self.wanted.get("node_versions", {})
        return {
            key: versions.get(key, self.wanted["kubernetes_version"]) for key in self.wanted["node_pools"]
        }

    def apply(self, plan: Plan) -> None:
        assert not plan.stopped
        self.applied.append([f"{change.kind} {change.address.rpartition('.')[2]}" for change in plan.changes])
        new = set(self._wanted()) - set(self.groups)
        self.statuses |= dict.fromkeys(new, self.made)
        assert self.wanted["kubernetes_version"] >= self.version
        self.version, self.groups, self.stale = self.wanted["kubernetes_version"], self._wanted(), None

    @property
    def opened(self) -> Infrastructure:
        return cast("Infrastructure", self)


@pytest.fixture
def cloud(session: Session, tmp_path: Path) -> Cloud:
    file = tmp_path / "config/clusters/alps/cluster.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(CLUSTER)
    return Cloud(session=session, cluster=select_cluster(load(tmp_path)[0], "alps"))


@pytest.fixture
def drained(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the groups that were waited for."""
    found: list[str] = []
    monkeypatch.setattr(module, "drain", lambda _session, _cluster, group, *, hours: found.append(group))
    return found


def upgrade(cloud: Cloud, tmp_path: Path, to: str | None = "1.34", **options: Any) -> None:
    found = prepare(cloud.opened, tmp_path, to=to, hours=24)
    carry_out(cloud.opened, found, **options)


STEPS = [
    ["update cluster"],
    ['update pool["core"]'],
    ['create pool["small-1-34"]'],
    ['destroy pool["small"]'],
]


def test_each_step_changes_what_it_says_and_nothing_else(
    cloud: Cloud, drained: list[str], tmp_path: Path
) -> None:
    upgrade(cloud, tmp_path)
    assert cloud.applied == STEPS
    assert drained == ["small-1"]
    assert (cloud.version, cloud.groups) == ("1.34", {"core": "1.34", "small-1-34": "1.34"})
    assert cloud.cluster.document.path.read_text() == CLUSTER.replace("1.33", "1.34")
    assert not cloud.plan().changes


def test_one_step_at_a_time_gets_there_too(cloud: Cloud, drained: list[str], tmp_path: Path) -> None:
    for number in range(1, 5):
        upgrade(cloud, tmp_path, to="1.34" if number == 1 else None, only_next=True)
        cloud.cluster = select_cluster(load(tmp_path)[0], "alps")
        assert cloud.applied == STEPS[:number]
        # Whatever else is done meanwhile changes no version.
        assert not cloud.plan().changes
    assert drained == ["small-1"]
    assert prepare(cloud.opened, tmp_path, to=None, hours=24).steps == ()


def test_a_run_that_is_stopped_while_it_waits_goes_on_there(
    cloud: Cloud, drained: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise Interrupted("interrupted")

    with monkeypatch.context() as patched:
        patched.setattr(module, "drain", interrupted)
        with pytest.raises(Interrupted):
            upgrade(cloud, tmp_path)
    assert cloud.applied == STEPS[:3]
    assert not cloud.plan().changes
    cloud.cluster = select_cluster(load(tmp_path)[0], "alps")
    upgrade(cloud, tmp_path, to=None)
    assert cloud.applied == STEPS
    assert drained == ["small-1"]


def test_old_nodes_stay_when_the_new_ones_are_not_ready(
    cloud: Cloud, drained: list[str], tmp_path: Path
) -> None:
    cloud.made = "CREATE_FAILED"
    with pytest.raises(DeployerError, match=r"not ready: small-1-34 is CREATE_FAILED$"):
        upgrade(cloud, tmp_path)
    assert "small" in cloud.groups
    with pytest.raises(DeployerError, match=r"or that has failed: small-1-34 is CREATE_FAILED$"):
        upgrade(cloud, tmp_path)
    assert drained == ["small-1"]


def test_new_nodes_that_were_cut_off_are_taken_for_what_the_cloud_made_of_them(
    cloud: Cloud, drained: list[str], tmp_path: Path
) -> None:
    upgrade(cloud, tmp_path, only_next=True)
    cloud.groups |= {"core": "1.34", "small-1-34": "1.34"}
    cloud.tainted = {"small-1-34"}
    with pytest.raises(DeployerError, match=r'^alps: other changes wait: .+\["small-1-34"\]$'):
        upgrade(cloud, tmp_path)
    go_on(cloud.opened)
    upgrade(cloud, tmp_path)
    assert cloud.applied[1:] == STEPS[3:]
    assert drained == ["small-1"]


def test_what_else_waits_comes_first(cloud: Cloud, tmp_path: Path) -> None:
    cloud.others = (Change(address="aws_s3_bucket.new", type="aws_s3_bucket", kind="create"),)
    with pytest.raises(DeployerError, match=r"^alps: other changes wait: aws_s3_bucket\.new$") as raised:
        upgrade(cloud, tmp_path)
    assert raised.value.hint == (
        "nothing was done; `deployer infra apply alps` first: it keeps the versions that run"
    )
    assert cloud.cluster.document.path.read_text() == CLUSTER


def test_a_newer_add_on_is_no_other_change(cloud: Cloud, drained: list[str], tmp_path: Path) -> None:
    cloud.others = (Change(address="aws_eks_addon.proxy", type="aws_eks_addon", kind="update"),)
    upgrade(cloud, tmp_path)
    assert [each[-1] for each in cloud.applied] == [each[-1] for each in STEPS]
    assert drained == ["small-1"]


def test_nodes_that_are_being_changed_are_waited_for(cloud: Cloud, tmp_path: Path) -> None:
    cloud.statuses["core"] = "UPDATING"
    with pytest.raises(DeployerError, match=r"or that has failed: core is UPDATING$"):
        upgrade(cloud, tmp_path)


def test_what_the_cloud_upgraded_by_itself_is_not_lowered(
    cloud: Cloud, drained: list[str], tmp_path: Path
) -> None:
    cloud.version, cloud.stale = "1.34", "1.33"
    upgrade(cloud, tmp_path)
    assert cloud.applied == STEPS[1:]
    assert drained == ["small-1"]


def test_what_is_not_built_can_not_be_upgraded(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cloud, "_state", lambda _self, _version: {})
    with pytest.raises(DeployerError, match=r"^alps is not built yet$"):
        upgrade(cloud, tmp_path)


def test_a_version_that_nobody_said_is_asked_for(cloud: Cloud, tmp_path: Path) -> None:
    path = cloud.cluster.document.path
    path.write_text(CLUSTER.replace('kubernetes_version: "1.33"\n', ""))
    cloud.cluster = select_cluster(load(tmp_path)[0], "alps")
    with pytest.raises(DeployerError, match=r"^nothing says which Kubernetes alps is to have$"):
        upgrade(cloud, tmp_path, to=None)
