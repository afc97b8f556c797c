"""Which settings of this machine an image build gets to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.operations.local.package_indexes import copied

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A machine's /etc with apt, and certificates."""
    etc = tmp_path / "etc"
    (etc / "apt/apt.conf.d").mkdir(parents=True)
    (etc / "apt/sources.list").write_text("deb http://mirror.example.org/debian bookworm main\n")
    (etc / "ssl/certs").mkdir(parents=True)
    (etc / "ssl/certs/ca-certificates.crt").write_text("the system's certificates\n")
    return etc


def _files(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): path.read_text()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_a_plain_machine_gives_apt_and_certificates(tmp_path: Path, system: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    mounts = copied({"HOME": str(tmp_path)}, work, system=system)
    assert mounts == {"/root": work / "home", "/etc/apt": work / "apt"}
    assert _files(work) == {
        "apt/apt.conf.d/zz-certificates": 'Acquire::https::CaInfo "/root/certificates.pem";\n',
        "apt/sources.list": "deb http://mirror.example.org/debian bookworm main\n",
        "home/.config/pip/pip.conf": "[global]\ncert = /root/certificates.pem\n",
        "home/.npmrc": "cafile=/root/certificates.pem\n",
        "home/certificates.pem": "the system's certificates\n",
    }


def test_indexes_and_proxies_come_from_files_and_the_environment_and_nothing_else_does(
    tmp_path: Path, system: Path
) -> None:
    """The environment is stronger than a file, as it is for pip and npm themselves."""
    home, work = tmp_path / "home", tmp_path / "work"
    (home / ".config/pip").mkdir(parents=True)
    work.mkdir()
    (system / "pip.conf").write_text("[global]\nindex-url = http://system.example.org\nno-color = true\n")
    (home / ".config/pip/pip.conf").write_text("[global]\nextra-index-url = http://a.example.org\n")
    (home / ".npmrc").write_text(
        "registry=http://npm.example.org\n//npm.example.org/:_authToken=secret\n@lab:registry=http://lab\neditor=vi\n"
    )
    certificates = tmp_path / "own.pem"
    certificates.write_text("own certificates\n")
    environ = {
        "HOME": str(home),
        "PIP_INDEX_URL": "http://index.example.org",
        "PIP_TRUSTED_HOST": "a.example.org b.example.org",
        "PIP_FIND_LINKS": "/opt/wheels",
        "PIP_CERT": str(certificates),
        "npm_config_https_proxy": "http://proxy.example.org",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    copied(environ, work, system=system)
    files = _files(work / "home")
    assert files == {
        ".config/pip/pip.conf": (
            "[global]\n"
            "index-url = http://index.example.org\n"
            "extra-index-url = http://a.example.org\n"
            "trusted-host = a.example.org\n    b.example.org\n"
            "cert = /root/certificates.pem\n"
        ),
        ".npmrc": (
            "registry=http://npm.example.org\n"
            "//npm.example.org/:_authToken=secret\n"
            "@lab:registry=http://lab\n"
            "https-proxy=http://proxy.example.org\n"
            "cafile=/root/certificates.pem\n"
        ),
        "certificates.pem": "own certificates\n",
    }


def test_a_machine_without_certificates_names_none(tmp_path: Path, system: Path) -> None:
    (system / "ssl/certs/ca-certificates.crt").unlink()
    work = tmp_path / "work"
    work.mkdir()
    copied({"HOME": str(tmp_path)}, work, system=system)
    assert _files(work) == {
        "apt/sources.list": "deb http://mirror.example.org/debian bookworm main\n",
        "home/.config/pip/pip.conf": "[global]\n",
        "home/.npmrc": "",
    }
