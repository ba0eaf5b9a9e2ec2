"""Options of the command line: each is typed and described once, and shared by the commands that take it."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from meguri.base.terms import Lang, label


def chosen_language() -> Lang:
    """Language of help and answers: ``--lang``, else ``MEGURI_LANG``, else the terminal's."""
    words = sys.argv
    for place, word in enumerate(words):
        if word.startswith("--lang="):
            return "ja" if word.endswith("=ja") else "en"
        if word == "--lang" and place + 1 < len(words):
            return "ja" if words[place + 1] == "ja" else "en"
    named = os.environ.get("MEGURI_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return "ja" if named.startswith("ja") else "en"


LANGUAGE = chosen_language()


def help_of(key: str) -> str:
    """Words of help in the language chosen."""
    return label(key, LANGUAGE, "cli")


class Form(StrEnum):
    """How an answer is written."""

    table = "table"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"


class Method(StrEnum):
    """Index of `meguri risk`."""

    overview = "overview"
    geopolrisk = "geopolrisk"
    ec = "ec"
    sectors = "sectors"
    dependence = "dependence"
    complexity = "complexity"
    history = "history"
    exposure = "exposure"


class Kind(StrEnum):
    """What a template is for."""

    chain = "chain"
    circulation = "circulation"
    measures = "measures"
    ringi = "ringi"
    claim = "claim"
    sme = "sme"


class Audience(StrEnum):
    """Who reads a card."""

    internal = "internal"
    customer = "customer"
    bank = "bank"
    ministry = "ministry"


class Flow(StrEnum):
    """Exports or imports of a trade file."""

    export = "export"
    import_ = "import"


class Variant(StrEnum):
    """Which classes count as process-control."""

    PC4 = "PC4"
    PC5 = "PC5"


class Basis(StrEnum):
    """What shares of trade are counted in."""

    value_ = "value"
    quantity = "quantity"


class Mode(StrEnum):
    """What a table of `meguri stocks` tells."""

    inflow = "inflow"
    stock = "stock"


class When(StrEnum):
    """When within a year goods enter."""

    start = "start"
    middle = "middle"
    end = "end"
    quadrature = "quadrature"


class Falling(StrEnum):
    """What happens where a stock falls faster than its goods die."""

    error = "error"
    allow = "allow"
    retire = "retire"
    oldest = "oldest"
    hibernate = "hibernate"


class Speech(StrEnum):
    """Language of an answer."""

    ja = "ja"
    en = "en"


SPEECH = Speech(LANGUAGE)

# every command
FormOption = Annotated[Form, typer.Option("--format", help=help_of("help_format"))]
LangOption = Annotated[Speech, typer.Option("--lang", help=help_of("help_lang"))]
OutOption = Annotated[Path | None, typer.Option("--out", help=help_of("help_out"))]
VersionOption = Annotated[bool, typer.Option("--version", help=help_of("help_version"))]

# studies
ScenarioArgument = Annotated[str, typer.Argument(help=help_of("help_scenario"))]
RunsOption = Annotated[int, typer.Option("--runs", min=1, max=100_000, help=help_of("help_runs"))]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help=help_of("help_seed"))]
WorkersOption = Annotated[int | None, typer.Option("--workers", min=1, max=256, help=help_of("help_workers"))]
ChainOption = Annotated[str | None, typer.Option("--chain", help=help_of("help_chain"))]
SetOption = Annotated[list[str] | None, typer.Option("--set", help=help_of("help_set"))]
WhyNode = Annotated[str | None, typer.Option("--why", help=help_of("help_why"))]
RecoveredOption = Annotated[Path | None, typer.Option("--recovered", help=help_of("help_recovered"))]
LpOption = Annotated[bool, typer.Option("--lp", help=help_of("help_lp"))]
IndirectOption = Annotated[bool, typer.Option("--indirect", help=help_of("help_indirect"))]
SobolOption = Annotated[str | None, typer.Option("--sobol", help=help_of("help_sobol"))]
DemoRuns = Annotated[int | None, typer.Option("--runs", min=1, max=100_000, help=help_of("help_demo_runs"))]
DemoPlans = Annotated[bool, typer.Option("--respond", help=help_of("help_demo_plans"))]
DemoSme = Annotated[bool, typer.Option("--sme", help=help_of("help_demo_sme"))]
DemoOut = Annotated[Path, typer.Option("--out", help=help_of("help_demo_out"))]
OutcomeArgument = Annotated[Path, typer.Argument(help=help_of("help_outcome"))]
ReportOut = Annotated[Path, typer.Option("--out", help=help_of("help_report_out"))]

