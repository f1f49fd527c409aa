"""The managed local Neo4j: fetched, started for its first client, stopped after its last.

Order of choice: GRAPHNET_NEO4J_URI names a server of the user's own, which is never managed;
otherwise the local one in GRAPHNET_HOME is started or joined. `keeper` has the picture.
"""

from graphnet.server.binaries import Binaries, fetch
from graphnet.server.client import Client, Connection, connect

__all__ = ["Binaries", "Client", "Connection", "connect", "fetch"]
