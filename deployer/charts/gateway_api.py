"""The definitions of Gateway API: files of its release, by their recorded hashes.

No package of a chart has them alone, and a release with them would be too large for Helm.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from deployer.charts.cache import charts_cache, new_entry, reading
from deployer.charts.hashes import read_hashes
from deployer.errors import DeployerError
from deployer.tools.download import download

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.charts.chart import Chart
    from deployer.session import Session

GATEWAY_API = "gateway-api.sha256"
"""Beside a Chart.yaml: the sha256 and the address of each file."""
_MIRRORED = "gateway-api"


def gateway_api(session: Session, chart: Chart) -> tuple[Path, ...]:
    """Return the files with the definitions: of the mirror, of the cache, else downloaded.

    Raises:
        DeployerError: one can't be had, or is not the recorded one.
    """
    pinned = read_hashes(chart.directory / GATEWAY_API)
    return tuple(_file(session, address, sha256) for address, sha256 in sorted(pinned.items()))


def _file(session: Session, address: str, sha256: str) -> Path:
    name = address.rpartition("/")[2]
    mirrored = session.chart_mirror / _MIRRORED / name if session.chart_mirror else None
    if mirrored and mirrored.is_file():
        _check(mirrored.read_bytes(), sha256, str(mirrored))
        return mirrored
    final = charts_cache(session) / "definitions" / f"{sha256}.yaml"
    with reading(session):
        known = final.is_file() and hashlib.sha256(final.read_bytes()).hexdigest() == sha256
    if not known:
        content = download(address, otherwise=f"put the file into `{_MIRRORED}` of a chart mirror")
        _check(content, sha256, address)
        final.unlink(missing_ok=True)
        with new_entry(final) as fresh:
            fresh.write_bytes(content)
    return final


def _check(content: bytes, sha256: str, where: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DeployerError(
            f"not the recorded file: {where}\nrecorded: {sha256}\nfound:    {found}",
            hint=f"find out why it changed; the hash is in {GATEWAY_API} of the chart",
        )
