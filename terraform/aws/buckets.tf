# Buckets. They are encrypted, closed to the public unless one says otherwise, never emptied by Terraform, and
# refuse whatever is not encrypted on its way. Those that the cluster writes itself are like the others.

locals {
  kind_of_bucket = {
    archive_after_days = null
    public_read        = false
    readers            = []
    requester_pays     = false
    versioning         = false
  }
  buckets = merge(
    var.buckets,
    var.cost_export ? { costs = merge(local.kind_of_bucket, { delete_after_days = null }) } : {},
    var.logs.export_days == null ? {} : { logs = merge(local.kind_of_bucket, { delete_after_days = var.logs.export_days }) },
  )
  bucket_names = { for name, bucket in local.buckets : name => "${var.name}-${name}" }
  aged_buckets = { for name, bucket in local.buckets : name => bucket if bucket.delete_after_days != null || bucket.archive_after_days != null }
}

resource "aws_s3_bucket" "bucket" {
  for_each = local.buckets

  bucket = local.bucket_names[each.key]
}

resource "aws_s3_bucket_ownership_controls" "bucket" {
  for_each = local.buckets

  bucket = aws_s3_bucket.bucket[each.key].id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "bucket" {
  for_each = local.buckets

  bucket                  = aws_s3_bucket.bucket[each.key].id
  block_public_acls       = true
  block_public_policy     = !each.value.public_read
  ignore_public_acls      = true
  restrict_public_buckets = !each.value.public_read
}

resource "aws_s3_bucket_server_side_encryption_configuration" "bucket" {
  for_each = local.buckets

  bucket = aws_s3_bucket.bucket[each.key].id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "bucket" {
  for_each = local.buckets

  bucket = aws_s3_bucket.bucket[each.key].id
  versioning_configuration {
    status = each.value.versioning ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "bucket" {
  for_each = local.aged_buckets

  bucket = aws_s3_bucket.bucket[each.key].id

  dynamic "rule" {
    for_each = each.value.delete_after_days == null ? [] : [each.value.delete_after_days]
    content {
      id     = "delete"
      status = "Enabled"
      filter {}
      expiration {
        days = rule.value
      }
      noncurrent_version_expiration {
        noncurrent_days = rule.value
      }
      abort_incomplete_multipart_upload {
        days_after_initiation = 7
      }
    }
  }

  dynamic "rule" {
    for_each = each.value.archive_after_days == null ? [] : [each.value.archive_after_days]
    content {
      id     = "archive"
      status = "Enabled"
      filter {}
      transition {
        days          = rule.value
        storage_class = "GLACIER_IR"
      }
    }
  }
}

resource "aws_s3_bucket_request_payment_configuration" "bucket" {
  for_each = { for name, bucket in local.buckets : name => bucket if bucket.requester_pays }

  bucket = aws_s3_bucket.bucket[each.key].id
  payer  = "Requester"
}

resource "aws_s3_bucket_policy" "bucket" {
  for_each = local.buckets

  bucket = aws_s3_bucket.bucket[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "OnlyEncrypted"
        Effect    = "Deny"
        Action    = ["s3:*"]
        Principal = { AWS = ["*"] }
        Resource  = [aws_s3_bucket.bucket[each.key].arn, "${aws_s3_bucket.bucket[each.key].arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for readers in each.value.public_read ? [["*"]] : length(each.value.readers) > 0 ? [each.value.readers] : [] : {
        Sid       = "Read"
        Effect    = "Allow"
        Action    = ["s3:GetObject", "s3:ListBucket"]
        Principal = { AWS = readers }
        Resource  = [aws_s3_bucket.bucket[each.key].arn, "${aws_s3_bucket.bucket[each.key].arn}/*"]
      }],
      [for statement in each.key == "costs" && var.cost_export ? local.cost_writers : [] : statement],
    )
  })

  depends_on = [aws_s3_bucket_public_access_block.bucket]
}
