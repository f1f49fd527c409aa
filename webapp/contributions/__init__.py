"""The ledger's pages: one's own contributions, staff's ledger, who came to an event."""

from webapp.contributions import staff as staff
from webapp.contributions.routes import blueprint as blueprint
