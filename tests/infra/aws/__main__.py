"""Serve the local AWS on a free port of this machine; print its address as soon as it answers."""

from __future__ import annotations

import sys

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from tests.infra.aws.application import Application
from tests.infra.aws.budgets import Budgets
from tests.infra.aws.ce import CostExplorer
from tests.infra.aws.dlm import DataLifecycleManager
from tests.infra.aws.ec2 import ElasticCompute
from tests.infra.aws.efs import ElasticFileSystem
from tests.infra.aws.eks import ElasticKubernetes

application = Application(
    DomainDispatcherApplication(create_backend_app),
    {
        "budgets": Budgets(),
        "ce": CostExplorer(),
        "dlm": DataLifecycleManager(),
        "ec2": ElasticCompute(),
        "eks": ElasticKubernetes(),
        "elasticfilesystem": ElasticFileSystem(),
    },
)
server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
sys.stdout.write(f"http://127.0.0.1:{server.port}\n")
sys.stdout.flush()
server.serve_forever()
