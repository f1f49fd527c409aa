"""/me/interests: what the lists believe about their reader, and how to correct it."""

from webapp.features.interests.routes import blueprint as blueprint