# backtest
CasesArgument = Annotated[list[str] | None, typer.Argument(help=help_of("help_backtest_cases"))]
CrossfitOption = Annotated[bool, typer.Option("--crossfit", help=help_of("help_crossfit"))]
ArchiveOption = Annotated[bool, typer.Option("--archive", help=help_of("help_archive"))]
BacktestOut = Annotated[Path | None, typer.Option("--out", help=help_of("help_backtest_out"))]

# workbooks and atlas
TemplateFile = Annotated[Path, typer.Argument(help=help_of("help_template_file"))]
KindOption = Annotated[Kind, typer.Option("--for", help=help_of("help_kind"))]
TemplateCase = Annotated[str | None, typer.Option("--case", help=help_of("help_template_case"))]
TemplateChain = Annotated[str | None, typer.Option("--chain", help=help_of("help_template_chain"))]
CheckedFile = Annotated[Path, typer.Argument(help=help_of("help_check_file"))]
MaterialArgument = Annotated[str, typer.Argument(help=help_of("help_material"))]
YearOption = Annotated[int | None, typer.Option("--year", help=help_of("help_year"))]
WhyCell = Annotated[str | None, typer.Option("--why", help=help_of("help_why_cell"))]

# risk
MaterialsArgument = Annotated[list[str] | None, typer.Argument(help=help_of("help_materials"))]
MethodOption = Annotated[Method, typer.Option("--method", help=help_of("help_method"))]
TableOption = Annotated[Path | None, typer.Option("--table", help=help_of("help_ec_table"))]
ImporterOption = Annotated[list[str] | None, typer.Option("--importer", help=help_of("help_importer"))]
YearsOption = Annotated[list[str] | None, typer.Option("--year", help=help_of("help_years"))]
CompatOption = Annotated[bool, typer.Option("--compat", help=help_of("help_compat"))]
BothOption = Annotated[bool, typer.Option("--both", help=help_of("help_both"))]
ToolProduction = Annotated[bool, typer.Option("--tool-production", help=help_of("help_tool_production"))]
ExposureOption = Annotated[bool, typer.Option("--exposure", help=help_of("help_exposure"))]
NodeOption = Annotated[str | None, typer.Option("--node", help=help_of("help_node"))]
ToOption = Annotated[str, typer.Option("--to", help=help_of("help_to"))]
TiersOption = Annotated[str, typer.Option("--tiers", help=help_of("help_tiers"))]
TopOption = Annotated[int, typer.Option("--top", min=1, max=1000, help=help_of("help_top"))]
WorstOption = Annotated[bool, typer.Option("--worst", help=help_of("help_worst"))]
ExposureChain = Annotated[str | None, typer.Option("--chain", help=help_of("help_exposure_chain"))]
SectorOption = Annotated[list[str] | None, typer.Option("--sector", help=help_of("help_sector"))]
CodeOption = Annotated[list[str] | None, typer.Option("--code", help=help_of("help_code"))]
ByOption = Annotated[Basis, typer.Option("--by", help=help_of("help_by"))]
WhyScore = Annotated[bool, typer.Option("--why", help=help_of("help_why_score"))]

# circulation
CaseArgument = Annotated[str | None, typer.Argument(help=help_of("help_circulate_case"))]
DrawsOption = Annotated[
    int | None, typer.Option("--runs", min=2, max=100_000, help=help_of("help_circulate_runs"))
]
MetricOption = Annotated[str | None, typer.Option("--metric", help=help_of("help_metric"))]
UseOption = Annotated[str | None, typer.Option("--use", help=help_of("help_use"))]
SignOption = Annotated[str, typer.Option("--sign-off", help=help_of("help_sign_off"))]
PlanOption = Annotated[str | None, typer.Option("--plan", help=help_of("help_plan"))]
SuppliesOption = Annotated[str | None, typer.Option("--supplies", help=help_of("help_supplies"))]
CountryOption = Annotated[str, typer.Option("--country", help=help_of("help_country"))]
DurableArgument = Annotated[str | None, typer.Argument(help=help_of("help_durable"))]
SwitchOption = Annotated[list[str] | None, typer.Option("--if", help=help_of("help_if"))]
NetworkOption = Annotated[Path | None, typer.Option("--network", help=help_of("help_network"))]
CirculateOut = Annotated[Path | None, typer.Option("--out", help=help_of("help_circulate_out"))]

