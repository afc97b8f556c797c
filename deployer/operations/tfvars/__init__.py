"""Clusters that Terraform variables of 2i2c's modules describe, as an `infrastructure` block of ours."""
