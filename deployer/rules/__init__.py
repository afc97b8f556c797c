"""Rules about what charts make of a hub, and the catalogue of all rules.

Those about the fleet's own files are in `deployer.fleet.rules`; these need charts and merged values.
"""
