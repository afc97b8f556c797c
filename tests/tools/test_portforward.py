"""`kubectl port-forward` as a child: what it is told, what is read from it, and that it never stays."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from deployer.interruption import Interruption
from deployer.tools import portforward
from deployer.tools.portforward import ForwardFailed, forwarded, portforward_argv
from deployer.tools.process import ProgramMissing, Programs
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


def test_the_whole_argument_list() -> None:
    assert portforward_argv("demo", "service/proxy-public", 80) == [
        "kubectl",
        "port-forward",
        "--namespace=demo",
        "--address=127.0.0.1",
        "--pod-running-timeout=10s",
        "service/proxy-public",
        ":80",
    ]


def test_the_port_on_this_machine_can_be_said() -> None:
    assert portforward_argv("demo", "service/x", 80, local=40123)[-1] == "40123:80"


@dataclass
class Kubectl:
    """A kubectl that says a line and ends at once, or is said never to start."""

    lines: list[str | OSError]
    starts: list[str] = field(default_factory=list)

    @contextmanager
    def background(self, argv: list[str], **_options: Any) -> Iterator[Kubectl]:
        self.starts.append(argv[-1])
        line = self.lines.pop(0) if self.lines else ""
        if isinstance(line, OSError):
            raise line
        self.stdout = [line]
        yield self

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    def wait(self, timeout: float) -> None: ...


OPEN = "Forwarding from 127.0.0.1:40123 -> 8000"


def test_a_way_that_can_not_be_opened_again_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portforward, "_PAUSE", 0)
    fake = Kubectl(lines=[OPEN, "", OPEN])
    with forward(cast("Programs", fake)) as port:
        assert port == 40123
        wait_for(lambda: len(fake.starts) == 3 + portforward._FAILURES, "kubectl is started no more")
    assert fake.starts == [":80"] + ["40123:80"] * (2 + portforward._FAILURES)


def test_what_keeps_kubectl_from_starting_is_told_at_once() -> None:
    fake = Kubectl(lines=[OSError(24, "Too many open files")])
    with pytest.raises(OSError, match="Too many open files"), forward(cast("Programs", fake)):
        pass


def kubectl(directory: Path, body: str) -> Programs:
    """Install a kubectl that does what `body` says, in Python."""
    program = directory / "kubectl"
    program.write_text(f"#!{sys.executable}\nimport os, sys, time\n{body}\n")
    program.chmod(0o755)
    return Programs(environ={}, interruption=Interruption(), path=(directory,))


def forward(programs: Programs) -> AbstractContextManager[int]:
    return forwarded(programs, env={"KUBECONFIG": "private"}, namespace="demo", target="service/x", port=80)


@pytest.mark.integration
def test_the_port_that_kubectl_picked_is_given_and_kubectl_ends_with_the_block(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    programs = kubectl(
        tmp_path,
        f"open({str(pid_file)!r}, 'w').write(f'{{os.getpid()}} {{os.environ[\"KUBECONFIG\"]}}')\n"
        "print('Forwarding from 127.0.0.1:40123 -> 8000', flush=True)\n"
        "time.sleep(600)",
    )
    with forward(programs) as port:
        assert port == 40123
        pid, kubeconfig = pid_file.read_text().split()
        os.kill(int(pid), 0)
    assert kubeconfig == "private"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


@pytest.mark.integration
def test_what_kubectl_goes_on_to_say_does_not_halt_it(tmp_path: Path) -> None:
    """It says a line for each connection; more of them than a pipe holds must not block it."""
    done = tmp_path / "done"
    programs = kubectl(
        tmp_path,
        "print('Forwarding from 127.0.0.1:40123 -> 8000', flush=True)\n"
        "for _ in range(20000): print('Handling connection for 40123', flush=True)\n"
        f"open({str(done)!r}, 'w').close()\n"
        "time.sleep(600)",
    )
    with forward(programs):
        deadline = time.monotonic() + 60
        while not done.exists():
            assert time.monotonic() < deadline, "kubectl is blocked"
            time.sleep(0.01)


@pytest.mark.integration
def test_a_kubectl_that_ends_is_started_again_on_the_same_port(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    programs = kubectl(
        tmp_path,
        f"with open({str(starts)!r}, 'a') as file: file.write(sys.argv[-1] + '\\n')\n"
        "print('Forwarding from 127.0.0.1:40123 -> 8000', flush=True)\n"
        f"if len(open({str(starts)!r}).readlines()) > 2: time.sleep(600)",
    )
    with forward(programs) as port:
        assert port == 40123
        wait_for(lambda: len(starts.read_text().split()) == 3, "kubectl is started again, twice")
    assert starts.read_text().split() == [":80", "40123:80", "40123:80"]


@pytest.mark.integration
def test_a_way_that_cannot_be_opened_is_an_error_with_kubectl_s_words(tmp_path: Path) -> None:
    programs = kubectl(tmp_path, "sys.exit('error: services \"x\" not found')")
    with pytest.raises(ForwardFailed) as caught, forward(programs):
        pass
    assert caught.value.message == '`kubectl port-forward service/x` failed\nerror: services "x" not found'


@pytest.mark.integration
def test_a_kubectl_that_says_nothing_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portforward, "_TIMEOUT", 0.2)
    with (
        pytest.raises(ForwardFailed, match=r"was not ready within 0\.2 s"),
        forward(kubectl(tmp_path, "time.sleep(600)")),
    ):
        pass


@pytest.mark.integration
def test_a_missing_kubectl_is_named(tmp_path: Path) -> None:
    programs = replace(kubectl(tmp_path, ""), environ={"PATH": ""}, path=())
    with pytest.raises(ProgramMissing, match="kubectl"), forward(programs):
        pass
