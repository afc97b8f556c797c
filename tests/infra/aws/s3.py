"""Simple Storage Service: who pays for what is read from a bucket."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.infra.aws.call import Call

_PAYER = (
    '<RequestPaymentConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    "<Payer>{}</Payer></RequestPaymentConfiguration>"
)


class Storage:
    """moto takes this for the making of a bucket; it is kept here, by the bucket's name."""

    def __init__(self) -> None:
        self._payers: dict[str, str] = {}

    def answer(self, call: Call) -> str | None:
        """Answer what moto lacks."""
        if "requestPayment" not in call.query:
            return None
        bucket = call.path[0]
        if call.method == "PUT":
            said = re.search("<Payer>(.+)</Payer>", call.text)
            assert said
            self._payers[bucket] = said[1]
            return ""
        return _PAYER.format(self._payers.get(bucket, "BucketOwner"))

    def complete(self, call: Call) -> None:
        """Forget a bucket that is gone."""
        if call.method == "DELETE" and len(call.path) == 1 and not call.query:
            self._payers.pop(call.path[0], None)
