"""AKS: a kubeconfig made by the Azure command line, in a configuration directory of its own.

Not run against Azure here: argument lists and files are tested, and said so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from deployer.clouds import Access, Given, Homes
from deployer.clouds.credentials import decrypted, give_environment, plugins, write_private
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Azure, Cluster
    from deployer.session import Session
    from deployer.tools.process import Programs

HOMES = Homes(
    disk="",
    # Azure Files knows no newer NFS.
    mount_options=("soft", "noatime", "vers=4.1"),
    provisioner="disk.csi.azure.com",
    parameters={"skuName": "StandardSSD_LRS"},
)
GIVEN = Given(
    # In minutes. Azure's own are 4, after which a notebook that computes in silence would lose its kernel.
    load_balancer={"service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout": "30"}
)
_KUBELOGIN = "kubelogin"
_KEYS = ("tenant_id", "service_principal_id", "service_principal_password")


def login_argv(tenant: str, principal: str, password_file: Path) -> list[str]:
    """Return how az logs in as a service principal; `@FILE` keeps the password out of the argument list."""
    return [
        "az",
        "login",
        "--service-principal",
        f"--tenant={tenant}",
        f"--username={principal}",
        "--password",
        f"@{password_file}",
        "--output=none",
    ]


def credentials_argv(azure: Azure, kubeconfig: Path) -> list[str]:
    """Return how az writes a cluster's credentials into a file."""
    subscription = [f"--subscription={azure.subscription}"] if azure.subscription else []
    return [
        "az",
        "aks",
        "get-credentials",
        *subscription,
        f"--resource-group={azure.resource_group}",
        f"--name={azure.cluster}",
        f"--file={kubeconfig}",
        "--output=none",
    ]


def converted_argv(kubeconfig: Path) -> list[str]:
    """Return how kubelogin is told to use az's log-in, instead of asking somebody to open a page."""
    return [_KUBELOGIN, "convert-kubeconfig", "--login=azurecli", f"--kubeconfig={kubeconfig}"]


def access(session: Session, cluster: Cluster, directory: Path, programs: Programs) -> Access:
    """Log in with the cluster's service principal, or use the operator's own login when it has none.

    A cluster that lets Entra say who somebody is needs `kubelogin` too.
    """
    azure = cast("Azure", cluster.provider)
    env: dict[str, str] = {}
    if azure.key:
        env["AZURE_CONFIG_DIR"] = str(directory / "azure")
        key = _key(session, cluster, programs, azure.key)
        password = directory / "password"
        write_private(password, key["service_principal_password"])
        programs.run(login_argv(key["tenant_id"], key["service_principal_id"], password), env=env)
    elif "AZURE_CONFIG_DIR" in session.environ:
        env["AZURE_CONFIG_DIR"] = session.environ["AZURE_CONFIG_DIR"]
    kubeconfig = directory / "kubeconfig"
    programs.run(credentials_argv(azure, kubeconfig), env=env)
    if _KUBELOGIN in plugins(kubeconfig):
        programs.run(converted_argv(kubeconfig), env=env)
    give_environment(kubeconfig, env)
    return Access(kubeconfig=kubeconfig, env=env)


def credentials(session: Session, cluster: Cluster, directory: Path, programs: Programs) -> dict[str, str]:
    """Return the environment of programs that talk to Azure: the cluster's key, or the operator's own login.

    The subscription is always the one that cluster.yaml names.
    """
    azure = cast("Azure", cluster.provider)
    # tfvars has made sure that it is said.
    env = {"ARM_SUBSCRIPTION_ID": azure.subscription or ""}
    if not azure.key:
        own = {name: value for name, value in session.environ.items() if name.startswith(("ARM_", "AZURE_"))}
        return {**own, **env}
    key = _key(session, cluster, programs, azure.key)
    return {
        **env,
        "ARM_CLIENT_ID": key["service_principal_id"],
        "ARM_CLIENT_SECRET": key["service_principal_password"],
        "ARM_TENANT_ID": key["tenant_id"],
        # An operator's own log-in must not step in where the key fails.
        "ARM_USE_CLI": "false",
        "AZURE_CONFIG_DIR": str(directory / "azure"),
    }


def _key(session: Session, cluster: Cluster, programs: Programs, file: str) -> dict[str, str]:
    key = decrypted(session, cluster, programs, file)
    missing = [name for name in _KEYS if name not in key]
    if missing:
        raise DeployerError(
            f"the file of `azure.key` lacks {', '.join(missing)}",
            hint=f"it should hold {', '.join(_KEYS)}, encrypted with sops",
        )
    return key
