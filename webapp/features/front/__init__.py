"""What anyone sees first; 'don't look for me'; the choice of language."""

from webapp.features.front.routes import blueprint as blueprint
