# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # What did 2010 teach?
#
# An economic-security analyst is asked whether further goods should be put on a control list, and what
# the year 2010 teaches about it. This notebook goes from the story told about 2010 to a budget: which
# parts of the story its dates and its series bear out, where concentration sits by stage, how long a card
# is worth something, and what a budget buys. It runs from top to bottom in a minute or two.
#
# # 2010年は何を教えたか
#
# 経済安全保障の担当者が、管理対象の追加の是非と、2010年の教訓を問われたとします。このノートは、2010年につ
# いて語られる因果のうち日付と系列に照らして成り立つ部分、工程ごとの集中、カードの価値が続く期間、予算で得
# られるものを順に示します。上から下まで1〜2分で実行できます。

# %%
import pandas as pd

from meguri.app.chains import open_chain
from meguri.observe.chronicle import chronicle
from meguri.observe.trade_months import trade_months
from meguri.respond.cards import leverage
from meguri.respond.portfolio import respond
from meguri.scenario.read import read_scenario
from meguri.show.claims_tables import claim_tables
from meguri.show.figures.timeline import timeline
from meguri.structure.breaks import fall_at, find_breaks
from meguri.structure.claims import claims, test_claim
from meguri.structure.detour import detour
from meguri.structure.forecasts import forecast_counts, forecasts
from meguri.structure.sectors import sector_matrix

LANG = "en"  # "ja" for Japanese
DRAWS = 100  # of the cards; small, so that the notebook is quick

# %% [markdown]
# ## 1. The story and its dates
#
# Every event keeps the precision of its date: "2010" is a year wide, "7 September 2010" is a day. Dates
# of the documents (thick) and of the public record (thin) stand side by side.
#
# ## 1. 語られる因果と日付
#
# 出来事は日付の精度を保ったまま並びます。「2010年」は一年の幅、「2010年9月7日」は一日です。文書の日付（太
# い帯）と公開記録の日付（細い線）を並べて示します。

# %%
events = chronicle("Dy", since="2010-01", until="2010-12")
story = timeline(events, lang=LANG)
story  # noqa: B018

# %% [markdown]
# One test is applied to every claim, whoever makes it. An effect that lies wholly before its cause is
# impossible; dates that allow a claim do not prove it; why somebody acted, dates cannot say.
#
# 主張者が誰であっても同じ検証をします。結果が原因より前にあれば成り立ちません。日付のうえで成り立ちうるこ
# とは証明ではありません。行為の理由は日付からは分かりません。

# %%
judged = {claim.id: test_claim(claim) for claim in claims()}
verdicts = claim_tables(list(judged.values()))["claim_verdicts"]
verdicts[["claim", f"text_{LANG}", "who", "verdict"]]

# %% [markdown]
# **The open point.** Document 000 dates a halt of shipments to January 2010, document 002 and the public
# record to September. No record of January was found; sums over nine months speak against a long halt,
# but cannot exclude some weeks. So the claim is neither confirmed nor excluded, and the notebook says
# what would decide it.
#
# **未決の点。** 文書000は出荷の停止を2010年1月、文書002と公開記録は9月としています。1月の記録は見つかって
# いません。9か月の合計は長期の停止とは合いませんが、数週間の停止は排除できません。肯定も否定もできないた
# め、決め手となるデータを示します。

# %%
january = judged["n10-january-halt"]
print(january.why_ja if LANG == "ja" else january.why_en)
january.tables["evidence"][["side", f"text_{LANG}", "source"]]

# %%
january.tables["would_decide"]

# %% [markdown]
# Forecasts of the documents carry the day they were made, and are scored when their time has come.
#
# 文書の予測は公表日とともに保存し、期限が来たものから結果と照らします。

# %%
scored = forecasts()
forecast_counts(scored)

# %% [markdown]
# ## 2. Change-points
#
# No monthly series by country reaches back to January 2010 here, so the method is shown on the next case:
# Korea's imports after Japan's licences of July 2019. The search over all months is honest about how many
# places it looked at; the question about one month named beforehand is a different, sharper one.
# Three placebos are asked the same; as any of three may move by chance, each has a third of the level.
#
# ## 2. 変化点
#
# 2010年1月まで遡る国別の月次系列は手元にないため、方法は次の事例、2019年7月の日本の個別許可と韓国の輸入で
# 示します。全ての月を探す検定は探した箇所の数を織り込みます。あらかじめ指定した一つの月についての問いは、
# それとは別の、より鋭い問いです。三つのプラセボにも同じ問いを当てます。三つのうちどれかは偶然に動きうるため、
# 有意水準はそれぞれ三分の一です。


# %%
def monthly(item: str, partner: str) -> pd.Series:
    """Tonnes by month."""
    return trade_months(item, partner).set_index("month")["quantity_t"]


LEVEL = 0.05
asked = {
    "must fall": [("hf", "JP")],
    "placebo": [("hf", "CN"), ("quartz", "JP"), ("resist", "US")],
}
rows = []
for role, series in asked.items():
    for item, partner in series:
        found = fall_at(monthly(item, partner), "2019-07", level=LEVEL / len(series))
        rows.append([item, partner, role, found.answer, found.p, found.change])
