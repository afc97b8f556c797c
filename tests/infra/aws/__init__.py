"""A local AWS for tests of Terraform: moto, and in one module for each service what moto lacks.

It runs in an environment of its own, `.tools/moto` (`make tools-all`): moto wants an older python-dateutil
than the kubernetes package. Nothing of it is imported by tests; the fixture `local_aws` starts it.
"""
