"""The cluster on this machine: made in Docker by kind, or as a node of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from deployer.errors import DeployerError
from deployer.operations.local import files as local_files
from deployer.operations.local import images
from deployer.operations.local.node import LocalNode, obstacle
from deployer.progress import step
from deployer.tools.kind import Kind
from deployer.tools.node.network import LinkTaken
from deployer.tools.node.start import SUBJECT
from deployer.tools.node.stop import remove
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from deployer.session import Session

Provider = Literal["kind", "node"]
State = Literal["absent", "stopped", "broken", "running"]


@dataclass(frozen=True, kw_only=True)
class Status:
    """The local cluster as it is. `components` says of each part whether it runs."""

    state: State
    provider: Provider | None = None
    kubeconfig: Path | None = None
    server: str | None = None
    uid: str | None = None
    components: Mapping[str, bool]
    images: tuple[str, ...] = ()
    network_policies: Literal["enforced", "not enforced"] | None = None


def choose(session: Session, asked: Provider | None) -> Provider:
    """Return how the cluster is to be made: as asked, or as is possible here, kind first.

    Raises:
        DeployerError: it is not possible; says in a line for each way what would help.
    """
    obstacles = {
        "kind": None if asked == "node" else Kind(programs=programs(session)).obstacle(),
        "node": None if asked == "kind" else obstacle(session),
    }
    if asked is not None and obstacles[asked] is None:
        return asked
    if asked is not None:
        raise DeployerError(f"no local cluster with {asked}: {obstacles[asked]}")
    if obstacles["kind"] is None:
        return "kind"
    if obstacles["node"] is None:
        return "node"
    lines = "\n".join(f"  {way}: {reason}" for way, reason in obstacles.items())
    raise DeployerError(f"no local cluster can be made here\n{lines}")


def up(session: Session, *, provider: Provider | None = None, images_of: Path | None = None) -> None:
    """Make the cluster, or repair what of it does not work; return when it works.

    `images_of` is the root whose images are built and loaded; with kind they come from registries instead.
    """
    with local_files.alone(session):
        made = local_files.read(local_files.directory(session) / "settings.yaml").get("provider")
        if made and provider and made != provider:
            raise DeployerError(
                f"there is a local cluster made with {made} already", hint="run `deployer local down` first"
            )
        if choose(session, made or provider) == "kind":
            _kind_up(session)
        else:
            _node_up(session, images_of)


def down(session: Session) -> bool:
    """Remove the cluster, in whatever state it is; tell whether there was one."""
    with local_files.alone(session):
        directory = local_files.directory(session)
        if (node := LocalNode.existing(session)) is not None:
            node.down()
            return True
        if local_files.read(directory / "settings.yaml").get("provider") == "kind":
            with step(session.progress, SUBJECT, "delete the kind cluster"):
                Kind(programs=programs(session)).delete(directory / "kubeconfig")
        there = directory.exists()
        remove(directory)
        return there


def status(session: Session) -> Status:
    """Look at the cluster."""
    directory = local_files.directory(session)
    if (node := LocalNode.existing(session)) is not None:
        return _node_status(node)
    if local_files.read(directory / "settings.yaml").get("provider") != "kind":
        return Status(state="absent", components={})
    there = Kind(programs=programs(session)).exists()
    outputs = local_files.read(directory / "outputs.yaml")
    return Status(
        state="running" if there else "broken",
        provider="kind",
        kubeconfig=directory / "kubeconfig",
        uid=outputs.get("uid"),
        components={"kind": there},
        network_policies="enforced",
    )


def load_images(session: Session, archives: Sequence[Path]) -> None:
    """Import the images of archives into the cluster."""
    if (node := LocalNode.existing(session)) is not None:
        node.load(archives)
    elif local_files.read(local_files.directory(session) / "settings.yaml").get("provider") == "kind":
        for archive in archives:
            with step(session.progress, SUBJECT, f"load {archive.name}"):
                Kind(programs=programs(session)).load(archive)
    else:
        raise DeployerError("there is no local cluster", hint="run `deployer local up`")


def _node_up(session: Session, images_of: Path | None) -> None:
    node = LocalNode.existing(session)
    if node is not None and not node.complete:
        session.progress.noted(SUBJECT, "a start that was cut off left things behind; removing them")
        node.down()
        node = None
    # A fleet may have no images of its own and use those of registries.
    has_images = images_of is not None and (images_of / "images").is_dir()
    built = images.build(session, images_of) if images_of and has_images else {}
    if node is not None:
        node.up(built)
        return
    while True:
        try:
            LocalNode.planned(session).up(built)
        except LinkTaken as error:
            session.progress.noted(SUBJECT, f"{error.message}; taking the next")
        else:
            return


def _node_status(local: LocalNode) -> Status:
    components = local.running()
    works = local.works()
    outputs = local.outputs()
    state: State = "running" if works else "broken" if any(components.values()) else "stopped"
    return Status(
        state=state,
        provider="node",
        kubeconfig=local.node.kubeconfig,
        server=local.node.server,
        uid=outputs.get("uid"),
        components=components,
        images=tuple(f"{image['name']}:{image['tag']}" for image in outputs.get("images", {}).values()),
        network_policies="not enforced",
    )


def _kind_up(session: Session) -> None:
    directory = local_files.directory(session)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    kind, kubeconfig = Kind(programs=programs(session)), directory / "kubeconfig"
    local_files.write(directory / "settings.yaml", {"provider": "kind"})
    if kind.exists():
        kind.export_kubeconfig(kubeconfig)
    else:
        with step(session.progress, SUBJECT, "create the kind cluster"):
            kind.create(kubeconfig)
    from deployer.tools.kubernetes import cluster_uid, connect

    uid = cluster_uid(connect(kubeconfig))
    local_files.write(directory / "outputs.yaml", {"provider": "kind", "uid": uid, "images": {}})
