variable "container" {
  description = "The name of the container."
  type        = string
}

variable "location" {
  description = "The region of what is not there yet."
  type        = string
}

variable "resource_group" {
  description = "The name of the resource group."
  type        = string
}

variable "storage_account" {
  description = "The name of the storage account, which nobody else in Azure has."
  type        = string
}

variable "subscription" {
  description = "The id of the subscription."
  type        = string
}
