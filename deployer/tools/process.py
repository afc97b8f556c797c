"""The only place that starts programs.

Programs get an argument list (no shell), an environment built for them, a process group of their own,
and input through a pipe. One interruption is passed on as one SIGINT and then waited for, so that a
program such as Terraform can finish what must not be left half-done; a second one is a SIGTERM, a third
a SIGKILL.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from deployer.errors import DeployerError, Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from deployer.interruption import Interruption
    from deployer.session import Session

# What a child may know of our environment. Everything else is given on purpose: a stray HELM_*, KUBECONFIG
# or AWS_* variable of the operator must never decide which cluster is written to.
_INHERITED = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "TERM",
    "TMPDIR",
    "TZ",
    "SHELL",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
    "SSH_AUTH_SOCK",
    "GNUPGHOME",
    "GPG_TTY",
)

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
_SHOWN_LINES = 20


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a finished program left: its exit status and its output as text."""

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str


class ProgramFailed(DeployerError):
    """A program ended with a status other than 0; the last lines of its stderr are in the message."""

    def __init__(self, result: Result, *, hint: str | None = None) -> None:
        shown = (result.stderr.strip() or result.stdout.strip()).splitlines()[-_SHOWN_LINES:]
        super().__init__(
            "\n".join([f"`{Path(result.argv[0]).name}` failed with exit code {result.returncode}", *shown]),
            hint=hint,
        )
        self.result = result


class ProgramMissing(DeployerError):
    """A program that is needed is not installed."""

    def __init__(self, name: str, *, hint: str | None = None) -> None:
        super().__init__(
            f"program not found: {name}", hint=hint or "run `deployer doctor` to see what is missing"
        )
        self.name = name


