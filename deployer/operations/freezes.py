"""What is not done in a window of `freeze` unless somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.freezes import freeze

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster, Freeze, Installed
    from deployer.session import Session

OPTION = "--override-freeze"


class Frozen(DeployerError):
    """A window is in the way."""

    def __init__(self, window: Freeze, what: str) -> None:
        super().__init__(
            f"not {what}: {window}",
            hint=f"wait until then; with `{OPTION}` it is {what} all the same",
        )
        self.freeze = window


def overridden(
    session: Session, cluster: Cluster, owner: Installed | None, *, what: str, override: bool
) -> Freeze | None:
    """Return the window that a hub, the support, or (None) the cluster itself is in, when it may be ignored.

    Raises:
        Frozen: nobody said so; `what` is the word for what is not done.
    """
    window = freeze(cluster, owner, session.clock())
    if window and not override:
        raise Frozen(window, what)
    return window


def heed_freeze(session: Session, cluster: Cluster, *, override: bool) -> None:
    """Want a cluster to be in no window before its infrastructure is changed, or tell that it is overridden.

    Raises:
        Frozen: it is in one, or one of its hubs is.
    """
    window = overridden(session, cluster, None, what="changed", override=override)
    if window:
        session.progress.noted(cluster.name, f"{window}: overridden")
