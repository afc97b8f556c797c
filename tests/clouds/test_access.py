"""Ways into clusters of each provider: whole argument lists, private files, refused accounts.

The clouds themselves are out of reach here; what their programs are told is what can be proven.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml

from deployer import clouds
from deployer.errors import DeployerError
from deployer.fleet.documents import Document
from deployer.fleet.model import Aws, Azure, Cluster, Gcp, Kubeconfig, Local, Provider
from tests.tools.fake_runner import Call, FakeRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deployer.session import Session

KUBECONFIG = {"users": [{"name": "u", "user": {"exec": {"command": "plugin", "env": None}}}]}


def cluster(provider: Provider, directory: Path) -> Cluster:
    document = Document(path=directory / "cluster.yaml", name="cluster.yaml", data={}, marks={})
    return Cluster(
        name="c",
        provider=provider,
        directory=directory,
        hubs=(),
        kubernetes_version="1.34",
        document=document,
    )


def writes_kubeconfig(path: Path) -> Callable[[Mapping[str, str]], None]:
    def write(_env: Mapping[str, str]) -> None:
        path.write_text(yaml.safe_dump(KUBECONFIG))

    return write


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What every encrypted file decrypts to."""
    content: dict[str, Any] = {}

    def decrypt(_runner: object, _path: Path, **_kwargs: object) -> dict[str, Any]:
        return content

    monkeypatch.setattr("deployer.tools.sops.decrypt", decrypt)
    return content


def enter(
    session: Session, given: Cluster, directory: Path, *calls: Call
) -> tuple[clouds.Access, FakeRunner]:
    runner = FakeRunner(deque(calls))
    access = clouds.of(given.provider).access(session, given, directory, runner.programs)
    assert runner.all_used()
    return access, runner


def test_gcp_logs_in_with_the_key_in_a_configuration_of_its_own(
    session: Session, tmp_path: Path, secret: dict[str, Any]
) -> None:
    secret["type"] = "service_account"
    kubeconfig = tmp_path / "kubeconfig"
    access, runner = enter(
        session,
        cluster(Gcp(key="enc-key.json", project="p", cluster="k", location="z"), tmp_path),
        tmp_path,
        Call(
            argv=[
                "gcloud",
                "auth",
                "activate-service-account",
                f"--key-file={tmp_path / 'key.json'}",
                "--quiet",
            ]
        ),
        Call(
            argv=[
                *("gcloud", "container", "clusters", "get-credentials", "k"),
                *("--location=z", "--project=p", "--quiet"),
            ],
            effect=writes_kubeconfig(kubeconfig),
        ),
    )
    assert access.kubeconfig == kubeconfig
    assert {env["CLOUDSDK_CONFIG"] for env in runner.environments} == {str(tmp_path / "gcloud")}
    plugin = yaml.safe_load(kubeconfig.read_text())["users"][0]["user"]["exec"]
    assert {"name": "CLOUDSDK_CONFIG", "value": str(tmp_path / "gcloud")} in plugin["env"]
    assert json.loads((tmp_path / "key.json").read_text()) == secret
    for file in (kubeconfig, tmp_path / "key.json"):
        assert file.stat().st_mode & 0o077 == 0, file


def test_programs_that_talk_to_google_get_the_key_as_a_private_file_and_nothing_of_the_operators(
    session: Session, tmp_path: Path, secret: dict[str, Any]
) -> None:
    secret["private_key"] = "marker"
    own = {"GOOGLE_OAUTH_ACCESS_TOKEN": "own", "CLOUDSDK_CONFIG": "/own", "OTHER": "x"}
    runner = FakeRunner(deque())
    given = cluster(Gcp(key="enc-key.json", project="p", cluster="k", location="z"), tmp_path)
    env = clouds.builder(cast("Gcp", given.provider)).credentials(
        replace(session, environ=own), given, tmp_path, runner.programs
    )
    key = tmp_path / "key.json"
    assert env == {
        "CLOUDSDK_CONFIG": str(tmp_path / "gcloud"),
        "GOOGLE_APPLICATION_CREDENTIALS": str(key),
    }
    assert json.loads(key.read_text()) == secret
    assert key.stat().st_mode & 0o077 == 0


