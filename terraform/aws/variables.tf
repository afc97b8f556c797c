# The contract of deployer/render/tfvars.py. What the three clouds share has the same name in all of them.

variable "account" {
  description = "The number of the AWS account: 12 digits."
  type        = string
}

variable "budget" {
  description = "What may be spent in a month, and who is told when it is nearly spent."
  type = object({
    monthly      = number
    currency     = optional(string, "USD")
    alert_emails = list(string)
  })
  default = null
}

variable "buckets" {
  description = "Buckets of object storage, by their short names."
  type = map(object({
    archive_after_days = optional(number)
    delete_after_days  = optional(number)
    public_read        = optional(bool, false)
    readers            = optional(list(string), [])
    requester_pays     = optional(bool, false)
    versioning         = optional(bool, false)
  }))
  default = {}
}

variable "cluster_name" {
  description = "The name of the Kubernetes cluster in its cloud."
  type        = string
}

variable "home_storage" {
  description = "Storage for homes by name: a disk for the NFS server, or a managed share. Sizes in GiB."
  type = map(object({
    kind      = string
    size      = optional(number)
    snapshots = optional(object({ keep = number }))
    zone      = optional(string)
  }))
  default = {}
}

variable "kubernetes_version" {
  description = "The minor version of Kubernetes."
  type        = string
}

variable "name" {
  description = "The cluster's name in the fleet, which all other names begin with."
  type        = string
}

variable "network" {
  description = "The network: a new one with a range of addresses, or an existing one; and who reaches the API."
  type = object({
    allowed_ranges = optional(list(string), ["0.0.0.0/0"])
    existing = optional(object({
      id              = string
      private_subnets = list(string)
      public_subnets  = optional(list(string), [])
    }))
    private_nodes = optional(bool, true)
    range         = optional(string, "10.0.0.0/16")
  })
  default = {}
}

variable "node_pools" {
  description = "Pools of nodes by name. `generation` is part of a node group's name; disks in GB."
  type = map(object({
    arch       = optional(string, "amd64")
    disk       = optional(number, 100)
    generation = string
    gpu        = optional(bool, false)
    labels     = optional(map(string), {})
    machine    = string
    max        = number
    min        = number
    spot       = optional(bool, false)
    tags       = optional(map(string), {})
    taints = optional(list(object({
      effect = string
      key    = string
      value  = optional(string)
    })), [])
    zones = optional(list(string))
  }))
}

variable "permissions" {
  description = "What the servers of a hub may do, by the hub's name, which is its namespace too."
  type = map(object({
    read            = optional(list(string), [])
    roles           = optional(list(string), [])
    service_account = string
    write           = optional(list(string), [])
  }))
  default = {}
}

variable "region" {
  description = "The AWS region."
  type        = string
}

variable "tags" {
  description = "Tags of everything, besides those that are always there."
  type        = map(string)
  default     = {}
}

variable "zones" {
  description = "The availability zones with subnets; EKS wants two at least. Nodes run in the first, if a pool does not say otherwise."
  type        = list(string)
}
