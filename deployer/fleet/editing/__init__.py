"""Changing YAML files by hand's rules: what is not meant stays as it is, to the byte."""
