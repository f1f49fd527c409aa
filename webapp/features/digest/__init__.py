"""/me/digest: letters of one's own lists, for those who ask for them."""

from webapp.features.digest.routes import blueprint as blueprint
