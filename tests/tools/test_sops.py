"""sops: what is run, what it is told of our environment, and that nothing decrypted gets out."""

from __future__ import annotations

import os
import traceback
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.errors import DeployerError
from deployer.interruption import Interruption
from deployer.tools import sops
from deployer.tools.process import ProgramMissing, Programs
from tests.tools.age_key import age_key
from tests.tools.fake_runner import Call, FakeRunner

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE, NAME = Path("/fleet/enc-hub.secret.values.yaml"), "config/clusters/c/enc-hub.secret.values.yaml"
ARGV = ["sops", "--decrypt", "--output-type", "json", str(FILE)]
SECRET = "marker-of-a-secret"


@pytest.fixture
def runner() -> Iterator[FakeRunner]:
    fake = FakeRunner()
    yield fake
    assert fake.all_used()


def decrypt(runner: FakeRunner, call: Call, **environ: str) -> dict[str, Any]:
    runner.expected = deque([call])
    return sops.decrypt(runner, FILE, environ=environ, name=NAME)


def test_the_content_comes_from_stdout_whatever_the_files_format(runner: FakeRunner) -> None:
    text = '{"jupyterhub": {"n": 1, "t": true, "s": "ü", "l": [null]}}'
    assert decrypt(runner, Call(argv=ARGV, stdout=text)) == {
        "jupyterhub": {"n": 1, "t": True, "s": "ü", "l": [None]}
    }


def test_sops_sees_what_leads_to_keys_and_nothing_else_of_ours(runner: FakeRunner) -> None:
    keys = {
        "SOPS_AGE_KEY": "1",
        "SOPS_AGE_KEY_FILE": "2",
        "AWS_PROFILE": "3",
        "GOOGLE_APPLICATION_CREDENTIALS": "4",
        "CLOUDSDK_CONFIG": "5",
        "AZURE_CLIENT_ID": "6",
        "VAULT_TOKEN": "7",
    }
    decrypt(runner, Call(argv=ARGV, stdout="{}"), **keys, KUBECONFIG="theirs", HELM_DEBUG="1")
    assert runner.environments == [keys]


@pytest.mark.parametrize(
    ("returncode", "message", "hint"),
    [
        (128, f"no key to decrypt: {NAME}", "SOPS_AGE_KEY_FILE"),
        (51, f"encrypted file is damaged, or was edited without sops: {NAME}", "git checkout"),
        (25, f"encrypted file is damaged, or was edited without sops: {NAME}", "git checkout"),
    ],
)
def test_what_the_user_can_do_about_it_is_said(
    runner: FakeRunner, returncode: int, message: str, hint: str
) -> None:
    with pytest.raises(DeployerError) as caught:
        decrypt(runner, Call(argv=ARGV, returncode=returncode, stderr="long story"))
    assert caught.value.message == message
    assert hint in (caught.value.hint or "")


def test_any_other_failure_shows_what_sops_said(runner: FakeRunner) -> None:
    with pytest.raises(DeployerError) as caught:
        decrypt(runner, Call(argv=ARGV, returncode=1, stderr="sops metadata not found\n"))
    assert caught.value.message == f"`sops` failed with exit code 1: {NAME}\nsops metadata not found"


@pytest.mark.parametrize(
    "call",
    [
        Call(argv=ARGV, stdout=f'{{"half": "{SECRET}'),
        Call(argv=ARGV, stdout=f'["{SECRET}"]'),
        Call(argv=ARGV, stdout=SECRET, returncode=1),
        Call(argv=ARGV, stdout=SECRET, returncode=128),
    ],
)
def test_nothing_decrypted_is_in_an_error_or_what_it_is_chained_to(runner: FakeRunner, call: Call) -> None:
    with pytest.raises(DeployerError) as caught:
        decrypt(runner, call)
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__)


def test_without_sops_the_hint_says_how_to_install_it() -> None:
    class Nothing(FakeRunner):
        def run(self, *_args: Any, **_kwargs: Any) -> Any:
            raise ProgramMissing("sops")

    with pytest.raises(ProgramMissing) as caught:
        sops.decrypt(Nothing(), FILE, environ={}, name=NAME)
    assert "go install github.com/getsops/sops/v3/cmd/sops" in (caught.value.hint or "")


# With the real program.

CONTENT = f"""\
# a comment
jupyterhub:
    hub:
        config:
            GitHubOAuthenticator:
                client_secret: {SECRET}
        extraFiles:
            quota: {{mode: 420, on: true, ratio: 0.5, text: "yes", nothing: null}}
    list: [one, {{two: 2}}]
"""


@dataclass(frozen=True)
class Encrypted:
    """A file, what its content is, and what leads to its key."""

    path: Path
    programs: Programs
    environ: dict[str, str]

    def decrypt(self, **environ: str) -> dict[str, Any]:
        return sops.decrypt(self.programs, self.path, environ={**self.environ, **environ}, name=NAME)


@pytest.fixture
def encrypted(tmp_path: Path, repository: Path) -> Encrypted:
    programs = Programs(environ=os.environ, interruption=Interruption(), path=(repository / ".tools/bin",))
    if programs.find("sops") is None:
        pytest.skip("not installed: sops (`make tools-all` builds it)")
    identity, recipient = age_key()
    (tmp_path / "key.txt").write_text(identity)
    path = tmp_path / "enc-hub.secret.values.yaml"
    path.write_text(CONTENT)
    programs.run(["sops", "--encrypt", "--age", recipient, "--in-place", str(path)])
    return Encrypted(path, programs, {"SOPS_AGE_KEY_FILE": str(tmp_path / "key.txt")})


@pytest.mark.integration
def test_a_real_file_comes_back_as_it_was_with_its_types(encrypted: Encrypted) -> None:
    assert SECRET not in encrypted.path.read_text()
    assert encrypted.decrypt() == {
        "jupyterhub": {
            "hub": {
                "config": {"GitHubOAuthenticator": {"client_secret": SECRET}},
                "extraFiles": {
                    "quota": {"mode": 420, "on": True, "ratio": 0.5, "text": "yes", "nothing": None}
                },
            },
            "list": ["one", {"two": 2}],
        }
    }


@pytest.mark.integration
def test_decrypting_writes_nothing(encrypted: Encrypted, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    encrypted.decrypt()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.integration
def test_another_persons_key_is_no_key(encrypted: Encrypted) -> None:
    identity, _ = age_key()
    with pytest.raises(DeployerError, match="no key to decrypt: config"):
        encrypted.decrypt(SOPS_AGE_KEY_FILE=os.devnull, SOPS_AGE_KEY=identity)


@pytest.mark.integration
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            lambda text: text.replace("- one", "- two").replace("two:", "three:"), id="a key renamed"
        ),
        pytest.param(
            lambda text: text.replace("secret: ENC[AES256_GCM,data:", "secret: ENC[AES256_GCM,data:AAAA"),
            id="a value changed",
        ),
        pytest.param(lambda text: "plain: added\n" + text, id="a plain value added"),
    ],
)
def test_a_damaged_file_is_refused(encrypted: Encrypted, damage: Any) -> None:
    encrypted.path.write_text(damage(encrypted.path.read_text()))
    with pytest.raises(DeployerError, match=f"is damaged, or was edited without sops: {NAME}"):
        encrypted.decrypt()


@pytest.mark.integration
def test_a_file_that_is_not_encrypted_is_refused(encrypted: Encrypted) -> None:
    encrypted.path.write_text(CONTENT)
    with pytest.raises(DeployerError, match="sops metadata not found"):
        encrypted.decrypt()
