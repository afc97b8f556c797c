"""Removing a node's files: all of them, but nothing that somebody mounted among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.errors import DeployerError
from deployer.tools.node.stop import mounts_below, remove

MOUNTS = """\
24 1 8:1 / / rw - ext4 /dev/vda rw
40 24 0:30 / /state/local/volumes/my\\040data rw - tmpfs tmpfs rw
41 24 0:31 / /state/localhost rw - tmpfs tmpfs rw
"""


def test_mounts_below_a_directory_are_found_by_their_real_names() -> None:
    assert mounts_below(Path("/state/local"), MOUNTS) == (Path("/state/local/volumes/my data"),)
    assert mounts_below(Path("/elsewhere"), MOUNTS) == ()


def test_everything_is_removed_and_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    directory = tmp_path / "local"
    (directory / "logs").mkdir(parents=True)
    (directory / "logs" / "kubelet.log").touch()
    (directory / "kubeconfig").touch()
    (directory / "link").symlink_to(outside)
    remove(directory)
    assert not directory.exists()
    assert (outside / "kept").exists()


def test_logs_can_be_kept(tmp_path: Path) -> None:
    directory = tmp_path / "local"
    (directory / "logs").mkdir(parents=True)
    (directory / "etcd").mkdir()
    (directory / "settings.yaml").touch()
    remove(directory, keep=frozenset({"logs"}))
    assert [path.name for path in directory.iterdir()] == ["logs"]


def test_a_directory_that_is_not_there_is_removed_already(tmp_path: Path) -> None:
    remove(tmp_path / "nothing")


def test_what_cannot_be_deleted_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise OSError(30, "Read-only file system", str(path))

    monkeypatch.setattr("deployer.tools.node.stop.shutil.rmtree", refuse)
    (tmp_path / "local" / "etcd").mkdir(parents=True)
    with pytest.raises(DeployerError, match=r"cannot be deleted: .*Read-only file system") as caught:
        remove(tmp_path / "local")
    assert caught.value.hint == "run `deployer local down` again"