# stocks of your own
SeriesFile = Annotated[Path, typer.Argument(help=help_of("help_stocks_file"))]
LifetimeOption = Annotated[str, typer.Option("--lifetime", help=help_of("help_lifetime"))]
ModeOption = Annotated[Mode, typer.Option("--mode", help=help_of("help_mode"))]
WhenOption = Annotated[When, typer.Option("--when", help=help_of("help_when"))]
NegativeOption = Annotated[Falling, typer.Option("--negative", help=help_of("help_negative"))]
StocksOut = Annotated[Path | None, typer.Option("--out", help=help_of("help_stocks_out"))]

# responses
ScenariosArgument = Annotated[list[str], typer.Argument(help=help_of("help_respond_scenarios"))]
BudgetOption = Annotated[str | None, typer.Option("--budget", help=help_of("help_budget"))]
PerYearOption = Annotated[str | None, typer.Option("--per-year", help=help_of("help_per_year"))]
PlanYearsOption = Annotated[int, typer.Option("--years", min=1, max=30, help=help_of("help_plan_years"))]
StrikesOption = Annotated[str | None, typer.Option("--strikes", help=help_of("help_strikes"))]
AfterOption = Annotated[int, typer.Option("--after", min=1, max=10, help=help_of("help_after"))]
MeasuresOption = Annotated[Path | None, typer.Option("--measures", help=help_of("help_measures"))]
ProcessOption = Annotated[list[str] | None, typer.Option("--process", help=help_of("help_process"))]
AtOption = Annotated[list[str] | None, typer.Option("--at", help=help_of("help_at"))]
WorldsOption = Annotated[int, typer.Option("--runs", min=1, max=10_000, help=help_of("help_worlds"))]
AlphaOption = Annotated[float, typer.Option("--alpha", min=0.0, max=0.99, help=help_of("help_alpha"))]
RateOption = Annotated[float | None, typer.Option("--rate", min=0.0, help=help_of("help_rate"))]
TimeLimitOption = Annotated[float, typer.Option("--time-limit", min=1.0, help=help_of("help_time_limit"))]
ScoreOption = Annotated[str | None, typer.Option("--score", help=help_of("help_score"))]
PlanKeyOption = Annotated[str | None, typer.Option("--plan", help=help_of("help_plan_key"))]
RingiFormOption = Annotated[Path | None, typer.Option("--form", help=help_of("help_ringi_form"))]
SaveOption = Annotated[Path | None, typer.Option("--save", help=help_of("help_respond_save"))]
FiscalOption = Annotated[bool, typer.Option("--fiscal", help=help_of("help_fiscal"))]
RespondOut = Annotated[Path | None, typer.Option("--out", help=help_of("help_respond_out"))]

# classes of goods
TradeArgument = Annotated[str | None, typer.Argument(help=help_of("help_classify_trade"))]
FlowOption = Annotated[Flow | None, typer.Option("--flow", help=help_of("help_flow"))]
ReporterOption = Annotated[str | None, typer.Option("--reporter", help=help_of("help_reporter"))]
PartnerOption = Annotated[str | None, typer.Option("--partner", help=help_of("help_partner"))]
VariantOption = Annotated[Variant, typer.Option("--variant", help=help_of("help_variant"))]
TopLinesOption = Annotated[int, typer.Option("--top", min=1, max=1000, help=help_of("help_top_lines"))]
MapDrawsOption = Annotated[int, typer.Option("--runs", min=10, max=100_000, help=help_of("help_map_draws"))]
OwnMapOption = Annotated[Path | None, typer.Option("--map", help=help_of("help_own_map"))]
CheckOption = Annotated[bool, typer.Option("--check", help=help_of("help_classify_check"))]
CompareOption = Annotated[tuple[int, int] | None, typer.Option("--compare", help=help_of("help_compare"))]
RelocationOut = Annotated[Path | None, typer.Option("--out", help=help_of("help_relocation_out"))]
ClassifyOut = Annotated[Path | None, typer.Option("--out", help=help_of("help_classify_out"))]

