"""Plans of terraform/azure without Azure."""
