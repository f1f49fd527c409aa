"""Requests: what somebody asks of the Association, who answers, whether it is late."""
