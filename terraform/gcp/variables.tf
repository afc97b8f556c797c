# The contract of deployer/render/tfvars/gcp.py. What the three clouds share has the same name in all of them.

variable "admins" {
  description = "Who administers Kubernetes, besides whoever builds the cluster: members such as `group:ops@example.org`."
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
    requester_pays     = optional(bool, false)
    versioning         = optional(bool, false)
  }))
  default = {}
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

variable "ci" {
  description = "Who vouches for CI, and which of its jobs, by the subjects of their tokens, may deploy hubs."
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
  description = "Whether there is a dataset for what Google's billing exports each day."
  type        = bool
  default     = false
}

variable "databases" {
  description = "Managed databases by their short names. Sizes in GiB."
  type = map(object({
    engine            = string
    high_availability = optional(bool, false)
    keep_backups      = optional(number, 7)
    machine           = string
    size              = number
    version           = string
  }))
  default = {}
}

variable "deletion_protection" {
  description = "Whether cluster, shares and databases refuse to be deleted. Say false, apply, and only then can they go."
  type        = bool
  default     = true
}

variable "dns" {
  description = "The zone with the names of the hubs, ours or one that somebody else made, and records in it."
  type = object({
    existing = optional(bool, false)
    records = optional(list(object({
      name   = string
      ttl    = optional(number, 300)
      type   = string
      values = list(string)
    })), [])
    zone = string
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
    snapshots = optional(object({ keep = number, region = optional(string) }))
    zone      = optional(string)
  }))
  default = {}
}

variable "identities" {
  description = "Identities that somebody else made: the address of the nodes' service account. GKE has no other."
  type        = object({ nodes = optional(string) })
  default     = {}
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

variable "logs" {
  description = "How many days the cluster's logs can be searched, and are kept in a bucket of their own besides."
  type = object({
    export_days = optional(number)
    keep_days   = optional(number, 30)
  })
  default = {}
}

variable "maintenance" {
  description = "When Google may upgrade and repair cluster and databases by itself, in UTC. EKS has no such time."
  type = object({
    days  = optional(list(string), ["saturday", "sunday"])
    hours = optional(number, 8)
    start = optional(string, "02:00")
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
      pod_range       = optional(string)
      private_subnets = list(string)
      service_range   = optional(string)
    }))
    flow_logs     = optional(bool, false)
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

variable "node_versions" {
  description = "Versions of Kubernetes of nodes that are being upgraded, by pools. Absent: they follow the control plane."
  type        = map(string)
  default     = {}
}

variable "permissions" {
  description = "What the servers of a hub may do, by the hub's name, which is its namespace too: with buckets, databases and registries, by their short names."
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

variable "project" {
  description = "The id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "The region."
  type        = string
}

variable "registries" {
  description = "Registries of images by their short names."
  type = map(object({
    delete_after_days = optional(number)
    keep_images       = optional(number, 30)
  }))
  default = {}
}

variable "secrets_key" {
  description = "The id of a key that somebody else made, in the cluster's region, and let GKE use. Absent: our own."
  type        = string
  default     = null
}

variable "support" {
  description = "`standard`, or `extended` for a release channel that keeps versions for longer, for more money."
  type        = string
  default     = "standard"
}

variable "unprotected" {
  description = "Exact addresses of resources that may be deleted all the same: what is to go next."
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
  description = "The zones that nodes may be in. They run in the first, if a pool does not say otherwise."
  type        = list(string)
}
