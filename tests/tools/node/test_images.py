"""Images on the node: the archive of the pause image, and how archives reach containerd."""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

from deployer.tools.node import images
from deployer.tools.node.namespaces import Process
from tests.tools.fake_runner import Call, FakeRunner

ANCHOR = Process(pid=40, argv=("/run/deployer-tools/pause", "/state/local"))
CTR = (
    *("nsenter", "--target=40", "--mount", "--net", "--uts", "--pid"),
    *("ctr", "--address=/run/containerd/containerd.sock", "--namespace=k8s.io"),
)


def test_the_pause_image_is_one_program_that_is_not_root(tmp_path: Path) -> None:
    program, archive = tmp_path / "pause", tmp_path / "pause.tar"
    program.write_bytes(b"\x7fELF...")
    images.write_pause_archive(program, archive)

    with tarfile.open(archive) as tar:

        def content(name: str) -> bytes:
            file = tar.extractfile(name)
            assert file is not None
            return file.read()

        (manifest,) = json.loads(content("manifest.json"))
        config = json.loads(content(manifest["Config"]))
        layer = content("layer.tar")
        (tmp_path / "layer.tar").write_bytes(layer)
    assert manifest["RepoTags"] == ["localhost/deployer/pause:1"]
    assert config["config"] == {"Entrypoint": ["/pause"], "User": "65535:65535"}
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(layer).hexdigest()}"]
    with tarfile.open(tmp_path / "layer.tar") as tar:
        assert [(entry.name, entry.mode, entry.size) for entry in tar] == [("pause", 0o755, 7)]


def test_any_program_that_stands_alone_is_an_image(tmp_path: Path) -> None:
    (tmp_path / "traefik").write_bytes(b"program")
    images.write_archive(tmp_path / "traefik", tmp_path / "image.tar", image="localhost/traefik:1")
    with tarfile.open(tmp_path / "image.tar") as tar:
        files = {entry.name: tar.extractfile(entry) for entry in tar}
        texts = {name: file.read() for name, file in files.items() if file and name.endswith(".json")}
    assert json.loads(texts["manifest.json"])[0]["RepoTags"] == ["localhost/traefik:1"]
    assert json.loads(texts["config.json"])["config"]["Entrypoint"] == ["/traefik"]


def test_the_same_program_gives_the_same_archive(tmp_path: Path) -> None:
    (tmp_path / "pause").write_bytes(b"program")
    for name in ("one.tar", "two.tar"):
        images.write_pause_archive(tmp_path / "pause", tmp_path / name)
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()


def test_an_archive_is_read_outside_and_imported_inside() -> None:
    fake = FakeRunner()
    redirected = ("sh", "-c", 'exec "$@" <"$0"', "/cache/hub.tar")
    fake.expected.append(Call(argv=(*redirected, *CTR, "images", "import", "-")))
    images.load(ANCHOR, Path("/cache/hub.tar"), fake)
    assert fake.all_used()


def test_loaded_images_are_known_by_name() -> None:
    fake = FakeRunner()
    fake.expected.append(
        Call(argv=(*CTR, "images", "list", "--quiet"), stdout="localhost/a:1\nlocalhost/b:2\n")
    )
    assert images.loaded(ANCHOR, fake) == {"localhost/a:1", "localhost/b:2"}
