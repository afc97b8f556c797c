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
from tests.infra.aws.backup import Backup
from tests.infra.aws.budgets import Budgets
from tests.infra.aws.cur import CostReports
from tests.infra.aws.dlm import DataLifecycleManager
from tests.infra.aws.ec2 import ElasticCompute
from tests.infra.aws.efs import ElasticFileSystem
from tests.infra.aws.eks import ElasticKubernetes
from tests.infra.aws.iam import add_simulation
from tests.infra.aws.rds import Databases
from tests.infra.aws.s3 import Storage
from tests.infra.aws.servicequotas import ServiceQuotas

application = Application(
    DomainDispatcherApplication(create_backend_app),
    {
        "backup": Backup(),
        "budgets": Budgets(),
        "cur": CostReports(),
        "dlm": DataLifecycleManager(),
        "ec2": ElasticCompute(),
        "eks": ElasticKubernetes(),
        "elasticfilesystem": ElasticFileSystem(),
        "rds": Databases(),
        "s3": Storage(),
        "servicequotas": ServiceQuotas(),
    },
)
add_simulation()
server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
sys.stdout.write(f"http://127.0.0.1:{server.port}\n")
sys.stdout.flush()
server.serve_forever()
