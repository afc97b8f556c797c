"""Packages come from elsewhere: what they may contain, and what is refused."""

from __future__ import annotations

import gzip
import tarfile
from typing import TYPE_CHECKING

import pytest

from deployer.charts import archive
from deployer.charts.archive import extract
from deployer.errors import DeployerError
from tests.charts.making import pack, tarball, write_chart

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    directory = tmp_path / "outer/target"
    directory.mkdir(parents=True)
    return directory


def test_a_package_is_unpacked_without_its_outer_folder(tmp_path: Path, target: Path) -> None:
    pack(write_chart(tmp_path / "small", files={"templates/a.yaml": "a: 1\n"}), tmp_path / "p.tgz")
    extract(tmp_path / "p.tgz", target)
    found = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    assert found == ["Chart.yaml", "templates/a.yaml", "values.yaml"]


@pytest.mark.parametrize(
    "name",
    ["../evil", "small/../../evil", "/evil", "small/a\\..\\evil", "Chart.yaml"],
)
def test_an_entry_that_wants_to_be_elsewhere_is_refused(name: str, tmp_path: Path, target: Path) -> None:
    package = tarball(tmp_path / "p.tgz", {"small/Chart.yaml": b"name: small", name: b"evil"})
    with pytest.raises(DeployerError, match="can't be trusted"):
        extract(package, target)
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused(kind: bytes, tmp_path: Path, target: Path) -> None:
    with tarfile.open(tmp_path / "p.tgz", "w:gz") as written:
        member = tarfile.TarInfo("small/link")
        member.type, member.linkname = kind, "/etc/passwd"
        written.addfile(member)
    with pytest.raises(DeployerError, match="small/link"):
        extract(tmp_path / "p.tgz", target)


def test_size_and_number_of_files_have_bounds(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tarball(tmp_path / "p.tgz", {"small/Chart.yaml": b"name: small", "small/big": b"x" * 1000})
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    with pytest.raises(DeployerError, match="too large"):
        extract(package, target)
    monkeypatch.setattr(archive, "MAX_BYTES", 2000)
    monkeypatch.setattr(archive, "MAX_FILES", 1)
    with pytest.raises(DeployerError, match="too large"):
        extract(package, target)


@pytest.mark.parametrize(
    "content",
    [b"", b"not gzip", gzip.compress(b"not tar" * 200), gzip.compress(b"x" * 2000)[:-4]],
    ids=["empty", "not gzip", "not tar", "cut off"],
)
def test_what_is_no_package_is_named(content: bytes, tmp_path: Path, target: Path) -> None:
    (tmp_path / "p.tgz").write_bytes(content)
    with pytest.raises(DeployerError, match=r"not a chart package.*p\.tgz"):
        extract(tmp_path / "p.tgz", target)
