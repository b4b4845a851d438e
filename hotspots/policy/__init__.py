"""What may be published: publishable(Assessment, Policy) -> Publishable."""
