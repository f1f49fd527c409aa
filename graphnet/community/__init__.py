"""What people do: events and communities; each act is one transaction with its change."""
