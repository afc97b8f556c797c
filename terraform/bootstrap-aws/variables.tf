variable "account" {
  description = "The number of the AWS account: 12 digits."
  type        = string
}

variable "bucket" {
  description = "The name of the bucket."
  type        = string
}

variable "region" {
  description = "The bucket's region."
  type        = string
}
