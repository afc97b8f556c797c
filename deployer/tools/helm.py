"""Helm, 3.14 or newer and 4.x: argument lists, and running them.

Every run has an environment of its own (`home`), gets values on stdin, and never shows a secret: values are
neither in an argument list nor in a file, and what Helm says when it fails is redacted.
"""

from __future__ import annotations

import json
import math
import os
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from deployer.errors import DeployerError
from deployer.tools.process import ProgramFailed, ProgramMissing, Result, Runner
from deployer.tools.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

Version = tuple[int, int, int]

_OLDEST: Version = (3, 14, 0)
_NEXT_MAJOR = 5
_INSTALL_HINT = "run `make tools`, or install Helm 3.14 or newer"

# A bound for the worst case only. Helm's own pruning does not know which revisions proved good; a deploy
# prunes by itself, and keeps those.
_HISTORY_MAX = 100

# Characters that JSON may hold as they are and YAML may not, or reads as a line break.
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


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
        argv = template_argv(self, chart, release=release, namespace=namespace, kube_version=kube_version)
        return self._run(argv, home=home, stdin=values_text(values), secrets=secrets).stdout

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
        argv = upgrade_argv(
            self, chart, release=release, namespace=namespace, timeout=timeout, description=description
        )
        self._run(argv, home=home, kubeconfig=kubeconfig, stdin=values_text(values), secrets=secrets)

    def history(self, release: str, *, namespace: str, home: Path, kubeconfig: Path) -> tuple[Revision, ...]:
        """Return the revisions of a release, oldest first; none when there is no such release."""
        argv = history_argv(self, release, namespace=namespace)
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
        argv = rollback_argv(self, release, revision, namespace=namespace, timeout=timeout)
        self._run(argv, home=home, kubeconfig=kubeconfig, secrets=secrets)

    def pull(
        self, name: str, version: str, repository: str, destination: Path, *, home: Path, timeout: float = 60
    ) -> Path:
        """Download the package of a chart into an empty directory and return the file's path."""
        argv = pull_argv(self, name, version, repository, destination)
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
    ) -> Result:
        result = self.runner.run(
            argv, stdin=stdin, env=environment(home, kubeconfig), timeout=timeout, check=False
        )
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
        shown = ".".join(map(str, version))
        raise DeployerError(
            f"Helm {shown} can't be used, 3.14 or newer is needed: {program}", hint=_INSTALL_HINT
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


def values_text(values: Mapping[str, Any]) -> str:
    """Return values in the form that Helm reads from stdin: JSON, which is YAML once these are escaped.

    YAML knows no surrogate pairs, so characters stay as they are, but for those that YAML refuses.
    """
    try:
        text = json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise DeployerError(f"values that can't be given to Helm: {error}") from None
    return _NOT_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def template_argv(
    helm: Helm, chart: Path, *, release: str, namespace: str, kube_version: str
) -> tuple[str, ...]:
    """Return the command that renders a chart: with its custom resources, as an installation has them."""
    return (
        *(str(helm.program), "template", release, str(chart)),
        *("--namespace", namespace, "--kube-version", kube_version, "--include-crds", "--values", "-"),
    )


def upgrade_argv(
    helm: Helm, chart: Path, *, release: str, namespace: str, timeout: float, description: str
) -> tuple[str, ...]:
    """Return the command that installs or upgrades a release."""
    return (
        *(str(helm.program), "upgrade", release, str(chart), "--install", "--create-namespace"),
        *("--namespace", namespace, "--values", "-", "--description", description),
        *_writing(helm, timeout),
    )


def history_argv(helm: Helm, release: str, *, namespace: str) -> tuple[str, ...]:
    """Return the command that lists the revisions of a release."""
    return (str(helm.program), "history", release, "--namespace", namespace, "--output", "json")


def rollback_argv(
    helm: Helm, release: str, revision: int, *, namespace: str, timeout: float
) -> tuple[str, ...]:
    """Return the command that goes back to a revision."""
    argv = (str(helm.program), "rollback", release, str(revision), "--namespace", namespace)
    return (*argv, *_writing(helm, timeout))


def pull_argv(helm: Helm, name: str, version: str, repository: str, destination: Path) -> tuple[str, ...]:
    """Return the command that downloads a chart's package from a repository or an OCI registry."""
    pull = (str(helm.program), "pull")
    options = ("--version", version, "--destination", str(destination))
    if repository.startswith("oci://"):
        return (*pull, f"{repository.rstrip('/')}/{name}", *options)
    return (*pull, name, "--repo", repository, *options)


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


def _writing(helm: Helm, timeout: float) -> tuple[str, ...]:
    """Return the options of a command that changes a release.

    Helm 3 waits for hooks when not told otherwise; Helm 4 is told so. Objects are patched by the client on
    both majors: a release keeps one method whichever Helm an operator or CI has, and a field that somebody
    changed by hand (`kubectl scale`) is set again instead of failing the upgrade with a conflict.
    """
    common = ("--timeout", f"{math.ceil(timeout)}s", "--history-max", str(_HISTORY_MAX))
    if helm.major == 3:
        return common
    return (*common, "--wait=hookOnly", "--server-side=false")
