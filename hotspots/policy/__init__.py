"""What may be published: publishable(Assessment, Policy) -> Publishable."""

from hotspots.policy.publishable import Policy, Publishable, Withheld, publishable

__all__ = ["Policy", "Publishable", "Withheld", "publishable"]
