"""AKS: a kubeconfig made by the Azure command line, in a configuration directory of its own.

Not run against Azure here: argument lists and files are tested, and said so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from deployer.clouds import Access, Homes
from deployer.clouds.credentials import decrypted, give_environment, write_private
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.model import Azure, Cluster
    from deployer.session import Session
    from deployer.tools.process import Programs

HOMES = Homes(provisioner="disk.csi.azure.com", parameters={"skuName": "StandardSSD_LRS"})
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
    return [
        "az",
        "aks",
        "get-credentials",
        f"--resource-group={azure.resource_group}",
        f"--name={azure.cluster}",
        f"--file={kubeconfig}",
        "--output=none",
    ]


def access(session: Session, cluster: Cluster, directory: Path, programs: Programs) -> Access:
    """Log in with the cluster's service principal, or use the operator's own login when it has none."""
    azure = cast("Azure", cluster.provider)
    env: dict[str, str] = {}
    if azure.key:
        env["AZURE_CONFIG_DIR"] = str(directory / "azure")
        key = decrypted(session, cluster, programs, azure.key)
        missing = [name for name in _KEYS if name not in key]
        if missing:
            raise DeployerError(
                f"the file of `azure.key` lacks {', '.join(missing)}",
                hint=f"it should hold {', '.join(_KEYS)}, encrypted with sops",
            )
        password = directory / "password"
        write_private(password, key["service_principal_password"])
        programs.run(login_argv(key["tenant_id"], key["service_principal_id"], password), env=env)
    elif "AZURE_CONFIG_DIR" in session.environ:
        env["AZURE_CONFIG_DIR"] = session.environ["AZURE_CONFIG_DIR"]
    kubeconfig = directory / "kubeconfig"
    programs.run(credentials_argv(azure, kubeconfig), env=env)
    give_environment(kubeconfig, env)
    return Access(kubeconfig=kubeconfig, env=env)
