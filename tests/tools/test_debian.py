"""A minimal Debian from this machine's mirror, without anything of this machine in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.errors import DeployerError
from deployer.tools.debian import Debian, bootstrap_argv, mirror_argv
from deployer.tools.process import ProgramFailed
from tests.tools.fake_runner import Call, FakeRunner

TARGETS = """\
bookworm-security main http://mirror.example.org/debian-security/
bookworm contrib http://mirror.example.org/debian/
bookworm main http://mirror.example.org/debian/
"""


def test_bootstrap_argv_keeps_mounts_to_itself() -> None:
    assert bootstrap_argv(Path("/base"), "http://mirror.example.org/debian/") == [
        "unshare",
        "--mount",
        "--propagation=private",
        "debootstrap",
        "--variant=minbase",
        "bookworm",
        "/base",
        "http://mirror.example.org/debian/",
    ]


def test_the_mirror_is_the_one_apt_uses_for_the_suite() -> None:
    runner = FakeRunner()
    runner.expected.append(Call(argv=mirror_argv(), stdout=TARGETS))
    assert Debian(runner=runner).mirror() == "http://mirror.example.org/debian/"


def test_a_machine_with_another_debian_is_told_what_helps() -> None:
    runner = FakeRunner()
    runner.expected.append(Call(argv=mirror_argv(), stdout="trixie main http://mirror.example.org/debian/\n"))
    with pytest.raises(DeployerError) as caught:
        Debian(runner=runner).mirror()
    assert caught.value.message == "apt on this machine has no packages of Debian bookworm"
    assert caught.value.hint is not None


def test_bootstrap_leaves_out_documentation_and_what_tells_of_this_machine(tmp_path: Path) -> None:
    def debootstrap(_environment: object) -> None:
        for name in (
            "etc/apt/sources.list",
            "etc/debian_version",
            "etc/hostname",
            "etc/resolv.conf",
            "usr/share/doc/apt/copyright",
            "usr/share/info/dir",
            "usr/share/locale/de/messages",
            "usr/share/man/man1/ls.1",
            "var/cache/apt/pkgcache.bin",
            "var/lib/apt/lists/Release",
            "var/log/bootstrap.log",
        ):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("mirror.example.org")

    runner = FakeRunner()
    runner.expected.extend(
        [
            Call(argv=mirror_argv(), stdout=TARGETS),
            Call(argv=bootstrap_argv(tmp_path, "http://mirror.example.org/debian/"), effect=debootstrap),
        ]
    )
    Debian(runner=runner).bootstrap(tmp_path)
    assert runner.all_used()
    files = {
        str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert files == {
        "etc/debian_version": "mirror.example.org",
        "etc/dpkg/dpkg.cfg.d/slim": (
            "path-exclude=/usr/share/doc/*\n"
            "path-exclude=/usr/share/info/*\n"
            "path-exclude=/usr/share/locale/*\n"
            "path-exclude=/usr/share/man/*\n"
            "force-unsafe-io\n"
        ),
    }


def test_a_failure_is_told_as_debootstraps(tmp_path: Path) -> None:
    argv = bootstrap_argv(tmp_path, "http://mirror.example.org/debian/")
    runner = FakeRunner()
    runner.expected.append(Call(argv=mirror_argv(), stdout=TARGETS))
    runner.expected.append(Call(argv=argv, returncode=1, stdout="E: Failed getting release file\n"))
    with pytest.raises(ProgramFailed) as caught:
        Debian(runner=runner).bootstrap(tmp_path)
    assert caught.value.message == ("`debootstrap` failed with exit code 1\nE: Failed getting release file")
