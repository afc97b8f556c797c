# The bucket that keeps the state of clusters: versioned, private, encrypted; Google takes nothing but TLS. Its own
# state is not kept: it is taken in again when somebody runs this once more.

resource "google_storage_bucket" "state" {
  name                        = var.bucket
  location                    = upper(var.location)
  force_destroy               = false
  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  versioning {
    enabled = true
  }

  # A cluster elsewhere in the project finds the bucket where the first one made it.
  lifecycle {
    ignore_changes = [location]
  }
}
