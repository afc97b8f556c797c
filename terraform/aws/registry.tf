# Private registries of images. Nodes pull with their role, hubs that may push do so with theirs.

resource "aws_ecr_repository" "registry" {
  for_each = var.registries

  name = "${var.name}-${each.key}"
  # Whoever gives it up, against the guard of `deployer infra`, gives up what is in it.
  force_delete         = true
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

# ECR goes by number or by age, never by both: the newest ones are what has to stay.
resource "aws_ecr_lifecycle_policy" "registry" {
  for_each = { for name, registry in var.registries : name => registry if registry.delete_after_days != null }

  repository = aws_ecr_repository.registry[each.key].name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the newest images"
      selection = {
        tagStatus   = "any"
        countType   = "imageCountMoreThan"
        countNumber = each.value.keep_images
      }
      action = { type = "expire" }
    }]
  })
}
