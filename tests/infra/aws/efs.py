"""Elastic File System: whether a share is backed up, after it was made."""

from __future__ import annotations

from typing import Any

from moto.efs.models import efs_backends

from tests.infra.aws.call import ACCOUNT, Call, Refused


class ElasticFileSystem:
    """moto knows the policy that a share is made with; the later one is kept here, by the share's id."""

    def __init__(self) -> None:
        self._statuses: dict[str, str] = {}

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Answer what moto lacks."""
        match call.method, *call.path:
            case "PUT", "2015-02-01", "file-systems", share, "backup-policy":
                if share not in efs_backends[ACCOUNT][call.region].file_systems_by_id:
                    raise Refused("FileSystemNotFound", f"no such file system: {share}", "404 Not Found")
                self._statuses[share] = call.body["BackupPolicy"]["Status"]
                return {"BackupPolicy": {"Status": self._statuses[share]}}
            case "GET", "2015-02-01", "file-systems", share, "backup-policy" if share in self._statuses:
                return {"BackupPolicy": {"Status": self._statuses[share]}}
        return None

    def complete(self, call: Call) -> None:
        """Forget a share that is gone."""
        match call.method, *call.path:
            case "DELETE", "2015-02-01", "file-systems", share:
                self._statuses.pop(share, None)
