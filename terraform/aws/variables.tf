# The contract of deployer/render/tfvars.py. What the three clouds share has the same name in all of them.

variable "account" {
  description = "The number of the AWS account: 12 digits."
  type        = string
}

variable "admins" {
  description = "ARNs of roles or users of IAM that administer Kubernetes, besides whoever built the cluster."
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

  validation {
    condition     = !(var.cost_export && contains(keys(var.buckets), "costs")) && !(var.logs.export_days != null && contains(keys(var.buckets), "logs"))
    error_message = "A bucket `costs` or `logs` is the cluster's own when costs or logs are exported."
  }
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
  description = "Whose tokens say that a job of CI is one of ours, and which subjects these name. The account has an OpenID Connect provider of the issuer already."
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
  description = "Whether what was spent on what is written into a bucket `<name>-costs` each day."
  type        = bool
  default     = false
}

variable "databases" {
  description = "Managed databases by their short names: `engine` is `postgresql` or `mysql`; sizes in GiB, backups in days."
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
  description = "Whether AWS refuses to delete databases. Of what is built here, this provider can protect nothing else."
  type        = bool
  default     = true
}

variable "dns" {
  description = "The zone of the hubs' names: a new one, or one that is there; and records in it. `@` is the zone itself."
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

variable "home_storage" {
  description = "Storage for homes by name: a disk for the NFS server, or a managed share. Sizes in GiB."
  type = map(object({
    kind      = string
    size      = optional(number)
    snapshots = optional(object({ keep = number, region = optional(string) }))
    zone      = optional(string)
  }))
  default = {}

  validation {
    condition     = length(distinct([for storage in values(var.home_storage) : storage.snapshots.region if storage.kind == "share" && try(storage.snapshots.region, null) != null])) < 2
    error_message = "Copies of all shares have to be in one region."
  }
}

variable "identities" {
  description = "ARNs of roles that somebody else made, with the policies that EKS wants, instead of our own."
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

variable "logs" {
  description = "How many days logs of the control plane can be searched, and how many they are kept in a bucket `<name>-logs`, if at all."
  type = object({
    export_days = optional(number)
    keep_days   = optional(number, 30)
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
      public_subnets  = optional(list(string), [])
    }))
    flow_logs     = optional(bool, false)
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

variable "node_versions" {
  description = "The versions of Kubernetes that nodes have while they are upgraded, by the names of their pools. Absent: that of the cluster."
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

variable "region" {
  description = "The AWS region."
  type        = string
}

variable "registries" {
  description = "Private registries of images by their short names. Without `delete_after_days` nothing is deleted."
  type = map(object({
    delete_after_days = optional(number)
    keep_images       = optional(number, 30)
  }))
  default = {}
}

variable "secrets_key" {
  description = "A KMS key that somebody else made, for the secrets of Kubernetes: its ARN, its id or an alias."
  type        = string
  default     = null
}

variable "support" {
  description = "Which support of a version of Kubernetes the cluster may go into: `standard` or `extended`, which costs more."
  type        = string
  default     = "standard"
}

variable "tags" {
  description = "Tags of everything, besides those that are always there."
  type        = map(string)
  default     = {}
}

variable "unprotected" {
  description = "Addresses for which deletion protection is off, such as `aws_db_instance.database[\"x\"]`."
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
  description = "The availability zones with subnets; EKS wants two at least. Nodes run in the first, if a pool does not say otherwise."
  type        = list(string)
}
