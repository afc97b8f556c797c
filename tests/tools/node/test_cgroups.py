"""The node's tree of cgroups, on directories that stand for the two versions' hierarchies."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.tools.node import cgroups
from deployer.tools.node.layout import Node

NODE = Node(directory=Path("/state/local"), number=0)


@pytest.fixture
def mountinfo(tmp_path: Path) -> Path:
    """A mountinfo with a cpuset of version 1, a hierarchy of version 2, and an ordinary mount."""
    for name in ("cpuset", "unified", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "cpuset" / "cpuset.cpus").write_text("0-1\n")
    (tmp_path / "cpuset" / "cpuset.mems").write_text("0\n")
    path = tmp_path / "mountinfo"
    path.write_text(
        f"24 1 8:1 / {tmp_path}/other rw - ext4 /dev/vda rw\n"
        f"31 1 0:26 / {tmp_path}/cpuset rw,relatime shared:9 - cgroup cgroup rw,cpuset\n"
        f"32 1 0:27 / {tmp_path}/unified rw,relatime - cgroup2 cgroup2 rw\n"
    )
    return path


def test_hierarchies_are_the_mounts_of_both_versions(mountinfo: Path, tmp_path: Path) -> None:
    found = cgroups.hierarchies(mountinfo.read_text())
    assert found == (tmp_path / "cpuset", tmp_path / "unified")


def test_the_tree_is_made_in_each_hierarchy_and_removed_with_all_below(
    mountinfo: Path, tmp_path: Path
) -> None:
    cgroups.make(NODE, mountinfo=mountinfo)
    tops = [tmp_path / "cpuset" / NODE.mark, tmp_path / "unified" / NODE.mark]
    assert all(top.is_dir() for top in tops)
    (tops[0] / "kubepods" / "burstable" / "pod1").mkdir(parents=True)
    (tmp_path / "cpuset" / "somebody-else").mkdir()

    assert cgroups.remove(NODE, mountinfo=mountinfo) == ()
    assert not any(top.exists() for top in tops)
    assert (tmp_path / "cpuset" / "somebody-else").is_dir()


def test_an_empty_cpuset_takes_over_its_parent_s(mountinfo: Path, tmp_path: Path) -> None:
    top = tmp_path / "cpuset" / NODE.mark
    top.mkdir()
    for setting in ("cpuset.cpus", "cpuset.mems"):
        (top / setting).write_text("\n")
    cgroups.make(NODE, mountinfo=mountinfo)
    assert (top / "cpuset.cpus").read_text() == "0-1\n"
    assert (top / "cpuset.mems").read_text() == "0\n"


def test_what_stays_busy_is_returned(mountinfo: Path, tmp_path: Path) -> None:
    busy = tmp_path / "unified" / NODE.mark
    busy.mkdir()
    (busy / "held").touch()
    assert cgroups.remove(NODE, mountinfo=mountinfo, patience=0) == (busy,)


def test_a_tree_that_is_not_there_is_removed_already(mountinfo: Path) -> None:
    assert cgroups.remove(NODE, mountinfo=mountinfo, patience=0) == ()