def test_programs_that_talk_to_google_are_the_operator_without_a_key(
    session: Session, tmp_path: Path
) -> None:
    own = {"GOOGLE_IMPERSONATE_SERVICE_ACCOUNT": "a@p", "CLOUDSDK_CONFIG": "/own", "AWS_PROFILE": "x"}
    given = cluster(Gcp(key=None, project="p", cluster="k", location="z"), tmp_path)
    env = clouds.builder(cast("Gcp", given.provider)).credentials(
        replace(session, environ=own), given, tmp_path, FakeRunner(deque()).programs
    )
    assert env == {"GOOGLE_IMPERSONATE_SERVICE_ACCOUNT": "a@p", "CLOUDSDK_CONFIG": "/own"}


def test_aws_uses_the_key_and_nothing_of_the_operators_profiles(
    session: Session, tmp_path: Path, secret: dict[str, Any]
) -> None:
    secret["AccessKey"] = {"AccessKeyId": "id", "SecretAccessKey": "marker"}
    kubeconfig = tmp_path / "kubeconfig"
    access, runner = enter(
        session,
        cluster(Aws(key="enc-key.json", account="012345678901", cluster="k", region="r"), tmp_path),
        tmp_path,
        Call(
            argv=["aws", "sts", "get-caller-identity", "--output=json"],
            stdout=json.dumps({"Account": "012345678901"}),
        ),
        Call(
            argv=["aws", "eks", "update-kubeconfig", "--name=k", "--region=r", f"--kubeconfig={kubeconfig}"],
            effect=writes_kubeconfig(kubeconfig),
        ),
    )
    assert access.env["AWS_SECRET_ACCESS_KEY"] == "marker"
    assert not Path(access.env["AWS_CONFIG_FILE"]).exists()
    assert runner.environments[0]["AWS_ACCESS_KEY_ID"] == "id"
    # Without a profile, nothing else says to the first of these programs which region is meant.
    regions = {env["AWS_DEFAULT_REGION"] for env in runner.environments}
    assert regions == {env["AWS_REGION"] for env in runner.environments} == {"r"}


def test_aws_refuses_credentials_of_another_account_before_anything_else(
    session: Session, tmp_path: Path, secret: dict[str, Any]
) -> None:
    secret.update(AccessKeyId="id", SecretAccessKey="marker")
    given = cluster(Aws(key="enc-key.json", account="012345678901", cluster="k", region="r"), tmp_path)
    identity = Call(
        argv=["aws", "sts", "get-caller-identity", "--output=json"], stdout='{"Account": "999999999999"}'
    )
    with pytest.raises(DeployerError, match="wrong account: the credentials are of 999999999999"):
        enter(session, given, tmp_path, identity)


def test_azure_passes_the_password_in_a_private_file(
    session: Session, tmp_path: Path, secret: dict[str, Any]
) -> None:
    secret.update(tenant_id="t", service_principal_id="s", service_principal_password="marker")
    kubeconfig = tmp_path / "kubeconfig"
    access, _runner = enter(
        session,
        cluster(Azure(key="enc-key.json", resource_group="g", cluster="k"), tmp_path),
        tmp_path,
        Call(
            argv=[
                *("az", "login", "--service-principal", "--tenant=t", "--username=s"),
                *("--password", f"@{tmp_path / 'password'}", "--output=none"),
            ]
        ),
        Call(
            argv=[
                *("az", "aks", "get-credentials", "--resource-group=g", "--name=k"),
                *(f"--file={kubeconfig}", "--output=none"),
            ],
            effect=writes_kubeconfig(kubeconfig),
        ),
    )
    assert access.env == {"AZURE_CONFIG_DIR": str(tmp_path / "azure")}
    assert (tmp_path / "password").stat().st_mode & 0o077 == 0


SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
BUILT = Azure(
    key="enc-key.json", resource_group="g", cluster="k", location="westeurope", subscription=SUBSCRIPTION
)


