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
  subscription_id     = var.subscription
  storage_use_azuread = true

  features {
    storage {
      # Nothing here is asked of the account itself, which lets nobody in until a role is given.
      data_plane_available = false
    }
  }
}
