"""Running a command in a container of a pod that runs: `kubectl exec`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deployer.tools.process import Result, Runner

_TIMEOUT = 120.0


def exec_argv(namespace: str, pod: str, container: str, command: Sequence[str]) -> list[str]:
    """Return the argument list."""
    where = [f"--namespace={namespace}", f"pod/{pod}", f"--container={container}"]
    return ["kubectl", "exec", *where, "--", *command]


def exec_in_pod(
    programs: Runner,
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    namespace: str,
    pod: str,
    container: str,
) -> Result:
    """Run a command to its end; its own failure is for the caller to see in the result.

    Raises:
        DeployerError: it did not end in two minutes.
    """
    argv = exec_argv(namespace, pod, container, command)
    return programs.run(argv, env=env, timeout=_TIMEOUT, check=False)
