"""`graphnet network`: what a network is like as a whole, and its communities in words."""

import click

from graphnet.analysis.whole import whole_network
from graphnet.commands.answers import opened, show
from graphnet.maps.network import LAYERS
from graphnet.settings import Settings


@click.command("network")
@click.option("--layer", type=click.Choice(LAYERS), default="knows", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def network_command(settings: Settings, *, layer: str, as_json: bool) -> None:
    """Describe the whole network: density, mixing, communities and how firm they are.

    Of the people whom statistics count. Modularity stands beside that of random networks in which
    everybody has as many ties; stability is the mean adjusted Rand index of five seeds; the cut-off
    are who leaves the largest island if the five of most betweenness go.
    """
    with opened(settings) as live:
        found = whole_network(live, layer)
    if as_json:
        show(found, as_json=True)
        return
    words = found.pop("communities")
    show(found, as_json=False)
    show(words, as_json=False)
