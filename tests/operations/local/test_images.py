"""Images are built once per content, completely or not at all, and tell nothing of where they were built."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tarfile
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.operations.local import images
from deployer.operations.local.images import BASE, BuiltImage, build, planned
from deployer.progress import Silent
from deployer.session import Session, directories
from deployer.tools.buildah import Buildah, buildah_argv
from deployer.tools.process import ProgramFailed, ProgramMissing, Programs

needs_buildah = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("buildah") or not Path("/etc/apt").exists(),
    reason="building images without an engine takes root, buildah and Debian's apt",
)


def _context(root: Path, name: str, dockerfile: str) -> Path:
    context = root / "images" / name
    context.mkdir(parents=True)
    (context / "Dockerfile").write_text(dockerfile)
    return context


def _archived(session: Session, root: Path) -> dict[str, BuiltImage]:
    """Make empty archives, as if all images had been built before."""
    known = planned(session, root)
    for image in known.values():
        image.archive.parent.mkdir(parents=True, exist_ok=True)
        image.archive.touch()
    return known


# ---- without programs


def test_an_image_is_called_after_its_directory_and_its_content(session: Session, tmp_path: Path) -> None:
    context = _context(tmp_path, "hub", "FROM debian:bookworm-slim\n")
    before = planned(session, tmp_path)["hub"]
    assert before == BuiltImage(
        name="localhost/deployer-hub",
        tag=before.tag,
        archive=session.cache / f"images/hub-{before.tag}.tar",
    )
    assert before.reference == f"localhost/deployer-hub:{before.tag}"
    (context / "requirements.txt").write_text("jupyterhub\n")
    assert planned(session, tmp_path)["hub"].tag != before.tag
    (context / "requirements.txt").unlink()
    assert planned(session, tmp_path)["hub"] == before


def test_this_repository_has_the_three_images_that_a_hub_takes(session: Session, repository: Path) -> None:
    assert list(planned(session, repository)) == ["hub", "proxy", "user"]


def test_a_root_without_images_is_an_error(session: Session, tmp_path: Path) -> None:
    with pytest.raises(DeployerError, match="no images to build"):
        build(session, tmp_path)


def test_what_is_in_the_cache_is_not_built_again(session: Session, tmp_path: Path) -> None:
    """No program starts: a unit test could not, and the session's environment has no PATH."""
    _context(tmp_path, "hub", "FROM debian:bookworm-slim\n")
    known = _archived(session, tmp_path)
    assert build(session, tmp_path) == known


@dataclass
class Finishing(Silent):
    """Plays the other run, which finishes when it is told that somebody waits for it."""

    lock: IO[str]
    session: Session
    root: Path
    notes: list[tuple[str, str]] = field(default_factory=list)

    def noted(self, subject: str, text: str) -> None:
        self.notes.append((subject, text))
        _archived(self.session, self.root)
        fcntl.flock(self.lock, fcntl.LOCK_UN)


def test_a_second_run_waits_for_the_first_and_takes_what_it_built(session: Session, tmp_path: Path) -> None:
    _context(tmp_path, "hub", "FROM debian:bookworm-slim\n")
    directory = session.cache / "images"
    directory.mkdir(parents=True)
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = Finishing(lock=lock, session=session, root=tmp_path)
        build(replace(session, progress=other), tmp_path)
    assert other.notes == [("images", "another run builds images; waiting for it")]


def test_without_buildah_the_command_that_installs_it_is_told(session: Session, tmp_path: Path) -> None:
    _context(tmp_path, "hub", "FROM debian:bookworm-slim\n")
    with pytest.raises(ProgramMissing) as caught:
        build(replace(session, environ={"PATH": str(tmp_path)}), tmp_path)
    assert caught.value.hint == "run `apt-get install buildah debootstrap`"


def test_a_full_disk_is_told_before_anything_is_built(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _context(tmp_path, "hub", "FROM debian:bookworm-slim\n")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_234_000_000))
    with pytest.raises(DeployerError) as caught:
        build(session, tmp_path)
    assert caught.value.message == (
        f"not enough space to build images: 1.2 GB free in {session.cache}, 3 GB needed"
    )
    assert not (session.cache / "buildah").exists()


# ---- with buildah, on a base of a shell and its libraries


