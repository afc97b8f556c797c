"""Relational Database Service: slips of moto, because of which databases would not be found."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from moto.rds.models import DBInstance, rds_backends

from tests.infra.aws.call import ACCOUNT

if TYPE_CHECKING:
    from tests.infra.aws.call import Call


class Databases:
    """moto's own objects, put right."""

    def __init__(self) -> None:
        # All have the same id, which moto sets when it makes one; they are looked up by it.
        DBInstance.dbi_resource_id = property(_own_id, lambda _database, _id: None)

    def answer(self, call: Call) -> dict[str, Any] | None:
        """Leave all calls to moto."""

    def complete(self, call: Call) -> None:
        """Remember that parameters are those that somebody set."""
        if call.action == "ModifyDBParameterGroup":
            group = rds_backends[ACCOUNT][call.region].db_parameter_groups[call.body["DBParameterGroupName"]]
            for parameter in group.parameters.values():
                parameter["Source"] = "user"


def _own_id(database: Any) -> str:
    return f"db-{hashlib.sha256(database.db_instance_arn.encode()).hexdigest()[:26].upper()}"
