"""Starting programs: real ones, since nothing else proves signals and pipes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from deployer.errors import DeployerError, Interrupted
from deployer.interruption import Interruption
from deployer.tools.process import ProgramFailed, ProgramMissing, Programs

pytestmark = pytest.mark.integration


@pytest.fixture
def programs() -> Programs:
    environ = {"PATH": os.environ["PATH"], "KUBECONFIG": "/theirs", "AWS_PROFILE": "theirs", "LANG": "C"}
    return Programs(environ=environ, interruption=Interruption())


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_and_input_pass_through_pipes(programs: Programs) -> None:
    result = programs.run(python("import sys; print(sys.stdin.read().upper())"), stdin="secret")
    assert result.stdout == "SECRET\n"


def test_a_child_sees_only_the_listed_environment_and_what_it_is_given(programs: Programs) -> None:
    code = "import os; print(sorted(set(os.environ) - {'LC_CTYPE', '__CF_USER_TEXT_ENCODING'}))"
    assert programs.run(python(code), env={"GIVEN": "1"}).stdout == "['GIVEN', 'LANG', 'PATH']\n"


def test_a_failure_carries_the_last_lines_of_stderr(programs: Programs) -> None:
    with pytest.raises(ProgramFailed) as caught:
        programs.run(python("import sys; [print(n, file=sys.stderr) for n in range(50)]; sys.exit(3)"))
    lines = caught.value.message.splitlines()
    assert lines[0].endswith("failed with exit code 3")
    assert lines[1:] == [str(number) for number in range(30, 50)]


def test_a_missing_program_is_named(programs: Programs) -> None:
    with pytest.raises(ProgramMissing, match="program not found: no-such-program"):
        programs.run(["no-such-program"])


def test_a_program_that_takes_too_long_is_stopped_with_its_children(
    programs: Programs, tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    code = (
        f"import subprocess, time; p = subprocess.Popen(['sleep', '600']); "
        f"open({str(pid_file)!r}, 'w').write(str(p.pid)); time.sleep(600)"
    )
    with pytest.raises(DeployerError, match="did not finish within"):
        programs.run(python(code), timeout=3)
    assert_gone(int(pid_file.read_text()))


def test_one_interruption_is_one_sigint_that_the_program_may_take_its_time_for(programs: Programs) -> None:
    code = (
        "import signal, sys, time\n"
        "count = []\n"
        "signal.signal(signal.SIGINT, lambda *_: count.append(1))\n"
        "print('ready', flush=True)\n"
        "while not count: time.sleep(0.01)\n"
        "time.sleep(0.5)\n"
        "open(sys.argv[1], 'w').write(str(len(count)))\n"
    )
    target = Path(os.environ.get("TMPDIR", "/tmp")) / f"deployer-test-{os.getpid()}"
    threading.Timer(1.0, programs.interruption.request).start()
    try:
        with pytest.raises(Interrupted):
            programs.run([*python(code), str(target)])
        assert target.read_text() == "1"
    finally:
        target.unlink(missing_ok=True)


def test_further_interruptions_end_a_program_that_does_not_listen(programs: Programs) -> None:
    code = (
        "import signal, time\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "time.sleep(600)\n"
    )
    for delay in (1.0, 1.1, 1.2):
        threading.Timer(delay, programs.interruption.request).start()
    with pytest.raises(Interrupted):
        programs.run(python(code))


def test_nothing_is_started_after_an_interruption(programs: Programs) -> None:
    programs.interruption.request()
    with pytest.raises(Interrupted):
        programs.run(["true"])


def test_a_background_program_ends_with_the_block(programs: Programs) -> None:
    code = "import time; print('listening', flush=True); time.sleep(600)"
    with programs.background(python(code)) as process:
        assert process.stdout
        assert process.stdout.readline() == "listening\n"
    assert process.returncode == -signal.SIGTERM


def test_a_daemon_outlives_us_and_writes_its_log(programs: Programs, tmp_path: Path) -> None:
    log = tmp_path / "log"
    pid = programs.daemon(python("import time; print('up', flush=True); time.sleep(600)"), log=log)
    try:
        wait_for(lambda: log.read_text() == "up\n")
        assert os.getsid(pid) == pid, "it must not hear our terminal's signals"
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="no setpriv here (Linux, util-linux)")
def test_a_program_ends_when_we_are_killed(tmp_path: Path) -> None:
    ours = (
        "import os; from deployer.interruption import Interruption; "
        "from deployer.tools.process import Programs; "
        "Programs(environ=dict(os.environ), interruption=Interruption())"
        ".run(['sh', '-c', 'echo $$ > pid.new; mv pid.new pid; exec sleep 600'])"
    )
    pid_file = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", ours], cwd=tmp_path) as process:
        wait_for(pid_file.exists)
        process.kill()
    assert_gone(int(pid_file.read_text()))


def assert_gone(pid: int) -> None:
    def gone() -> bool:
        try:
            return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
        except FileNotFoundError:
            return True

    wait_for(gone)


def wait_for(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