# events and claims
EventElement = Annotated[str | None, typer.Option("--element", help=help_of("help_event_element"))]
EventActor = Annotated[str | None, typer.Option("--actor", help=help_of("help_event_actor"))]
EventInstrument = Annotated[str | None, typer.Option("--instrument", help=help_of("help_event_instrument"))]
EventStage = Annotated[str | None, typer.Option("--stage", help=help_of("help_event_stage"))]
EventSince = Annotated[str | None, typer.Option("--since", help=help_of("help_event_since"))]
EventUntil = Annotated[str | None, typer.Option("--until", help=help_of("help_event_until"))]
EventSources = Annotated[str, typer.Option("--sources", help=help_of("help_event_sources"))]
ClaimOption = Annotated[str | None, typer.Option("--claim", help=help_of("help_claim"))]
ForecastsOption = Annotated[bool, typer.Option("--forecasts", help=help_of("help_forecasts"))]
DuplicatesOption = Annotated[bool, typer.Option("--duplicates", help=help_of("help_duplicates"))]
ClaimSeries = Annotated[Path | None, typer.Option("--series", help=help_of("help_claim_series"))]
ChronicleOut = Annotated[Path | None, typer.Option("--out", help=help_of("help_chronicle_out"))]

# data
AddedPath = Annotated[Path, typer.Argument(help=help_of("help_data_add_path"))]
DataFolder = Annotated[
    Path | None, typer.Option("--data", envvar="MEGURI_DATA", help=help_of("help_data_dir"))
]
RemoveOption = Annotated[bool, typer.Option("--remove", help=help_of("help_runs_remove"))]
OlderOption = Annotated[int, typer.Option("--older", min=0, help=help_of("help_runs_older"))]

# leverage
LeverItems = Annotated[
    str | None, typer.Argument(metavar="[ITEM[,ITEM…]]", help=help_of("help_leverage_items"))
]
HolderOption = Annotated[str | None, typer.Option("--holder", help=help_of("help_holder"))]
LeverPartner = Annotated[str | None, typer.Option("--partner", help=help_of("help_leverage_partner"))]
LeverYears = Annotated[int, typer.Option("--years", min=1, max=40, help=help_of("help_leverage_years"))]
LiftOption = Annotated[str | None, typer.Option("--lift", help=help_of("help_lift"))]
BothWaysOption = Annotated[bool, typer.Option("--compare", help=help_of("help_both_ways"))]
FitCheckOption = Annotated[bool, typer.Option("--check", help=help_of("help_leverage_check"))]
OwnItemsOption = Annotated[Path | None, typer.Option("--own", help=help_of("help_own_items"))]
StagesOption = Annotated[str | None, typer.Option("--stages", help=help_of("help_stages"))]
LeverRuns = Annotated[int, typer.Option("--runs", min=10, max=100_000, help=help_of("help_leverage_runs"))]
LeverageOut = Annotated[Path | None, typer.Option("--out", help=help_of("help_leverage_out"))]

# the small process firm
LogsArgument = Annotated[list[Path], typer.Argument(help=help_of("help_sme_logs"))]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help=help_of("help_sme_as_of"))]
MinimumOption = Annotated[int, typer.Option("--minimum", min=1, max=1000, help=help_of("help_sme_minimum"))]
CostHourOption = Annotated[str | None, typer.Option("--cost", help=help_of("help_sme_cost"))]
WithoutCareOption = Annotated[str | None, typer.Option("--without-care", help=help_of("help_sme_without"))]
ServiceRateOption = Annotated[str | None, typer.Option("--rate", help=help_of("help_sme_rate"))]
KeepingOption = Annotated[list[str] | None, typer.Option("--offer", help=help_of("help_sme_offer"))]
CustomerOption = Annotated[str | None, typer.Option("--customer", help=help_of("help_sme_customer"))]
AudienceOption = Annotated[Audience, typer.Option("--for", help=help_of("help_sme_for"))]
CardOption = Annotated[Path | None, typer.Option("--card", help=help_of("help_sme_card"))]
MergeOption = Annotated[bool, typer.Option("--merge", help=help_of("help_sme_merge"))]
UnderstoodOption = Annotated[bool, typer.Option("--understood", help=help_of("help_sme_understood"))]
CardOut = Annotated[Path | None, typer.Option("--out", help=help_of("help_sme_out"))]

# the web application
PortOption = Annotated[int | None, typer.Option("--port", min=0, max=65535, help=help_of("help_app_port"))]
HostOption = Annotated[str, typer.Option("--host", help=help_of("help_app_host"))]
NoBrowserOption = Annotated[bool, typer.Option("--no-browser", help=help_of("help_app_browser"))]
WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", help=help_of("help_app_workspace"))]
NoWarmOption = Annotated[bool, typer.Option("--no-warm", help=help_of("help_app_warm"))]
