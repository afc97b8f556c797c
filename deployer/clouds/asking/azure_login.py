"""az as whom Terraform is: with a cluster's key it has to log in first, in a directory of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deployer.clouds.azure import login_argv
from deployer.clouds.credentials import write_private

if TYPE_CHECKING:
    from deployer.clouds.asking import Asker

_PROFILE = "azureProfile.json"
"""What az writes into its directory when somebody logs in."""


def log_in(asker: Asker) -> None:
    """Log in with the key that Terraform gets, unless that is done or the operator's own login is used.

    Raises:
        Unanswered: az is not installed, or the key is refused.
    """
    env = asker.env
    if not {"ARM_CLIENT_SECRET", "AZURE_CONFIG_DIR"} <= env.keys():
        return
    directory = Path(env["AZURE_CONFIG_DIR"])
    if (directory / _PROFILE).exists():
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = directory / "password"
    write_private(password, env["ARM_CLIENT_SECRET"])
    try:
        asker.text(login_argv(env["ARM_TENANT_ID"], env["ARM_CLIENT_ID"], password))
    finally:
        password.unlink()
