"""How buildah is called, and where it keeps its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.tools.buildah import Buildah, build_argv, buildah_argv
from deployer.tools.process import ProgramFailed, ProgramMissing, Result
from tests.tools.fake_runner import Call, FakeRunner

STORAGE = Path("/cache/buildah")
OWN = [
    "buildah",
    "--root",
    "/cache/buildah/root",
    "--runroot",
    "/cache/buildah/run",
    "--storage-driver",
    "vfs",
]


def test_build_argv_says_everything_a_build_depends_on() -> None:
    argv = build_argv(
        STORAGE,
        context=Path("/fleet/images/hub"),
        reference="localhost/deployer-hub:abc",
        archive=Path("/cache/hub.tar"),
        mounts={"/root": Path("/cache/home"), "/etc/apt": Path("/cache/apt")},
    )
    assert argv == [
        *OWN,
        "build",
        "--isolation=chroot",
        "--pull-never",
        "--format=docker",
        "--tag=docker-archive:/cache/hub.tar:localhost/deployer-hub:abc",
        "--volume=/cache/home:/root",
        "--volume=/cache/apt:/etc/apt",
        "/fleet/images/hub",
    ]


def test_a_base_is_made_from_a_directory(tmp_path: Path) -> None:
    """An empty container is filled where its files are, and committed under the name a Dockerfile says."""
    own = buildah_argv(tmp_path)
    runner = FakeRunner()
    runner.expected.extend(
        [
            Call(argv=[*own, "inspect", "--type=image", "debian:bookworm-slim"], returncode=125),
            Call(argv=[*own, "from", "scratch"], stdout="4f2a\n"),
            Call(argv=[*own, "mount", "4f2a"], stdout="/cache/files\n"),
            Call(argv=[*own, "commit", "--rm", "--quiet", "4f2a", "debian:bookworm-slim"]),
        ]
    )
    buildah = Buildah(storage=tmp_path, runner=runner)
    assert not buildah.has_image("debian:bookworm-slim")
    container = buildah.create()
    assert buildah.directory(container) == "/cache/files"
    buildah.commit(container, "debian:bookworm-slim")
    assert runner.all_used()


def test_nothing_is_written_outside_the_storage(tmp_path: Path) -> None:
    """Temporary files and the cache of blobs, kept elsewhere by default, are in the storage directory."""
    runner = FakeRunner()
    runner.expected.append(Call(argv=buildah_argv(tmp_path, "inspect", "--type=image", "x")))
    assert Buildah(storage=tmp_path, runner=runner).has_image("x")
    scratch = str(tmp_path / "tmp")
    assert runner.environments == [
        {"TMPDIR": scratch, "XDG_DATA_HOME": scratch, "_CONTAINERS_ROOTLESS_UID": "1"}
    ]


def test_clear_removes_containers_and_what_killed_builds_left(tmp_path: Path) -> None:
    (tmp_path / "tmp" / "buildah123").mkdir(parents=True)
    runner = FakeRunner()
    runner.expected.append(Call(argv=buildah_argv(tmp_path, "rm", "--all")))
    Buildah(storage=tmp_path, runner=runner).clear()
    assert runner.all_used()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_buildah_is_told_with_the_command_that_installs_it(tmp_path: Path) -> None:
    class Nothing(FakeRunner):
        def run(self, argv: object, **_: object) -> Result:
            raise ProgramMissing("buildah")

    with pytest.raises(ProgramMissing) as caught:
        Buildah(storage=tmp_path, runner=Nothing()).create()
    assert (caught.value.message, caught.value.hint) == (
        "program not found: buildah",
        "run `apt-get install buildah debootstrap`",
    )


def test_a_failed_step_is_told_with_its_last_lines(tmp_path: Path) -> None:
    argv = build_argv(tmp_path, context=tmp_path, reference="a:b", archive=tmp_path / "a.tar", mounts={})
    runner = FakeRunner()
    runner.expected.append(Call(argv=argv, returncode=1, stderr="E: Unable to locate package nosuch\n"))
    with pytest.raises(ProgramFailed, match="Unable to locate package nosuch"):
        Buildah(storage=tmp_path, runner=runner).build(
            context=tmp_path, reference="a:b", archive=tmp_path / "a.tar", mounts={}
        )
