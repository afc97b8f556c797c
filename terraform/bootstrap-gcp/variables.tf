variable "bucket" {
  description = "The name of the bucket."
  type        = string
}

variable "location" {
  description = "Where it is: a region."
  type        = string
}

variable "project" {
  description = "The project that it is in."
  type        = string
}
