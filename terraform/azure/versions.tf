terraform {
  required_version = ">= 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "5.2.0"
    }
  }
}

provider "azurerm" {
  subscription_id = var.subscription

  # Storage accounts here have no keys.
  storage_use_azuread = true

  features {
    key_vault {
      # What is deleted can be had back for as long as Azure keeps it, and is, under the same name.
      purge_soft_delete_on_destroy               = false
      purge_soft_deleted_keys_on_destroy         = false
      recover_soft_deleted_key_vaults            = true
      recover_soft_deleted_keys                  = true
      purge_soft_deleted_certificates_on_destroy = false
      purge_soft_deleted_secrets_on_destroy      = false
    }

    resource_group {
      # It may hold homes and buckets that stay.
      prevent_deletion_if_contains_resources = true
    }

    storage {
      # Nothing here is asked of an account itself, which may be closed to where Terraform runs.
      data_plane_available = false
    }
  }
}
