"""How the local cluster is to be made, what is said where it cannot be, and kind's way from up to down."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.operations.local import cluster as local
from deployer.operations.local import files as local_files
from deployer.operations.local import node as local_node
from deployer.tools.node.network import LinkTaken

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployer.session import Session


@dataclass
class FakeKind:
    """Stands for kind and the Docker engine behind it."""

    there: bool = False
    blocked: str | None = None
    done: list[str] = field(default_factory=list)

    def obstacle(self) -> str | None:
        return self.blocked

    def exists(self) -> bool:
        return self.there

    def create(self, kubeconfig: Path) -> None:
        self.done.append("create")
        self.there = True
        kubeconfig.write_text("new")

    def export_kubeconfig(self, kubeconfig: Path) -> None:
        self.done.append("export")
        kubeconfig.write_text("exported")

    def load(self, archive: Path) -> None:
        self.done.append(f"load {archive}")

    def delete(self, _kubeconfig: Path) -> None:
        self.done.append("delete")
        self.there = False


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None, str | None], FakeKind]:
    """Set what is in the way of kind and of a node; return the kind that is then used."""

    def put(for_kind: str | None, for_node: str | None) -> FakeKind:
        fake = FakeKind(blocked=for_kind)
        monkeypatch.setattr(local, "Kind", lambda programs: fake)
        monkeypatch.setattr(local, "obstacle", lambda _session: for_node)
        monkeypatch.setattr("deployer.tools.kubernetes.connect", lambda _kubeconfig: "api")
        monkeypatch.setattr("deployer.tools.kubernetes.cluster_uid", lambda _api: "uid-1")
        return fake

    return put


def test_kind_is_taken_where_both_ways_are_open(session: Session, ways: Callable[..., FakeKind]) -> None:
    ways(None, None)
    assert local.choose(session, None) == "kind"
    assert local.choose(session, "node") == "node"


def test_a_node_is_made_where_no_docker_answers(session: Session, ways: Callable[..., FakeKind]) -> None:
    ways("no Docker engine answers", None)
    assert local.choose(session, None) == "node"


def test_where_there_is_no_way_each_says_in_a_line_what_would_help(
    session: Session, ways: Callable[..., FakeKind]
) -> None:
    ways("docker is not installed", "needs root: run with `sudo`")
    with pytest.raises(DeployerError) as caught:
        local.choose(session, None)
    assert caught.value.message.splitlines() == [
        "no local cluster can be made here",
        "  kind: docker is not installed",
        "  node: needs root: run with `sudo`",
    ]


def test_what_was_asked_for_is_not_replaced_by_the_other_way(
    session: Session, ways: Callable[..., FakeKind]
) -> None:
    ways("kind is not installed", None)
    with pytest.raises(DeployerError, match="no local cluster with kind: kind is not installed"):
        local.choose(session, "kind")


def test_kind_from_up_to_down(session: Session, ways: Callable[..., FakeKind]) -> None:
    fake = ways(None, "works on Linux only")
    directory = local_files.directory(session)

    local.up(session)
    assert fake.done == ["create"]
    outputs = local_files.read(directory / "outputs.yaml")
    assert outputs == {"provider": "kind", "uid": "uid-1", "images": {}}
    status = local.status(session)
    assert (status.state, status.provider, status.uid) == ("running", "kind", "uid-1")

    local.up(session)
    local.load_images(session, [Path("/a.tar")])
    assert fake.done == ["create", "export", "load /a.tar"]

    assert local.down(session)
    assert fake.done[-1] == "delete"
    assert not directory.exists()
    assert not local.down(session)


def test_a_kind_cluster_that_docker_lost_is_broken(session: Session, ways: Callable[..., FakeKind]) -> None:
    fake = ways(None, None)
    local.up(session)
    fake.there = False
    assert local.status(session).state == "broken"


def test_a_cluster_is_not_made_twice_in_two_ways(session: Session, ways: Callable[..., FakeKind]) -> None:
    ways(None, None)
    local.up(session)
    with pytest.raises(DeployerError, match="made with kind already") as caught:
        local.up(session, provider="node")
    assert caught.value.hint == "run `deployer local down` first"


def test_images_need_a_cluster(session: Session, ways: Callable[..., FakeKind]) -> None:
    ways(None, None)
    assert local.status(session).state == "absent"
    with pytest.raises(DeployerError, match="there is no local cluster") as caught:
        local.load_images(session, [Path("/a.tar")])
    assert caught.value.hint == "run `deployer local up`"


def test_a_node_that_is_stopped_takes_no_images(session: Session) -> None:
    directory = local_files.directory(session)
    directory.mkdir(parents=True)
    local_files.write(directory / "settings.yaml", {"provider": "node", "number": 3})
    node = local_node.LocalNode.existing(session)
    assert node is not None
    assert (node.node.number, node.complete, any(node.running().values())) == (3, False, False)
    with pytest.raises(DeployerError, match="the local cluster is stopped"):
        local.load_images(session, [Path("/a.tar")])


def test_a_link_that_another_cluster_took_meanwhile_is_left_for_the_next(
    session: Session, ways: Callable[..., FakeKind], monkeypatch: pytest.MonkeyPatch
) -> None:
    ways("no Docker", None)
    tried: list[int] = []

    class Racing:
        """A node whose first number goes to somebody else before its link is made."""

        @staticmethod
        def existing(_session: Session) -> None:
            return None

        @staticmethod
        def planned(_session: Session) -> Racing:
            return Racing()

        def up(self, built: dict[str, object]) -> None:
            assert built == {}
            tried.append(len(tried))
            if tried == [0]:
                raise LinkTaken("network link taken: deployer0")

    monkeypatch.setattr(local, "LocalNode", Racing)
    local.up(session)
    assert tried == [0, 1]


def programs_in(directory: Path, *names: str) -> None:
    directory.mkdir(exist_ok=True)
    for name in names:
        (directory / name).touch(mode=0o755)


@pytest.fixture
def bare(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Root's session on a Linux machine without any program."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    plugin = tmp_path / "bridge"
    plugin.touch()
    monkeypatch.setattr(local_node, "_NETWORK_PLUGIN", plugin)
    programs_in(tmp_path / "bin")
    return replace(session, environ={"PATH": str(tmp_path / "bin")})


PINNED = ("kubernetes", "coredns", "pause")
SYSTEM = ("containerd", "ctr", "etcd", "ip", "iptables", "mount", "nsenter", "openssl", "runc", "unshare")


def test_nothing_is_in_the_way_of_a_node_with_all_programs(bare: Session, tmp_path: Path) -> None:
    programs_in(tmp_path / "bin", *PINNED, *SYSTEM)
    assert local_node.obstacle(bare) is None


def test_programs_that_are_not_built_are_said_with_what_builds_them(bare: Session, tmp_path: Path) -> None:
    programs_in(tmp_path / "bin", *SYSTEM)
    assert local_node.obstacle(bare) == "its programs are not built: run `make tools`"


def test_system_programs_that_are_missing_are_named(bare: Session, tmp_path: Path) -> None:
    programs_in(tmp_path / "bin", *PINNED, *(name for name in SYSTEM if name not in {"etcd", "runc"}))
    (tmp_path / "bridge").unlink()
    said = "etcd, runc, containernetworking-plugins not installed: run `tools/install-packages`"
    assert local_node.obstacle(bare) == said


def test_without_root_it_says_so(bare: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert local_node.obstacle(bare) == "needs root: run with `sudo`"


def test_elsewhere_than_on_linux_it_says_so(bare: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert local_node.obstacle(bare) == "works on Linux only"