class Runner(Protocol):
    """Starts programs. The real one is `Programs`; tests pass a strict fake."""

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
        """Run to the end and return the result; raise ProgramFailed on another status when `check`."""


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Runs real programs.

    `environ` is our own environment, of which children see a listed part plus what a call gives as `env`.
    `trace` is told each program that is started.
    `path` are directories searched before those of `PATH`, such as `.tools/bin`. `bound` says whether
    programs are asked to end when we are killed, where the system can do that.
    """

    environ: Mapping[str, str]
    interruption: Interruption
    path: tuple[Path, ...] = ()
    trace: Callable[[str], None] | None = None
    bound: bool = True

    def search_path(self) -> str:
        """Return the value of PATH that children see."""
        return os.pathsep.join([*map(str, self.path), self.environ.get("PATH", os.defpath)])

    def find(self, name: str) -> Path | None:
        """Return where a program is installed, or None."""
        found = shutil.which(name, path=self.search_path())
        return Path(found) if found else None

    def child_environment(self, env: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a child: the listed part of ours, then `env`."""
        inherited = {name: self.environ[name] for name in _INHERITED if name in self.environ}
        return {**inherited, "PATH": self.search_path(), **(env or {})}

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
        """Run a program to its end.

        Raises:
            ProgramMissing: it is not installed.
            ProgramFailed: it ended with a status other than 0 and `check` is set.
            Interrupted: the user asked to stop; the program has ended.
            DeployerError: it did not end within `timeout` seconds, and was stopped.
        """
        self.interruption.check()
        with self._started(argv, env=env, cwd=cwd) as process, self._passing_on_interruption(process):
            try:
                stdout, stderr = process.communicate(stdin if stdin is not None else "", timeout=timeout)
            except subprocess.TimeoutExpired:
                _stop(process)
                message = f"`{Path(argv[0]).name}` did not finish within {timeout:g} s and was stopped"
                raise DeployerError(message) from None
        if self.interruption.requested:
            raise Interrupted("interrupted")
        result = Result(argv=tuple(argv), returncode=process.returncode, stdout=stdout, stderr=stderr)
        if check and result.returncode != 0:
            raise ProgramFailed(result)
        return result

    @contextmanager
    def background(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdout: Path | None = None,
        stderr: Path | None = None,
    ) -> Iterator[subprocess.Popen[str]]:
        """Run a program while the block runs, with its stdout readable line by line; then stop it.

        Its stdout goes to the file `stdout` instead, if one is given; its stderr to `stderr`, or nowhere.
        """
        with ExitStack() as files:
            process = self._spawn(
                argv,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=files.enter_context(stdout.open("ab")) if stdout else subprocess.PIPE,
                stderr=files.enter_context((stderr or Path(os.devnull)).open("ab")),
            )
            try:
                with self._passing_on_interruption(process):
                    yield process
            finally:
                _stop(process)
                if process.stdout:
                    process.stdout.close()

    def daemon(
        self, argv: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> int:
        """Start a program that outlives us, in a session of its own, and return its pid.

        Its stdout and stderr are appended to `log`.
        """
        self.interruption.check()
        with log.open("ab") as sink:
            process = self._spawn(
                argv,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                new_session=True,
            )
        # Popen warns about a child that still runs when the object goes away; this one is meant to.
        process.returncode = 0
        return process.pid

    def interactive(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> int:
        """Run a program on our terminal and return its exit status, as a shell would tell it.

        Ctrl-C is the program's business; SIGTERM ends it.
        """
        program = self._require(argv[0])
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            process = subprocess.Popen(
                [program, *argv[1:]],
                env=self.child_environment(env),
                cwd=cwd,
                preexec_fn=_default_interrupt,  # noqa: PLW1509 single-threaded here, and SIG_IGN would be inherited
            )
            with self.interruption.listening(lambda _count: process.terminate()):
                status = process.wait()
        except OSError as error:
            raise DeployerError(f"`{argv[0]}` cannot be started: {error.strerror}") from error
        finally:
            signal.signal(signal.SIGINT, before)
        return status if status >= 0 else 128 - status

    def _require(self, name: str) -> str:
        found = shutil.which(name, path=self.search_path())
        if found is None:
            raise ProgramMissing(name)
        return found

    def _bound_to_us(self) -> list[str]:
        """Return what makes a program end when we are killed, where the system can do that.

        A helm that goes on alone would outlive the Lease that lets it write.
        """
        setpriv = self.find("setpriv") if self.bound else None
        return [str(setpriv), "--pdeathsig=TERM", "--"] if setpriv else []

    def _spawn(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None,
        cwd: Path | None,
        stdin: int,
        stdout: int | IO[bytes],
        stderr: int | IO[bytes],
        new_session: bool = False,
    ) -> subprocess.Popen[str]:
        program = [self._require(argv[0]), *argv[1:]]
        if self.trace:
            self.trace(f"+ {shown(argv)}")
        return subprocess.Popen(
            program if new_session else [*self._bound_to_us(), *program],
            env=self.child_environment(env),
            cwd=cwd,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=new_session,
            process_group=None if new_session else 0,
        )

    @contextmanager
    def _started(
        self, argv: Sequence[str], *, env: Mapping[str, str] | None, cwd: Path | None
    ) -> Iterator[subprocess.Popen[str]]:
        pipe = subprocess.PIPE
        process = self._spawn(argv, env=env, cwd=cwd, stdin=pipe, stdout=pipe, stderr=pipe)
        try:
            yield process
        finally:
            _stop(process)
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream:
                    with suppress(OSError):  # what could not be written to a dead child does not matter
                        stream.close()

    @contextmanager
    def _passing_on_interruption(self, process: subprocess.Popen[str]) -> Iterator[None]:
        def pass_on(count: int) -> None:
            _signal_group(process, _SIGNALS[min(count, len(_SIGNALS)) - 1])

        with self.interruption.listening(pass_on):
            yield


def programs(session: Session) -> Programs:
    """Return what runs the programs of a session."""
    return Programs(
        environ=session.environ,
        interruption=session.interruption,
        path=session.tools,
        trace=session.trace,
    )


def shown(argv: Sequence[str]) -> str:
    """Return an argument list as a line that can be pasted into a shell."""
    return shlex.join(argv)


def _default_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _stop(process: subprocess.Popen[str], *, patience: float = 10) -> None:
    """End a process group that should no longer run: SIGTERM, then SIGKILL after `patience` seconds."""
    if process.poll() is not None:
        return
    _signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    _signal_group(process, signal.SIGKILL)
    process.wait()
