"""Helm, 3.14 or newer and 4.x, and what it says.

Every run has an environment of its own (`home`), gets values on stdin, and never shows a secret: values are
neither in an argument list nor in a file, and what Helm says when it fails is redacted.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from deployer.errors import DeployerError
from deployer.tools import helm_commands as commands
from deployer.tools.helm_values import nulls, values_text
from deployer.tools.process import ProgramFailed, ProgramMissing, Result, Runner
from deployer.tools.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

Version = tuple[int, int, int]

_OLDEST: Version = (3, 14, 0)
_NEXT_MAJOR = 5
# Older ones ignore a null over the default of a dependency (helm/helm, "merge null child chart objects").
_NULLS_SINCE: Version = (3, 17, 1)
# A render takes a tenth of a second, of which Go would spend a quarter on collecting garbage.
_SHORT_LIVED = {"GOGC": "400"}
_INSTALL_HINT = "run `make tools`, or install Helm 3.14 or newer"


class Finder(Runner, Protocol):
    """A Runner that also knows where programs are installed."""

    def find(self, name: str) -> Path | None:
        """Return where a program is installed, or None."""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One entry of a release's history. `status` is Helm's: deployed, failed, pending-upgrade ..."""

    number: int
    status: str
    chart: str
    description: str
    updated: datetime | None


@dataclass(frozen=True)
class Helm:
    """An installed Helm."""

    program: Path
    version: Version
    runner: Runner

    @property
    def major(self) -> int:
        """The major version, which decides about flags."""
        return self.version[0]

    def with_runner(self, runner: Runner) -> Helm:
        """Return the same Helm, started by another runner (one that listens to another interruption)."""
        return replace(self, runner=runner)

    def template(
        self,
        chart: Path,
        *,
        release: str,
        namespace: str,
        values: Mapping[str, Any],
        kube_version: str,
        home: Path,
        secrets: Collection[str] = (),
    ) -> str:
        """Return the manifests of a chart; no cluster is asked anything.

        `secrets` are texts that must not appear in an error's message.
        """
        _require_nulls(self, values)
        argv = commands.template_argv(
            self, chart, release=release, namespace=namespace, kube_version=kube_version
        )
        given = values_text(values)
        return self._run(argv, home=home, stdin=given, secrets=secrets, env=_SHORT_LIVED).stdout

    def upgrade(
        self,
        chart: Path,
        *,
        release: str,
        namespace: str,
        values: Mapping[str, Any],
        home: Path,
        kubeconfig: Path,
        timeout: float,
        description: str,
        secrets: Collection[str] = (),
    ) -> None:
        """Install or upgrade a release, and wait for its hooks only. `timeout` is in seconds, per hook."""
        _require_nulls(self, values)
        argv = commands.upgrade_argv(
            self, chart, release=release, namespace=namespace, timeout=timeout, description=description
        )
        self._run(argv, home=home, kubeconfig=kubeconfig, stdin=values_text(values), secrets=secrets)

    def history(self, release: str, *, namespace: str, home: Path, kubeconfig: Path) -> tuple[Revision, ...]:
        """Return the revisions of a release, oldest first; none when there is no such release."""
        argv = commands.history_argv(self, release, namespace=namespace)
        result = self._run(argv, home=home, kubeconfig=kubeconfig, check=False)
        if result.returncode != 0:
            if "release: not found" in result.stderr:
                return ()
            raise ProgramFailed(result)
        return parse_history(result.stdout)

    def rollback(
        self,
        release: str,
        revision: int,
        *,
        namespace: str,
        home: Path,
        kubeconfig: Path,
        timeout: float,
        secrets: Collection[str] = (),
    ) -> None:
        """Make an earlier revision the current one again, as a new revision; wait for hooks only."""
        argv = commands.rollback_argv(self, release, revision, namespace=namespace, timeout=timeout)
        self._run(argv, home=home, kubeconfig=kubeconfig, secrets=secrets)

    def pull(
        self, name: str, version: str, repository: str, destination: Path, *, home: Path, timeout: float = 60
    ) -> Path:
        """Download the package of a chart into an empty directory and return the file's path."""
        argv = commands.pull_argv(self, name, version, repository, destination)
        self._run(argv, home=home, timeout=timeout)
        found = sorted(destination.glob("*.tgz"))
        if len(found) != 1:
            raise DeployerError(f"`helm pull` left {len(found)} packages instead of 1: {name} {version}")
        return found[0]

    def _run(
        self,
        argv: Sequence[str],
        *,
        home: Path,
        kubeconfig: Path | None = None,
        stdin: str | None = None,
        timeout: float | None = None,
        secrets: Collection[str] = (),
        check: bool = True,
        env: Mapping[str, str] = MappingProxyType({}),
    ) -> Result:
        own = {**environment(home, kubeconfig), **env}
        result = self.runner.run(argv, stdin=stdin, env=own, timeout=timeout, check=False)
        if check and result.returncode != 0:
            raise ProgramFailed(
                Result(
                    argv=result.argv,
                    returncode=result.returncode,
                    stdout=redact(result.stdout, secrets),
                    stderr=redact(result.stderr, secrets),
                )
            )
        return result


def find_helm(runner: Finder) -> Helm:
    """Return the installed Helm, or raise DeployerError when there is none or one that can't be used."""
    program = runner.find("helm")
    if program is None:
        raise ProgramMissing("helm", hint=_INSTALL_HINT)
    said = runner.run([str(program), "version", "--template", "{{.Version}}"]).stdout
    version = parse_version(said)
    if not _OLDEST <= version < (_NEXT_MAJOR, 0, 0):
        raise DeployerError(
            f"Helm {_dotted(version)} can't be used, 3.14 or newer is needed: {program}", hint=_INSTALL_HINT
        )
    return Helm(program, version, runner)


def parse_version(text: str) -> Version:
    """Return the version in the output of `helm version`; a missing patch number counts as 0."""
    match = re.search(r"v?(\d+)\.(\d+)(?:\.(\d+))?", text)
    if match is None:
        raise DeployerError(f"`helm version` says nothing that looks like a version: {text.strip()!r}")
    return int(match[1]), int(match[2]), int(match[3] or 0)


def environment(home: Path, kubeconfig: Path | None = None) -> dict[str, str]:
    """Return Helm's environment: nothing of the operator's own Helm or Kubernetes configuration."""
    return {
        "HELM_CACHE_HOME": str(home / "cache"),
        "HELM_CONFIG_HOME": str(home / "config"),
        "HELM_DATA_HOME": str(home / "data"),
        "KUBECACHEDIR": str(home / "kube-cache"),
        "KUBECONFIG": str(kubeconfig) if kubeconfig else os.devnull,
    }


def _require_nulls(helm: Helm, values: Mapping[str, Any]) -> None:
    at = next(nulls(values), None) if helm.version < _NULLS_SINCE else None
    if at is not None:
        raise DeployerError(
            f"Helm {_dotted(helm.version)} can't take back a default of a chart with null: `{'.'.join(at)}`",
            hint="run `make tools`, or install Helm 3.17.1 or newer",
        )


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))


def parse_history(text: str) -> tuple[Revision, ...]:
    """Return the revisions in the output of `helm history --output json`, oldest first."""
    revisions = [
        Revision(
            number=entry["revision"],
            status=entry["status"],
            chart=entry.get("chart", ""),
            description=entry.get("description", ""),
            updated=datetime.fromisoformat(entry["updated"]) if entry.get("updated") else None,
        )
        for entry in json.loads(text)
    ]
    return tuple(sorted(revisions, key=lambda revision: revision.number))