named = pd.DataFrame(rows, columns=["item", "partner", "role", "fall at 2019-07", "p", "change"])
named  # noqa: B018

# %% [markdown]
# Where a placebo falls at the same date, the date does not belong to the licences alone: something else
# moved too, and only the size and the length of the two falls tell them apart. The table says so.
#
# 同じ時期にプラセボも減っていれば、その時期の変化は個別許可だけによるものではありません。ほかの要因も動いて
# おり、減少の大きさと長さで見分けるほかありません。そのことも表に示します。

# %%
moved = named[(named["role"] == "placebo") & (named["fall at 2019-07"] == "yes")]
moved[["item", "partner", "change"]]

# %%
breaks = find_breaks(monthly("hf", "JP"))
breaks.breaks[["at", "low", "high", "direction", "p_adjusted", "significant"]]

# %% [markdown]
# Before any fall is called localisation, third countries are looked at: part of it may have been
# re-routed.
#
# 減少を国産化とみなす前に、第三国を確かめます。一部は迂回かもしれません。

# %%
imports = trade_months("hf")
by_partner = imports[imports["partner"] != "WLD"].pivot(index="month", columns="partner", values="quantity_t")
routed = detour(by_partner, "2019-07", holder="JP")
routed.verdict, routed.reason  # noqa: B018

# %% [markdown]
# ## 3. Where concentration sits
#
# For some of the 17 fields of growth strategy: the most concentrated stage of each metal, who holds it,
# and how many years it would take to rebuild. What is unknown stays unknown, with its reason.
#
# ## 3. どの工程に集中しているか
#
# 成長戦略17分野のうちいくつかについて、各金属の最も集中した工程、その担い手、再構築に要する年数を示しま
# す。分からないものは理由とともに不明のままです。

# %%
fields = sector_matrix(["AI・半導体", "aerospace", "content"])
fields[["sector", "element", "worst_stage", "holder", "hhi", "rebuild_low", "rebuild_high", "reason"]]

# %% [markdown]
# ## 4. What a card is worth, and for how long
#
# Two candidates for a list: cleaning tools, and resist for EUV. The first can be re-made from what is
# known, the second holds more that cannot be seen. Leverage is the share that stays irreplaceable times
# the loss if cut; the half-life says how fast it goes. Own lost sales stand beside it.
#
# ## 4. カードの価値と続く期間
#
# 候補は洗浄装置とEUV用レジストです。前者は既知の知識から再構成しやすく、後者には外から見えない部分が多く
# 残ります。交渉力は「代替できない割合×断たれた場合の損失」、半減期はその減り方です。自国の失う売上を並べ
# ます。

# %%
cards = {item: leverage(item, draws=DRAWS) for item in ("wfe-clean", "resist-euv")}
summary = pd.concat([card.table("summary").query("controlled") for card in cards.values()], ignore_index=True)
summary[["item", "holder", "partner", "half_life", "half_life_low", "half_life_high", "short", "mid", "long"]]

# %%
burden = pd.concat([card.table("costs") for card in cards.values()], ignore_index=True)
burden[["item", "kind", "tier", "horizon", "value", "unit", "grade"]].head(12)

# %% [markdown]
# ## 5. What a budget buys
#
# The chain of 2009 under the hard cap of 2010, with 5 billion yen over two years. Stock buys days; what
# keeps output up is another axis, and the two are never merged into one score.
#
# ## 5. 予算で得られるもの
#
# 2009年のチェーンに2010年の輸出枠（厳しい場合）を当て、2年間で50億円を使うとします。備蓄は日数を買いま
# す。生産を保つ力は別の軸であり、両者を一つの点数にはまとめません。

# %%
plans = respond(
    open_chain("ndfeb-japan@2009"), read_scenario("2010-rare-earths-hard-cap"),
    budget=5e9, years=2, strikes=(1.0,), runs=1, seed=1, time_limit=20,
)  # fmt: skip
bought = plans.table("plans")
bought[["plan", f"label_{LANG}", "cost", "time_d", "share", "sim_time_d", "sim_share"]]

# %% [markdown]
# ## What 2010 taught, as far as this goes
#
# - The July quota came before the collision, and nationalisation came two years after it: those two
#   stories fall by their dates. That the incident was followed by a halt is not excluded, and not proved.
# - January 2010 is open. Three months of Japan's customs by country would settle it.
# - A card loses its worth at the speed at which the other side can rebuild it. That speed comes from the
#   item, not from the wish of whoever plays it.
#
# ## ここまでで言えること
#
# - 7月の輸出枠は衝突事件より前、国有化はその2年後です。この二つの因果は日付の順序から成り立ちません。事件
#   の後に停止があったことは排除できませんが、因果の証明でもありません。
# - 2010年1月は未決です。日本の国別通関統計3か月分があれば決着します。
# - カードの価値は、相手が再構成できる速さで減ります。その速さを決めるのは使う側の意図ではなく、品目の性質
#   です。
