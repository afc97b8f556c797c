"""Edited files before they are written: what they are, and what of a fleet is never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.fleet.editing.drafts import Drafts, diff
from deployer.fleet.editing.edits import EditRefused, SetValue

if TYPE_CHECKING:
    from pathlib import Path

SET = SetValue(at=("a",), value=2)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "fleet"
    (root / "config").mkdir(parents=True)
    return root


def write(root: Path, name: str, content: bytes) -> Path:
    path = root / name
    path.write_bytes(content)
    return path


def refusal(root: Path, path: Path) -> str:
    with pytest.raises(EditRefused) as error:
        Drafts(root=root).edited(path, [SET])
    return error.value.message


def test_a_draft_is_not_written(root: Path) -> None:
    path = write(root, "config/a.yaml", b"a: 1\n")
    drafts = Drafts(root=root).edited(path, [SET])
    (change,) = drafts.changes
    assert (change.path, change.name) == (path, "config/a.yaml")
    assert (change.before, change.after, path.read_bytes()) == (b"a: 1\n", b"a: 2\n", b"a: 1\n")


def test_a_draft_is_edited_further(root: Path) -> None:
    path = write(root, "config/a.yaml", b"a: 1\nb: 1\n")
    drafts = Drafts(root=root).edited(path, [SET]).edited(path, [SetValue(at=("b",), value=2)])
    assert drafts.after == {path: b"a: 2\nb: 2\n"}
    assert drafts.before == {path: b"a: 1\nb: 1\n"}


def test_what_is_as_it_was_is_no_change(root: Path) -> None:
    path = write(root, "config/a.yaml", b"a: 2\n")
    assert Drafts(root=root).edited(path, [SET]).changes == ()


def test_a_byte_order_mark_and_line_ends_stay(root: Path) -> None:
    path = write(root, "config/a.yaml", b"\xef\xbb\xbfa: 1\r\nb: \xc3\xa9\r\n")
    drafts = Drafts(root=root).edited(path, [SET])
    assert drafts.after[path] == b"\xef\xbb\xbfa: 2\r\nb: \xc3\xa9\r\n"


def test_a_diff_shows_lines_as_they_are(root: Path) -> None:
    first = write(root, "config/b.yaml", b"a: 1\r\nb: '\xc3\xa9'\r\n")
    second = write(root, "config/a.yaml", b"a: 1")
    drafts = Drafts(root=root).edited(first, [SET]).edited(second, [SET])
    assert diff(drafts.changes) == (
        "--- a/config/a.yaml\n+++ b/config/a.yaml\n@@ -1 +1 @@\n"
        "-a: 1\n\\ No newline at end of file\n+a: 2\n\\ No newline at end of file\n"
        "--- a/config/b.yaml\n+++ b/config/b.yaml\n@@ -1,2 +1,2 @@\n"
        "-a: 1\r\n+a: 2\r\n b: 'é'\r\n"
    )


def test_a_file_outside_of_the_fleet_is_not_edited(root: Path, tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", b"a: 1\n")
    assert refusal(root, path) == f"{path} cannot be edited: it lies outside the fleet's directory"
    (root / "link.yaml").symlink_to(path)
    assert refusal(root, root / "link.yaml") == "link.yaml cannot be edited: it is a link, or lies behind one"


def test_a_file_behind_a_link_is_not_edited(root: Path) -> None:
    write(root, "config/a.yaml", b"a: 1\n")
    (root / "other").symlink_to(root / "config")
    message = "other/a.yaml cannot be edited: it is a link, or lies behind one"
    assert refusal(root, root / "other/a.yaml") == message


def test_a_fleet_behind_a_link_is_edited(root: Path, tmp_path: Path) -> None:
    write(root, "config/a.yaml", b"a: 1\n")
    (tmp_path / "way").symlink_to(root)
    way = tmp_path / "way"
    assert Drafts(root=way).edited(way / "config/a.yaml", [SET]).changes[0].name == "config/a.yaml"


def test_what_cannot_be_read_is_not_edited(root: Path) -> None:
    assert (
        refusal(root, root / "none") == "none cannot be edited: it cannot be read: No such file or directory"
    )
    path = write(root, "latin.yaml", b"a: \xe9\n")
    assert refusal(root, path) == "latin.yaml cannot be edited: it is not UTF-8 text"


def test_a_new_file_is_shown_and_edited_like_any_other(root: Path) -> None:
    path = root / "config/new/a.yaml"
    drafts = Drafts(root=root).created(path, b"a: 1\n").edited(path, [SET])
    (change,) = drafts.changes
    assert (change.name, change.before, change.old, change.after) == (
        "config/new/a.yaml",
        None,
        b"",
        b"a: 2\n",
    )
    assert diff(drafts.changes) == "--- /dev/null\n+++ b/config/new/a.yaml\n@@ -0,0 +1 @@\n+a: 2\n"


@pytest.mark.parametrize("there", ["file", "link that leads nowhere", "draft"])
def test_what_is_there_is_not_created(root: Path, there: str) -> None:
    path, drafts = root / "config/a.yaml", Drafts(root=root)
    if there == "file":
        write(root, "config/a.yaml", b"a: 1\n")
    elif there == "draft":
        drafts = drafts.created(path, b"")
    else:
        path.symlink_to("nowhere")
    with pytest.raises(DeployerError) as error:
        drafts.created(path, b"")
    assert error.value.message == "there is a file already, which stays as it is: config/a.yaml"


def test_nothing_is_created_behind_a_link(root: Path, tmp_path: Path) -> None:
    (root / "other").symlink_to(tmp_path)
    with pytest.raises(DeployerError) as error:
        Drafts(root=root).created(root / "other/new/a.yaml", b"")
    assert error.value.message == "cannot be written, for it lies behind a link: other/new/a.yaml"
