"""A deploy: plan it, take turns, upgrade, watch the rollout, go back when it fails."""