def test_azure_asks_entra_by_the_log_in_that_is_there(session: Session, tmp_path: Path) -> None:
    """Where Entra says who somebody is, kubelogin would want a page to be opened, and CI has none."""
    kubeconfig = tmp_path / "kubeconfig"
    plugin = {"users": [{"name": "u", "user": {"exec": {"command": "kubelogin", "env": None}}}]}

    def entra(_env: Mapping[str, str]) -> None:
        kubeconfig.write_text(yaml.safe_dump(plugin))

    enter(
        session,
        cluster(replace(BUILT, key=None), tmp_path),
        tmp_path,
        Call(
            argv=[
                *("az", "aks", "get-credentials", f"--subscription={SUBSCRIPTION}"),
                *("--resource-group=g", "--name=k", f"--file={kubeconfig}", "--output=none"),
            ],
            effect=entra,
        ),
        Call(
            argv=["kubelogin", "convert-kubeconfig", "--login=azurecli", f"--kubeconfig={kubeconfig}"],
        ),
    )
    assert kubeconfig.stat().st_mode & 0o077 == 0


def test_programs_that_talk_to_azure_get_the_key_and_nothing_of_the_operators(
    session: Session, tmp_path: Path, secret: dict[str, Any]
) -> None:
    secret.update(tenant_id="t", service_principal_id="s", service_principal_password="marker")
    own = {"ARM_CLIENT_ID": "own", "ARM_SUBSCRIPTION_ID": "other", "AZURE_CONFIG_DIR": "/own", "OTHER": "x"}
    given = cluster(BUILT, tmp_path)
    runner = FakeRunner(deque())
    env = clouds.builder(BUILT).credentials(replace(session, environ=own), given, tmp_path, runner.programs)
    assert env == {
        "ARM_CLIENT_ID": "s",
        "ARM_CLIENT_SECRET": "marker",
        "ARM_SUBSCRIPTION_ID": SUBSCRIPTION,
        "ARM_TENANT_ID": "t",
        "ARM_USE_CLI": "false",
        "AZURE_CONFIG_DIR": str(tmp_path / "azure"),
    }


def test_without_a_key_it_is_the_operators_own_log_in_to_the_subscription_that_is_named(
    session: Session, tmp_path: Path
) -> None:
    own = {"ARM_USE_OIDC": "true", "ARM_SUBSCRIPTION_ID": "other", "AZURE_CONFIG_DIR": "/own", "OTHER": "x"}
    given = cluster(replace(BUILT, key=None), tmp_path)
    runner = FakeRunner(deque())
    env = clouds.builder(BUILT).credentials(replace(session, environ=own), given, tmp_path, runner.programs)
    assert env == {
        "ARM_SUBSCRIPTION_ID": SUBSCRIPTION,
        "ARM_USE_OIDC": "true",
        "AZURE_CONFIG_DIR": "/own",
    }


@pytest.mark.parametrize(
    ("provider", "missing"),
    [
        (Aws(key="k", account="0", cluster="k", region="r"), "AccessKeyId"),
        (Azure(key="k", resource_group="g", cluster="k"), "tenant_id"),
    ],
    ids=["aws", "azure"],
)
@pytest.mark.usefixtures("secret")
def test_a_key_file_without_the_key_says_what_it_should_hold(
    session: Session, tmp_path: Path, provider: Provider, missing: str
) -> None:
    with pytest.raises(DeployerError, match=f"lacks .*{missing}") as caught:
        enter(session, cluster(provider, tmp_path), tmp_path)
    assert caught.value.hint


def test_an_encrypted_kubeconfig_is_decrypted_into_the_private_directory(
    session: Session, tmp_path: Path, secret: dict[str, Any]
) -> None:
    secret["clusters"] = []
    access, _ = enter(session, cluster(Kubeconfig(file="enc-kubeconfig.yaml"), tmp_path / "c"), tmp_path)
    assert access.kubeconfig.parent == tmp_path
    assert yaml.safe_load(access.kubeconfig.read_text()) == {"clusters": []}
    assert access.kubeconfig.stat().st_mode & 0o077 == 0


def test_a_plain_kubeconfig_is_used_where_it_is(session: Session, tmp_path: Path) -> None:
    access, _ = enter(session, cluster(Kubeconfig(file="kubeconfig.yaml"), tmp_path / "c"), tmp_path)
    assert access.kubeconfig == tmp_path / "c" / "kubeconfig.yaml"


def test_without_a_local_cluster_the_next_step_is_named(session: Session, tmp_path: Path) -> None:
    with pytest.raises(DeployerError) as caught:
        enter(session, cluster(Local(), tmp_path), tmp_path)
    assert caught.value.hint == "run `deployer local up`"
