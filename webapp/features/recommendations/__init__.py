"""What is recommended: the whole lists, acts on them, news and services; staff see how it goes."""

from webapp.features.recommendations import desk as desk
from webapp.features.recommendations.routes import blueprint as blueprint
