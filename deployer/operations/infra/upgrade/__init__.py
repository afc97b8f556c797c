"""Another version of Kubernetes for a cluster: in steps that one can read before, and go on with later."""