@pytest.fixture
def builder(session: Session, tmp_path: Path) -> Session:
    """A session of this machine whose cache has a tiny base already."""
    home = tmp_path / "operator"
    home.mkdir()
    (home / ".npmrc").write_text("registry=http://index.example.org\n")
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PIP_INDEX_URL": "http://index.example.org"}
    mine = replace(session, environ=environ)
    buildah = _buildah(mine)
    container = buildah.create()
    base = Path(buildah.directory(container))
    for name in ("root", "etc/apt", "tmp", "proc", "sys", "dev", "run"):
        (base / name).mkdir(parents=True)
    linked = subprocess.run(["ldd", "/bin/sh"], check=True, capture_output=True, text=True).stdout
    for file in ["/bin/sh", *(word for word in linked.split() if word.startswith("/"))]:
        (base / file[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, base / file[1:])
    buildah.commit(container, BASE)
    return mine


def _buildah(session: Session) -> Buildah:
    programs = Programs(environ=session.environ, interruption=Interruption())
    return Buildah(storage=session.cache / "buildah" / images._BASE_RECIPE, runner=programs)


def _left(session: Session) -> tuple[list[str], str, int]:
    """What is in the directory of archives, which containers there are, and how many mounts."""
    names = sorted(path.name for path in (session.cache / "images").iterdir() if path.name != ".lock")
    buildah = _buildah(session)
    containers = buildah.runner.run(buildah_argv(buildah.storage, "containers", "--quiet")).stdout
    mounts = Path("/proc/self/mountinfo").read_text().count(str(session.cache))
    return names, containers, mounts


@pytest.mark.integration
@needs_buildah
def test_a_build_sees_this_machines_settings_and_the_image_does_not(builder: Session, tmp_path: Path) -> None:
    """The build's commands read the address of the index; config, history and files of the image lack it."""
    _context(
        tmp_path,
        "sample",
        f"FROM {BASE}\n"
        "RUN read -r line < /root/.npmrc\\\n"
        ' && test "${line#registry=http://index.}" = example.org && echo y > /seen\n'
        "RUN echo rubbish > /root/rubbish\n"
        "USER 1000\n",
    )
    image = build(builder, tmp_path)["sample"]
    tree = Archive(image.archive)
    assert tree.reference == image.reference
    assert tree.config["User"] == "1000"
    assert tree.config["Env"] == ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    assert tree.files["seen"] == b"y\n"
    assert [name for name in tree.files if name.startswith(("root/", "etc/apt/"))] == []
    assert b"index.example.org" not in image.archive.read_bytes()
    assert _left(builder) == ([image.archive.name], "", 0)


@pytest.mark.integration
@needs_buildah
def test_a_broken_image_does_not_stop_its_neighbour_and_leaves_nothing(
    builder: Session, tmp_path: Path
) -> None:
    _context(tmp_path, "broken", f"FROM {BASE}\nRUN echo no such package >&2; exit 3\n")
    _context(tmp_path, "good", f"FROM {BASE}\nRUN echo good > /good\n")
    with pytest.raises(ProgramFailed, match="no such package"):
        build(builder, tmp_path)
    good = planned(builder, tmp_path)["good"]
    assert _left(builder) == ([good.archive.name], "", 0)


@pytest.mark.integration
@needs_buildah
def test_an_interrupted_build_leaves_nothing_and_the_next_one_builds(
    builder: Session, tmp_path: Path
) -> None:
    context = _context(
        tmp_path, "slow", f"FROM {BASE}\nRUN echo > /root/started; while ! test -e /never; do :; done\n"
    )
    started = builder.cache / "images/unfinished/slow/home/started"

    def interrupt() -> None:
        while not started.exists():
            time.sleep(0.02)
        builder.interruption.request()

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(Interrupted):
        build(builder, tmp_path)
    assert _left(builder) == ([], "", 0)

    (context / "Dockerfile").write_text(f"FROM {BASE}\nRUN echo quick > /quick\n")
    image = build(replace(builder, interruption=Interruption()), tmp_path)["slow"]
    assert Archive(image.archive).files["quick"] == b"quick\n"


@pytest.mark.integration
@needs_buildah
def test_what_a_killed_run_left_is_tidied_away(builder: Session, tmp_path: Path) -> None:
    _buildah(builder).create()
    (builder.cache / "images/unfinished/hub/home").mkdir(parents=True)
    _context(tmp_path, "sample", f"FROM {BASE}\nRUN echo > /made\n")
    image = build(builder, tmp_path)["sample"]
    assert _left(builder) == ([image.archive.name], "", 0)


# ---- the images of this repository; built on the first run, which takes minutes


@pytest.mark.integration
@needs_buildah
def test_the_images_of_this_repository_are_what_they_say(repository: Path, tmp_path: Path) -> None:
    """Versions, users and size; and nothing of this machine's addresses, home or certificates in them."""
    cache, state = directories(os.environ)
    built = build(Session(environ=os.environ, cache=cache, state=state), repository)
    trees = {name: Archive(image.archive) for name, image in built.items()}
    assert {name: tree.config["User"] for name, tree in trees.items()} == {
        "hub": "1000",
        "proxy": "65534",
        "user": "1000",
    }
    environment = {variable.partition("=")[0] for tree in trees.values() for variable in tree.config["Env"]}
    assert environment == {"PATH", "SHELL"}
    packages = "usr/local/lib/python3.11/dist-packages"
    for name in ("jupyterhub-5.5.0", "jupyterhub_kubespawner-7.0.0", "oauthenticator-17.4.0"):
        assert f"{packages}/{name}.dist-info/METADATA" in trees["hub"].files
    assert f"{packages}/jupyterhub-5.5.0.dist-info/METADATA" in trees["user"].files
    proxy = json.loads(
        trees["proxy"].files["srv/proxy/node_modules/configurable-http-proxy/package.json"] or b""
    )
    assert proxy["version"] == "5.2.0"
    for tree in trees.values():
        assert {name for name in tree.files if name.startswith(("root/", "etc/apt/sources.list"))} <= {
            "root/.bashrc",
            "root/.profile",
        }
        assert not {"etc/hostname", "etc/resolv.conf"} & {name for name in tree.files if tree.files[name]}
    assert sum(image.archive.stat().st_size for image in built.values()) < 1e9


class Archive:
    """The files and the configuration in a docker-archive, with the layers on top of each other."""

    def __init__(self, path: Path) -> None:
        self.files: dict[str, bytes | None] = {}
        with tarfile.open(path) as archive:
            (manifest,) = json.load(_member(archive, "manifest.json"))
            self.config = json.load(_member(archive, manifest["Config"]))["config"]
            (self.reference,) = manifest["RepoTags"]
            for layer in manifest["Layers"]:
                with tarfile.open(fileobj=_member(archive, layer)) as files:
                    self._add(files)

    def _add(self, layer: tarfile.TarFile) -> None:
        for member in layer:
            directory, _, name = member.name.rpartition("/")
            if name.startswith(".wh."):
                self.files.pop(f"{directory}/{name[4:]}".lstrip("/"), None)
            elif member.isfile():
                small = member.size < 1_000_000
                content = layer.extractfile(member)
                self.files[member.name] = content.read() if small and content else None


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    assert found is not None
    return found
