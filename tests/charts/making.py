"""Small charts for tests, as folders and as packages."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.charts.chart import find_chart
from deployer.interruption import Interruption
from deployer.tools.helm import Helm, parse_version
from deployer.tools.process import Programs, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HERE = Path(__file__).parent
_HOME_NFS = (
    "autoResizer",
    "eks",
    "fullnameOverride",
    "gke",
    "nfsServer",
    "openstack",
    "persistentVolume",
    "quotaEnforcer",
)
_KEYS: dict[str, dict[str, Any]] = {"jupyterhub-home-nfs": {key: {} for key in _HOME_NFS}}
"""Keys that rules look at, of charts that are tiny otherwise."""
SHOWS_VALUES = "data: {{ .Values | toJson | b64enc }}\n"
"""A template from whose output a test can tell what values a chart received."""


def write_chart(
    directory: Path,
    *,
    name: str | None = None,
    version: str = "1.0.0",
    dependencies: Iterable[Mapping[str, Any]] = (),
    values: Mapping[str, Any] | None = None,
    files: Mapping[str, str] | None = None,
) -> Path:
    """Write a chart with a values.yaml, and return its directory."""
    metadata = {"apiVersion": "v2", "name": name or directory.name, "version": version}
    listed = {"dependencies": list(dependencies)} if dependencies else {}
    content = {
        # YAML with a line each, since source trees are filled in line by line.
        "Chart.yaml": "".join(f"{k}: {json.dumps(v)}\n" for k, v in {**metadata, **listed}.items()),
        "values.yaml": json.dumps(values or {}),
        **(files or {}),
    }
    for inside, text in content.items():
        path = directory / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


def pack(directory: Path, package: Path) -> str:
    """Write the package of a chart and return its sha256."""
    package.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package, "w:gz") as archive:
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                archive.add(path, f"{directory.name}/{path.relative_to(directory)}")
    return hashlib.sha256(package.read_bytes()).hexdigest()


def tarball(package: Path, members: Mapping[str, bytes]) -> Path:
    """Write an archive with exactly these members."""
    with tarfile.open(package, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return package


def built_helm(repository: Path, name: str) -> Helm:
    """Return one of the Helms that `make tools` builds (`helm` or `helm3`), or skip the test and say so."""
    program = repository / ".tools/bin" / name
    if not program.exists():
        pytest.skip(f"not built: .tools/bin/{name}")
    runner = Programs(environ=os.environ, interruption=Interruption())
    said = runner.run([str(program), "version", "--template", "{{.Version}}"]).stdout
    return Helm(program, parse_version(said), runner)


@dataclass
class Repositories:
    """A Runner that is a Helm with a network: `helm pull` finds the packages of a directory.

    It keeps the list of packages asked for, and refuses everything else.
    """

    packages: Path
    pulled: list[str] = field(default_factory=list)

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float | None = None,
        check: bool = True,
    ) -> Result:
        command, *words = argv[1:]
        assert (command, stdin, cwd, check) == ("pull", None, None, False)
        assert timeout is not None
        assert env is not None
        options = dict(zip(words[1::2], words[2::2], strict=True))
        name, version = words[0].rpartition("/")[2], options["--version"].removeprefix("^")
        self.pulled.append(f"{name} {version}")
        package = self.packages / f"{name}-{version}.tgz"
        if not package.exists():
            return Result(argv=tuple(argv), returncode=1, stdout="", stderr="Error: no such host")
        shutil.copy(package, options["--destination"])
        return Result(argv=tuple(argv), returncode=0, stdout="", stderr="")

    @property
    def helm(self) -> Helm:
        """The Helm."""
        return Helm(Path("/bin/helm"), (4, 3, 0), self)


def write_mirror(directory: Path) -> Path:
    """Write a chart mirror with the stand-in, and a tiny chart for each other dependency of our charts."""
    ours = [find_chart(HERE, name) for name in ("basehub", "support")]
    for dependency in (each for chart in ours for each in chart.dependencies):
        if dependency.name != "jupyterhub":
            schema = '{"properties": {"port": {"type": "integer"}}}'
            files = {"values.schema.json": schema}
            values = _KEYS.get(dependency.name)
            write_chart(directory / dependency.name, version=dependency.version, files=files, values=values)
    stand_in = os.path.relpath(HERE / "jupyterhub", directory)
    (directory / "substitutes.yaml").write_text(f"jupyterhub: {{path: {stand_in}, reason: a test}}")
    return directory
