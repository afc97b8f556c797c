# The key that GKE encrypts the secrets of Kubernetes with: one of our own, or one that somebody else made, whose
# maker lets GKE use it.

locals {
  own_key     = var.secrets_key == null ? 1 : 0
  secrets_key = local.own_key == 1 ? google_kms_crypto_key.secrets[0].id : var.secrets_key
}

resource "google_kms_key_ring" "cluster" {
  count = local.own_key

  name     = var.name
  location = var.region

  depends_on = [google_project_service.used]
}

resource "google_kms_crypto_key" "secrets" {
  count = local.own_key

  name                       = "secrets"
  key_ring                   = google_kms_key_ring.cluster[0].id
  rotation_period            = "${90 * 24 * 3600}s"
  destroy_scheduled_duration = "${30 * 24 * 3600}s"
}

# GKE itself uses the key, under a name that the project's number is in.
resource "google_kms_crypto_key_iam_member" "gke" {
  count = local.own_key

  crypto_key_id = google_kms_crypto_key.secrets[0].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${data.google_project.project.number}@container-engine-robot.iam.gserviceaccount.com"

  depends_on = [google_project_service.used]
}
