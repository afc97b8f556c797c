"""An operator's own rules: files of the fleet with expressions in CEL, the language of Kubernetes' policies.

They are data. Nothing in them can do anything but look at what is handed to it, so that checking somebody
else's pull request runs none of their code (docs/decisions, own rules).
"""
