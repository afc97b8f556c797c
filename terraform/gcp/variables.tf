# The contract of deployer/render/tfvars/gcp.py. What the three clouds share has the same name in all of them.

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

variable "deletion_protection" {
  description = "Whether cluster and shares refuse to be deleted. Say false, apply, and only then can they go."
  type        = bool
  default     = true
}

variable "home_storage" {
  description = "Storage for homes by name: a disk for the NFS server, or a managed share. Sizes in GiB."
  type = map(object({
    kind      = string
    size      = number
    snapshots = optional(object({ keep = number }))
    zone      = optional(string)
  }))
  default = {}
}

variable "kubernetes_version" {
  description = "The minor version of Kubernetes, at least: the release channel goes on from there."
  type        = string
}

variable "labels" {
  description = "Labels of everything, besides those that are always there, in the form that Google wants."
  type        = map(string)
  default     = {}
}

variable "location" {
  description = "Where the control plane is: a zone, or the region."
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
      pod_range       = optional(string)
      private_subnets = list(string)
      service_range   = optional(string)
    }))
    private_nodes = optional(bool, true)
    range         = optional(string, "10.0.0.0/16")
  })
  default = {}
}

variable "node_pools" {
  description = "Pools of nodes by name. `generation` is part of a node pool's name; disks in GB."
  type = map(object({
    disk       = optional(number, 100)
    generation = string
    gpu = optional(object({
      count   = number
      sharing = optional(number)
      type    = string
    }))
    labels  = optional(map(string), {})
    machine = string
    max     = number
    min     = number
    spot    = optional(bool, false)
    tags    = optional(map(string), {})
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

variable "project" {
  description = "The id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "The region."
  type        = string
}

variable "zones" {
  description = "The zones that nodes may be in. They run in the first, if a pool does not say otherwise."
  type        = list(string)
}
