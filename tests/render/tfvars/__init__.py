"""The variables of each root module."""
