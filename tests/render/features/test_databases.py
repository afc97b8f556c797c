from __future__ import annotations

from tests.render.features.asking import asked


def test_each_server_has_a_database_on_a_volume_of_its_user() -> None:
    text = "features: {databases: {image: 'postgres:1', size_gb: 2, storage_class: fast, memory_mb: 100}}"
    assert asked(text) == {
        "jupyterhub": {
            "custom": {
                "singleuser": {
                    "extraPVCs": [{"name": "db-{user_server}", "capacity": "2Gi", "class": "fast"}]
                }
            },
            "singleuser": {
                "extraContainers": [
                    {
                        "name": "postgresql",
                        "image": "postgres:1",
                        "args": ["-c", "listen_addresses=127.0.0.1"],
                        "env": [
                            {"name": "POSTGRES_USER", "value": "jovyan"},
                            {"name": "POSTGRES_HOST_AUTH_METHOD", "value": "trust"},
                            {"name": "PGDATA", "value": "/var/lib/postgresql/data/pgdata"},
                        ],
                        "resources": {
                            "requests": {"cpu": "10m", "memory": "100Mi"},
                            "limits": {"memory": "100Mi"},
                        },
                        "securityContext": {
                            "runAsUser": 1000,
                            "runAsNonRoot": True,
                            "allowPrivilegeEscalation": False,
                            "capabilities": {"drop": ["ALL"]},
                        },
                        "volumeMounts": [{"name": "database", "mountPath": "/var/lib/postgresql/data"}],
                    }
                ],
                "extraEnv": {"PGHOST": "127.0.0.1", "PGUSER": "jovyan", "PGDATABASE": "jovyan"},
                "storage": {
                    "extraVolumes": {
                        "database": {
                            "name": "database",
                            "persistentVolumeClaim": {"claimName": "db-{user_server}"},
                        }
                    }
                },
            },
        }
    }


def test_the_clusters_own_storage_class_is_used_unless_one_is_named() -> None:
    values = asked("features: {databases: true}")["jupyterhub"]
    assert values["custom"]["singleuser"]["extraPVCs"] == [{"name": "db-{user_server}", "capacity": "1Gi"}]


def test_a_shared_database_is_found_by_the_variables_of_its_clients_and_there_is_no_other() -> None:
    text = "features: {databases: {shared: {host: grades.example.org, database: grades, user: course}}}"
    env = {"PGHOST": "grades.example.org", "PGPORT": "5432", "PGDATABASE": "grades", "PGUSER": "course"}
    assert asked(text) == {"jupyterhub": {"singleuser": {"extraEnv": env}}}


def test_without_a_user_each_is_who_they_are_on_the_hub() -> None:
    values = asked("features: {databases: {shared: {host: grades, port: 6432, database: grades}}}")
    found = values["jupyterhub"]["singleuser"]["extraEnv"]
    assert (found["PGUSER"], found["PGPORT"]) == ("$(JUPYTERHUB_USER)", "6432")
