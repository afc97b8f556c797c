"""A Kubernetes of one node on this machine, without Docker.

Everything runs in Linux namespaces of its own (mounts, network, processes), which an anchor process holds
open: what the components make there (bridges, iptables rules, network namespaces, mounts, processes) ends
with the anchor, however it ends. The host sees one network link, one tree of cgroups and one directory.
"""
