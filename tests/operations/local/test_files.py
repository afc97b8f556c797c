"""What is remembered of the local cluster, and that two runs do not work on it at once."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.operations.local import files as local_files

if TYPE_CHECKING:
    from deployer.session import Session


def test_a_file_is_replaced_at_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "outputs.yaml"
    local_files.write(path, {"provider": "node", "images": {}})
    local_files.write(path, {"provider": "node", "images": {"hub": {"name": "hub", "tag": "1"}}})
    assert local_files.read(path) == {"provider": "node", "images": {"hub": {"name": "hub", "tag": "1"}}}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["outputs.yaml"]


@pytest.mark.parametrize("content", [None, "", "provi", "- node\n", "{provider: ["])
def test_a_file_that_is_not_there_or_cut_off_remembers_nothing(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "settings.yaml"
    if content is not None:
        path.write_text(content)
    assert local_files.read(path) == {}


def test_the_directory_does_not_depend_on_where_the_program_was_started(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert local_files.directory(replace(session, state=Path("state"))) == tmp_path / "state" / "local"


def test_a_second_run_at_once_is_refused(session: Session) -> None:
    with (
        local_files.alone(session),
        pytest.raises(DeployerError, match="another `deployer local`"),
        local_files.alone(session),
    ):
        pytest.fail("two runs at once")
    with local_files.alone(session):
        pass
