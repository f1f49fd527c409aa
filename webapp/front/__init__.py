"""What anyone sees first; 'don't look for me'; the choice of language."""

from webapp.front.routes import blueprint as blueprint
