"""How this machine reaches package indexes, for the commands of an image build only.

Mirrors, proxies and certificates of apt, pip and npm are copied into a directory that a build sees as its
home. They are mounted, never copied into the image, so an image tells nothing about where it was built.
"""

from __future__ import annotations

import configparser
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HOME = "/root"
_CERTIFICATES = "certificates.pem"
_CERTIFICATE_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_PIP_SETTINGS = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "retries")
_NPM_SETTINGS = ("registry", "proxy", "https-proxy", "noproxy", "strict-ssl")


def copied(environ: Mapping[str, str], directory: Path, *, system: Path = Path("/etc")) -> dict[str, Path]:
    """Copy this machine's settings into an empty directory; return what a build is to mount, by place."""
    home = directory / "home"
    home.mkdir()
    certificates = _certificates(environ, system)
    if certificates:
        shutil.copyfile(certificates, home / _CERTIFICATES)
    inside = f"{_HOME}/{_CERTIFICATES}" if certificates else None

    pip = home / ".config/pip/pip.conf"
    pip.parent.mkdir(parents=True)
    pip.write_text(_pip_configuration(environ, _pip_files(environ, system), inside))
    (home / ".npmrc").write_text(_npm_configuration(environ, inside))

    apt = shutil.copytree(system / "apt", directory / "apt")
    if inside:
        (apt / "apt.conf.d/zz-certificates").write_text(f'Acquire::https::CaInfo "{inside}";\n')
    return {_HOME: home, "/etc/apt": apt}


def _certificates(environ: Mapping[str, str], system: Path) -> Path | None:
    named = [Path(environ[name]) for name in _CERTIFICATE_VARIABLES if environ.get(name)]
    candidates = [*named, system / "ssl/certs/ca-certificates.crt"]
    return next((path for path in candidates if path.is_file()), None)


def _pip_files(environ: Mapping[str, str], system: Path) -> list[Path]:
    """Return pip's configuration files, weakest first."""
    home = Path(environ.get("HOME", _HOME))
    files = [system / "pip.conf", home / ".pip/pip.conf", home / ".config/pip/pip.conf"]
    if environ.get("PIP_CONFIG_FILE"):
        files.append(Path(environ["PIP_CONFIG_FILE"]))
    return files


def _pip_configuration(environ: Mapping[str, str], files: Iterable[Path], certificates: str | None) -> str:
    found = configparser.RawConfigParser()
    found.read(files)
    settings = dict(found["global"]) if found.has_section("global") else {}
    for name in _PIP_SETTINGS:
        value = environ.get("PIP_" + name.upper().replace("-", "_"))
        if value:
            settings[name] = value
    lines = [f"{name} = {_continued(settings[name])}" for name in _PIP_SETTINGS if name in settings]
    if certificates:
        lines.append(f"cert = {certificates}")
    return "\n".join(["[global]", *lines, ""])


def _continued(value: str) -> str:
    return "\n    ".join(value.split())


def _npm_configuration(environ: Mapping[str, str], certificates: str | None) -> str:
    file = Path(environ.get("HOME", _HOME)) / ".npmrc"
    lines = [line for line in file.read_text().splitlines() if _wanted_of_npm(line)] if file.is_file() else []
    variables = {name.lower().replace("-", "_"): value for name, value in environ.items()}
    for name in _NPM_SETTINGS:
        value = variables.get("npm_config_" + name.replace("-", "_"))
        if value:
            lines.append(f"{name}={value}")
    if certificates:
        lines.append(f"cafile={certificates}")
    return "".join(f"{line}\n" for line in lines)


def _wanted_of_npm(line: str) -> bool:
    name = line.partition("=")[0].strip()
    # `//index.example.org/:_authToken` and `@scope:registry` belong to an index as well.
    return name in _NPM_SETTINGS or name.startswith("//") or name.endswith(":registry")
