terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account]

  default_tags {
    tags = local.tags
  }
}

# Costs, and alarms about what Route 53 checks, are there and nowhere else.
provider "aws" {
  alias               = "global"
  region              = "us-east-1"
  allowed_account_ids = [var.account]

  default_tags {
    tags = local.tags
  }
}

# Where copies of backups are.
provider "aws" {
  alias               = "copies"
  region              = local.copies_region
  allowed_account_ids = [var.account]

  default_tags {
    tags = local.tags
  }
}
