"""The recorded hashes of packages, and the comments that say where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.charts.hashes import hashes_text, read_hashes

if TYPE_CHECKING:
    from pathlib import Path

A, B = "a" * 64, "b" * 64


def test_no_file_records_nothing(tmp_path: Path) -> None:
    assert read_hashes(tmp_path / "packages.sha256") == {}


def test_lines_of_sha256sum_are_read_whether_text_or_binary(tmp_path: Path) -> None:
    path = tmp_path / "packages.sha256"
    path.write_text(f"# why\n{A.upper()}  one-1.0.0.tgz\n\n{B} *two-1.0.0.tgz\n")
    assert read_hashes(path) == {"one-1.0.0.tgz": A, "two-1.0.0.tgz": B}


def test_a_comment_stays_with_its_line_as_long_as_the_hash_does(tmp_path: Path) -> None:
    path = tmp_path / "packages.sha256"
    path.write_text(hashes_text(path, {"one-1.0.0.tgz": A, "two-1.0.0.tgz": B}))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], "# source of one", lines[2], "# source of two", lines[3], ""]))
    same = hashes_text(path, {"two-1.0.0.tgz": B, "one-1.0.0.tgz": A})
    assert same == path.read_text()
    changed = hashes_text(path, {"one-1.0.0.tgz": A, "two-1.0.0.tgz": A})
    assert "# source of one" in changed
    assert "# source of two" not in changed
