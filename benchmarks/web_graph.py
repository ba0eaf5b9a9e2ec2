"""How long a browser takes to draw and to update the figure of a chain of 3,000 nodes.

``python -m benchmarks.web_graph`` draws a generated chain in Chromium and prints the time of ``setOption``
with everything on the canvas: the first drawing, then updates that move every node to another look.
"""

from __future__ import annotations

import os
import sys
import time
from statistics import median

import pandas as pd

from benchmarks.big_chain import FORMS, big_chain
from meguri.base.terms import keys
from meguri.show.figures.network import network
from meguri.show.page import asset, embedded
from meguri.structure.network import chain_links, chain_nodes

BAR = 0.6  # s for an update
NODES, UPDATES = 3000, 7
BROWSER = os.environ.get("MEGURI_CHROMIUM", "/usr/bin/chromium")
# the page stays visible: a drawing counts as done when ECharts says that the canvas is finished
TIMED = """
async ([options, updates]) => {
  const chart = echarts.init(document.getElementById("graph"), null, {renderer: "canvas"});
  const times = [];
  for (let turn = 0; turn <= updates; turn += 1) {
    const begun = performance.now();
    const done = new Promise((resolve) => chart.on("finished", resolve));
    chart.setOption(options[turn % options.length], {notMerge: true});
    await done;
    chart.off("finished");
    times.push((performance.now() - begun) / 1000);
  }
  return times;
}
"""


def generated(count: int = NODES, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes and links of a generated chain in ten layers, each layer a stage; every fiftieth node unknown."""
    chain = big_chain(count, seed)
    stages = [stage for stage in keys("stages") if stage != "recycling"][: len(FORMS)]
    nodes, links = chain_nodes(chain), chain_links(chain)
    layer = dict(zip(nodes["node"], nodes["node"].str[1:].str.split("-").str[0].astype(int), strict=True))
    stage = {node: stages[place] for node, place in layer.items()}
    kind = nodes["kind"].where(nodes.index % 50 != 0, "unknown")
    nodes = nodes.assign(stage=nodes["node"].map(stage), kind=kind, label_en=nodes["node"])
    ends = {"from_stage": links["supplier"].map(stage), "to_stage": links["customer"].map(stage)}
    return nodes, links.assign(**ends)


def timed(options: list[dict[str, object]], picture: str = "") -> list[float]:
    """Seconds of each drawing in a real browser; the picture of the last one, if a file is named."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_content('<div id="graph" style="width:1120px;height:640px"></div>')
        page.add_script_tag(content=asset("echarts.min.js"))
        times: list[float] = page.evaluate(TIMED, [options, UPDATES])
        if picture:
            page.screenshot(path=picture)
        browser.close()
    return times


def main() -> None:
    """Print the figures beside their bar; fail where the bar is missed."""
    chains = [generated(seed=seed) for seed in (7, 8)]
    begun = time.perf_counter()
    charts = [network(nodes, links, lang="en") for nodes, links in chains]
    made = (time.perf_counter() - begun) / len(charts)
    option = charts[0].option
    first, *updates = timed([chart.option for chart in charts], os.environ.get("PICTURE", ""))
    print(f"generated chain: {NODES:,} nodes, {len(charts[0].table):,} links")
    print(f"figure made in Python              {made:8.2f} s")
    print(f"option                             {len(embedded(option)) / 1000:8.0f} kB")
    print(f"first drawing                      {first:8.2f} s")
    print(
        f"update, median of {UPDATES} (at most {BAR}) {median(updates):8.2f} s   slowest {max(updates):.2f} s"
    )
    if median(updates) > BAR:
        sys.exit(1)


if __name__ == "__main__":
    main()
