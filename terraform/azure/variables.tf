# The contract of deployer/render/tfvars/azure.py. What the three clouds share has the same name in all of them.

variable "admins" {
  description = "Who administers Kubernetes besides whoever built the cluster: object ids of groups of Entra."
  type        = list(string)
  default     = []
}

variable "buckets" {
  description = "Buckets of object storage, by their short names."
  type = map(object({
    archive_after_days = optional(number)
    delete_after_days  = optional(number)
    public_read        = optional(bool, false)
    readers            = optional(list(string), [])
    versioning         = optional(bool, false)
  }))
  default = {}
}

variable "budget" {
  description = "What may be spent in a month, in the currency of the subscription, and who is told when it is nearly spent."
  type = object({
    monthly      = number
    currency     = optional(string, "USD")
    alert_emails = list(string)
  })
  default = null
}

variable "ci" {
  description = "Who vouches for CI, and for which of its jobs."
  type = object({
    issuer   = string
    subjects = list(string)
  })
  default = null
}

variable "cluster_name" {
  description = "The name of the Kubernetes cluster in its cloud."
  type        = string
}

variable "cost_export" {
  description = "Whether costs are exported each day into a bucket of their own."
  type        = bool
  default     = false
}

variable "databases" {
  description = "Managed databases by their short names. Sizes in GiB."
  type = map(object({
    engine            = string
    version           = string
    machine           = string
    size              = number
    high_availability = optional(bool, false)
    keep_backups      = optional(number, 7)
  }))
  default = {}
}

variable "deletion_protection" {
  description = "Whether locks keep the cluster, homes, buckets and databases from being deleted."
  type        = bool
  default     = true
}

variable "dns" {
  description = "The zone with the names of the hubs, and records in it that nothing else makes."
  type = object({
    zone     = string
    existing = optional(bool, false)
    records = optional(list(object({
      name   = string
      type   = string
      values = list(string)
      ttl    = optional(number, 300)
    })), [])
  })
  default = null
}

variable "freezes" {
  description = "When the cloud may not upgrade the cluster by itself, by a name; `start` and `end` are in UTC."
  type = map(object({
    end   = string
    start = string
  }))
  default = {}
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

variable "identities" {
  description = "Ids of user-assigned identities that are given instead of made. They have to have the roles that they need."
  type = object({
    cluster = optional(string)
    nodes   = optional(string)
  })
  default = {}
}

variable "kubernetes_version" {
  description = "The minor version of Kubernetes."
  type        = string
}

variable "location" {
  description = "The region, such as `westeurope`."
  type        = string
}

variable "logs" {
  description = "For how many days logs of the control plane can be searched, and are kept in a bucket of their own."
  type = object({
    keep_days   = optional(number, 30)
    export_days = optional(number)
  })
  default = {}
}

variable "maintenance" {
  description = "When AKS may upgrade and repair the cluster by itself, in UTC."
  type = object({
    days  = optional(list(string), ["saturday", "sunday"])
    start = optional(string, "02:00")
    hours = optional(number, 8)
  })
  default = {}
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
    }))
    flow_logs     = optional(bool, false)
    private_nodes = optional(bool, true)
    range         = optional(string, "10.0.0.0/16")
  })
  default = {}
}

variable "node_pools" {
  description = "Pools of nodes by name. `generation` is part of a node pool's name; disks in GB. Pools with `system` run what the cluster needs."
  type = map(object({
    disk       = optional(number, 100)
    generation = string
    labels     = optional(map(string), {})
    machine    = string
    max        = number
    min        = number
    spot       = optional(bool, false)
    system     = optional(bool, false)
    tags       = optional(map(string), {})
    taints = optional(list(object({
      effect = string
      key    = string
      value  = optional(string)
    })), [])
    zones = optional(list(string))
  }))
}

variable "node_versions" {
  description = "The versions of Kubernetes that the nodes of pools have while these are upgraded, where they are others."
  type        = map(string)
  default     = {}
}

variable "permissions" {
  description = "What the servers of a hub may do, by the hub's name, which is its namespace too."
  type = map(object({
    databases       = optional(list(string), [])
    push            = optional(list(string), [])
    read            = optional(list(string), [])
    roles           = optional(list(string), [])
    service_account = string
    write           = optional(list(string), [])
  }))
  default = {}
}

variable "registries" {
  description = "Registries of container images, by their short names."
  type = map(object({
    delete_after_days = optional(number)
    keep_images       = optional(number, 30)
  }))
  default = {}
}

variable "resource_group" {
  description = "The name of the resource group that is made for all this."
  type        = string
}

variable "secrets_key" {
  description = "The id, with its version, of a key in a Key Vault that somebody else made, for the secrets of Kubernetes."
  type        = string
  default     = null
}

variable "subscription" {
  description = "The id of the subscription."
  type        = string
}

variable "support" {
  description = "Which support of a version of Kubernetes the cluster may go into: `standard` or `extended`."
  type        = string
  default     = "standard"
}

variable "system_pool" {
  description = "Which of the node pools the cluster is made with: Azure wants one to be there always."
  type        = string
}

variable "tags" {
  description = "Tags of everything, besides those that are always there."
  type        = map(string)
  default     = {}
}

variable "unprotected" {
  description = "Addresses of resources that are not protected against deletion, whatever `deletion_protection` says."
  type        = list(string)
  default     = []
}

variable "uptime" {
  description = "What is asked from several regions, by name: hubs, and what a cluster shows beside them; and who gets a mail when one does not answer with its status."
  type = object({
    alert_emails = list(string)
    checks = map(object({
      host   = string
      path   = string
      port   = number
      status = number
      url    = string
    }))
  })
  default = null
}

variable "zones" {
  description = "The zones that nodes may be in, by their numbers. They run in the first, if a pool does not say otherwise."
  type        = list(string)
  default     = []
}
