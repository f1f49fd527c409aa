"""The ledger's pages: one's own contributions, staff's ledger, who came to an event."""

from webapp.features.contributions import staff as staff
from webapp.features.contributions.routes import blueprint as blueprint
