"""What goes wrong around a run of a real OpenTofu or Terraform: others at work, files that somebody spoilt.

Nobody is to see a traceback, and everybody the next command.
"""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from jsonschema import Draft7Validator

from deployer.fleet.schema_files import whole
from tests.operations.infra.fleets import PATIENCE, needs_terraform

if TYPE_CHECKING:
    from tests.operations.infra.fleets import Fleet

pytestmark = [pytest.mark.integration, needs_terraform]
NOT_BUILT = "error: alps is not built yet\nhint: `deployer infra apply alps` builds it\n"


def while_it_asks(fleet: Fleet, *arguments: str, answer: str, other: list[str]) -> tuple[int, str, str]:
    """Let another machine do something while we ask, then answer; return status, stdout and stderr."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        fleet.argv(*arguments),
        env=fleet.environ,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr
        try:
            said = b""
            while not said.endswith(b"[y/N]: "):
                more = os.read(process.stderr.fileno(), 1)
                assert more, said
                said += more
            # Not through us, so that our own turns on this machine do not come first.
            program = shutil.which("tofu") or shutil.which("terraform") or ""
            subprocess.run(
                [program, *other], cwd=fleet.work, env=fleet.environ, capture_output=True, check=True
            )
            os.write(ours, answer.encode())
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
            os.close(ours)
            os.close(theirs)
    return process.returncode, out.decode(), (said + err).decode()


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_plan_that_another_machine_made_stale_is_not_carried_out(fleet: Fleet, output: str) -> None:
    fleet.well("apply", "alps", "--yes")
    fleet.change("r6i.large", "r6i.xlarge")
    before = fleet.values('terraform_data.pool["core"]')
    status, out, err = while_it_asks(
        fleet,
        *("apply", "alps", "--output", output),
        answer="y\n",
        other=["state", "rm", "terraform_data.network"],
    )
    error, hint = (
        "alps: somebody else changed the state since this plan was made",
        "nothing of it was done; look at it again: `deployer infra plan alps`",
    )
    assert status == 1
    assert err.endswith(f"error: {error}\nhint: {hint}\n")
    assert fleet.values('terraform_data.pool["core"]') == before
    if output == "json":
        told = json.loads(out)
        assert (told["state"], told["error"], told["hint"]) == ("failed", error, hint)
    # What is shown then is what there is by then, and can be done.
    planned = fleet.well("plan", "alps").splitlines()
    assert [line.split()[:2] for line in planned] == [
        ["create", "terraform_data.network"],
        ["replace", 'terraform_data.pool["core"]'],
    ]
    fleet.well("apply", "alps", "--yes")


@pytest.mark.parametrize("command", [("output", "alps"), ("refresh", "alps", "--yes")])
def test_nothing_is_written_of_what_is_not_built(fleet: Fleet, command: tuple[str, ...]) -> None:
    done = fleet.run(*command)
    assert done.returncode == 1
    assert done.stderr.endswith(NOT_BUILT)
    assert not (fleet.directory / "outputs.yaml").exists()
    assert not (fleet.work / "terraform.tfstate").exists()


@pytest.mark.parametrize("spoilt", [b"a: [", b"\xff\xfe", b""])
def test_outputs_that_somebody_spoilt_are_in_nobodys_way_and_are_written_anew(
    fleet: Fleet, spoilt: bytes
) -> None:
    fleet.well("apply", "alps", "--yes")
    path = fleet.directory / "outputs.yaml"
    good = path.read_bytes()
    path.write_bytes(spoilt)
    assert fleet.run("preflight", "alps").returncode == 0
    # It gets as far as to what is wrong for another reason: there is no Kubernetes in `terraform_data`.
    assert fleet.run("upgrade", "alps", "--to", "1.34", "--dry-run").stderr.endswith(NOT_BUILT)
    fleet.well("apply", "alps", "--yes")
    assert path.read_bytes() == good


def test_what_was_let_go_is_readable_after_an_editor_cut_the_end_of_the_last_line(fleet: Fleet) -> None:
    fleet.well("apply", "alps", "--yes")
    path = fleet.directory / "infra-log.yaml"
    path.write_text("- command: apply\n  outcome: done")
    fleet.well("destroy", "alps", "--confirm", "alps")
    assert [each["command"] for each in yaml.safe_load(path.read_text())] == ["apply", "destroy"]


def test_no_policy_is_made_of_a_plan_that_takes_nothing(fleet: Fleet) -> None:
    done = fleet.run("preflight", "alps", "--policy")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(
        "error: alps: the plan takes no permission\n"
        "hint: for all that it may ever take: `deployer infra preflight alps --policy --whole`\n"
    )


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("databases: 3", "`infrastructure.databases` must be a map, not a number"),
        ("admins: [1]", "`infrastructure.admins[0]` must be text, not a number"),
        ("quotas: {L-1216C47A: many}", "`infrastructure.quotas.L-1216C47A` must be a whole number, not text"),
    ],
)
def test_what_the_schema_refuses_is_not_built_even_when_that_is_ignored(
    fleet: Fleet, said: str, error: str
) -> None:
    fleet.change("hubs: []", f"  {said}  # deployer: ignore=schema as a test\nhubs: []")
    done = fleet.run("plan", "alps")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: alps: {error}")
    assert "an `ignore` is heeded by `validate`, not by Terraform" in done.stderr


@pytest.mark.parametrize("command", ["plan", "apply", "refresh"])
@pytest.mark.parametrize("wrong", ["cluster", "file", "address"])
def test_a_program_is_told_in_json_of_each_error(fleet: Fleet, command: str, wrong: str) -> None:
    more = ["--yes"] if command != "plan" else []
    if wrong == "file":
        fleet.change("node_pools:", "node_polls:")
    if wrong == "address" and command != "refresh":
        more += ["--allow-destroy", "terraform_data.network"]
    done = fleet.run(command, "alp" if wrong == "cluster" else "alps", *more, "--output", "json")
    told = json.loads(done.stdout)
    assert not list(Draft7Validator(whole(f"infra-{command}")).iter_errors(told))
    assert (done.returncode, told["state"]) == (1, "failed")
    assert f"error: {told['error']}\nhint: {told['hint']}\n" in done.stderr


def test_a_broken_neighbour_is_in_nobodys_way(fleet: Fleet) -> None:
    bad = fleet.another("bad")
    (bad.directory / "cluster.yaml").write_text("name: [")
    assert fleet.well("versions", "alps").split()[0] == "alps"
    done = fleet.run("locks")
    assert done.returncode == 1
    assert "error: bad: the configuration has 1 error" in done.stderr
    assert done.stderr.endswith("hint: correct the files, then run `deployer validate`\n")


def test_an_address_is_allowed_at_which_nothing_goes(fleet: Fleet) -> None:
    done = fleet.run("plan", "alps", "--allow-destroy", "aws_eks_cluster.this")
    assert done.returncode == 1
    assert done.stderr.endswith("takes nothing protected away there\nhint: leave `--allow-destroy` out\n")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("apply", "error: nobody is there to ask whether to go on\nhint: say `--yes`; nothing was done\n"),
        ("destroy", "error: nobody is there to ask for the cluster's name\nhint: say `--confirm alps`; "),
    ],
)
def test_nobody_is_asked_where_the_input_is_closed(fleet: Fleet, command: str, said: str) -> None:
    if command == "destroy":
        fleet.well("apply", "alps", "--yes")
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *fleet.argv(command, "alps")],
        env=fleet.environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
def test_a_full_disk_is_told_in_a_word(fleet: Fleet) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            fleet.argv("plan", "alps", "--output", "json"),
            env=fleet.environ,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.endswith(
        "error: nothing more can be written: No space left on device\nhint: make room on the disk\n"
    )


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_one_interrupt_ends_a_question(fleet: Fleet, command: str) -> None:
    if command == "destroy":
        fleet.well("apply", "alps", "--yes")
    ours, theirs = pty.openpty()
    pipe = subprocess.PIPE
    with subprocess.Popen(
        fleet.argv(command, "alps"), env=fleet.environ, stdin=theirs, stdout=pipe, stderr=pipe
    ) as process:
        assert process.stderr
        try:
            said = b""
            while not said.endswith((b"[y/N]: ", b"to go on: ")):
                more = os.read(process.stderr.fileno(), 1)
                assert more, said
                said += more
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
            os.close(ours)
            os.close(theirs)
    assert (process.returncode, err) == (130, b"\nerror: interrupted\nhint: nothing was done\n")
    assert (fleet.work / "terraform.tfstate").exists() == (command == "destroy")


@pytest.mark.parametrize("words", [("-help", "x"), ("terraform_data.network", "-x")])
def test_no_option_is_imported(fleet: Fleet, words: tuple[str, str]) -> None:
    done = fleet.run("import", "alps", "--", *words)
    assert (done.returncode, "Error: neither an address nor an id: -" in done.stderr) == (2, True)
