"""The cluster with everything that can be asked for on AWS, and what an account has before."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import requests

ACCOUNT = "123456789012"
RICH = Path(__file__).parent / "aws/clusters/rich/cluster.yaml"
ELSEWHERE = {"identities", "maintenance", "secrets_key"}
"""Keys that contradict others, or that AWS has nothing for."""
GITHUB = "https://token.actions.githubusercontent.com"


def post(aws: dict[str, str], service: str, body: str, kind: str, path: str = "/", action: str = "") -> str:
    """Call an API with a signature that nobody checks, and return what it says."""
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential=nobody/20260101/us-west-2/{service}/aws4_request, "
        "SignedHeaders=host, Signature=none",
        "Content-Type": kind,
        "X-Amz-Target": action,
    }
    answer = requests.post(aws["AWS_ENDPOINT_URL"] + path, headers=headers, data=body, timeout=60)
    assert answer.ok, answer.text
    return answer.text


def make_issuer(aws: dict[str, str]) -> None:
    """Make what vouches for jobs of GitHub, as somebody has done in an account before."""
    iam(aws, "CreateOpenIDConnectProvider", Url=GITHUB, **{"ClientIDList.member.1": "sts.amazonaws.com"})


def make_colleague(aws: dict[str, str]) -> dict[str, str]:
    """Make the user `colleague`, and return the environment in which programs are theirs."""
    iam(aws, "CreateUser", UserName="colleague")
    key = re.search("<AccessKeyId>(.+)</AccessKeyId>", iam(aws, "CreateAccessKey", UserName="colleague"))
    assert key
    return {"AWS_ACCESS_KEY_ID": key[1]}


def iam(aws: dict[str, str], action: str, **fields: str) -> str:
    """Call IAM, and return what it says."""
    form = urlencode({"Action": action, "Version": "2010-05-08", **fields})
    return post(aws, "iam", form, "application/x-www-form-urlencoded")
