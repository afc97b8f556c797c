"""Programs that run beside a hub, not here: their text is handed to a Python in the cluster.

They need nothing of this package. `hub_database.py` runs where JupyterHub and its configuration are;
`home_directories.py` needs nothing but Python.
"""
