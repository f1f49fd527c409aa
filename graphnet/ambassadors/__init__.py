"""Ambassadors: sets chosen and defended, who was asked and what they said, the worker's part."""
