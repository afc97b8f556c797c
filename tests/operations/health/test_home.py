"""Removing the check user's home, and nothing that is anybody else's."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from deployer.operations.health import home
from tests.operations.fake_api import FakeApi

if TYPE_CHECKING:
    from pathlib import Path

USER = "deployer-health-check"
PODS = "/api/v1/namespaces/demo/pods"
CLAIMS = "/api/v1/namespaces/demo/persistentvolumeclaims"


def server_pod(fake: FakeApi, *mounts: dict[str, str], user: str = USER) -> None:
    body = {
        "metadata": {
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "annotations": {"hub.jupyter.org/username": user},
        },
        "spec": {"containers": [{"name": "notebook", "volumeMounts": list(mounts)}]},
    }
    fake.put(f"{PODS}/jupyter-{user}", body)


@pytest.mark.parametrize(
    ("sub_path", "found"),
    [
        (USER, "/home/jovyan"),
        ("prod/deployer-2dhealth-2dcheck", "/home/jovyan"),
        ("homes/deployer-health-check/", "/home/jovyan"),
        ("_shared", None),
        ("", None),
        (f"{USER}-2", None),
        (f"{USER}/sub", None),
    ],
)
def test_only_a_directory_named_after_the_check_user_counts_as_its_home(
    sub_path: str, found: str | None
) -> None:
    fake = FakeApi()
    server_pod(fake, {"mountPath": "/tmp"}, {"mountPath": "/home/jovyan", "subPath": sub_path})
    assert home.shared_home(fake.api, "demo", USER) == found


def test_a_user_without_a_pod_has_no_home_to_empty() -> None:
    fake = FakeApi()
    server_pod(fake, {"mountPath": "/home/jovyan", "subPath": "alice"}, user="alice")
    assert home.shared_home(fake.api, "demo", USER) is None


def run_cell(directory: Path, mounts: list[str]) -> None:
    """Run the cell that empties a directory, with a mount table of our own."""
    table = "".join(f"36 35 98:0 /x {mount} rw - ext3 /dev/sda rw\n" for mount in ["/", *mounts])

    def opened(path: str) -> Any:
        assert path == "/proc/self/mountinfo"
        return io.StringIO(table)

    exec(home.emptying(str(directory)), {"open": opened})


def test_emptying_removes_files_directories_and_links(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/kept").write_text("x")
    directory = tmp_path / "home"
    (directory / "work/deep").mkdir(parents=True)
    (directory / "work/deep/file").write_text("x")
    (directory / ".local").mkdir()
    (directory / "link").symlink_to(tmp_path / "outside")
    (directory / "broken").symlink_to("nowhere")
    run_cell(directory, [])
    assert list(directory.iterdir()) == []
    assert (tmp_path / "outside/kept").read_text() == "x"


def test_emptying_spares_what_is_mounted_inside(tmp_path: Path) -> None:
    """Directories that a whole community shares are mounted inside homes; names may hold spaces."""
    for name in ("shared", "with space", "deep/er", "sharedness"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_text("x")
    mounts = [f"{tmp_path}/shared", f"{tmp_path}/with\\040space", f"{tmp_path}/deep/er"]
    run_cell(tmp_path, mounts)
    assert {path.name for path in tmp_path.iterdir()} == {"shared", "with space", "deep"}
    assert (tmp_path / "deep/er/file").read_text() == "x"


class Waits:
    """Counts waits, and has the cluster do its part meanwhile."""

    def __init__(self, fake: FakeApi, path: str) -> None:
        self.fake, self.path, self.count = fake, path, 0

    def sleep(self) -> None:
        self.count += 1
        self.fake.objects.pop(self.path, None)


def test_a_claim_that_the_hub_is_deleting_is_waited_for_and_not_deleted_again() -> None:
    fake = FakeApi()
    annotations = {"hub.jupyter.org/username": USER}
    fake.put(
        f"{CLAIMS}/claim-x", {"metadata": {"annotations": annotations, "deletionTimestamp": "2026-01-01"}}
    )
    waits = Waits(fake, f"{CLAIMS}/claim-x")
    home.remove_claims(fake.api, "demo", USER, waits)
    assert (waits.count, fake.calls) == (1, [])
