import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.io.warehouse import Publication, Warehouse, open_warehouse
from transforms.contracts import WAREHOUSE

NIGHT = date(2026, 3, 1)
FULL = "mbg_nbd+gamma_gamma"
SCORES = {
    # Four regulars, of whom two are at risk (0.5 is, 0.9 no longer is); three who bought once; one who never did.
    "customer_id": [f"c{number:020x}" for number in range(8)],
    "frequency": [5, 2, 1, 3, 0, 0, 0, None],
    "churn_risk_90d": [0.05, 0.5, 0.8999, 0.9, 0.31, 0.7, 1.0, None],
    "clv_365d": [800_0000, 100_0000, 50_0000, 20_0000, 20_0000, 10_0000, 0, None],
    "model": [FULL] * 7 + ["none"],
    "tier": ["platinum", "member", "member", "member", "member", "member", "member", None],
    "value_class": ["gold"] + ["core"] * 6 + [None],
}
SEGMENTS = [
    ("tier", "member", 2, 6, 1_500_5000),
    ("tier", "platinum", 1, 1, 4_500_0000),
    ("value", "gold", 1, 1, 4_500_0000),
]
COHORTS = [
    # Of 20 who first bought in December, 5 bought in January and 3 in February; March is not over.
    (date(2025, 12, 1), 0, 20, 20, True),
    (date(2025, 12, 1), 1, 20, 5, True),
    (date(2025, 12, 1), 2, 20, 3, True),
    (date(2025, 12, 1), 3, 20, 1, False),
    (date(2026, 2, 1), 0, 12, 12, True),
    (date(2026, 2, 1), 1, 12, 4, False),
    (date(2026, 3, 1), 0, 9, 9, False),
]
CONTACTS = [
    ("treated", "back_from_silence", "email", "due", 1),
    ("control", "back_from_silence", "email", "due", 1),
    ("held", "none", "none", "no_purchase", 1),
    ("held", "none", "none", "not_due", 3),
    ("held", "none", "none", "no_consent", 2),
]
CHECKS = [
    ("row_rule", "row.order_line", "quantity_negative", "warning", 12_345, 40, True),
    ("row_rule", "row.order_line", "happened_at_unreadable", "warning", 12_345, 5, True),
    ("gate", "purchase_order", "unique(order_key)", "critical", 12_000, 0, True),
    ("gate", "purchase_order", "refunds_within(customer_paid)", "warning", 12_000, 3, False),
    ("account", "row_account", "every row adds up", "critical", 4, 0, True),
]
FRESHNESS = [("berlin", date(2026, 2, 28), 1), ("taobao", date(2026, 1, 31), 29), ("new", None, None)]
KPIS = [
    # Amounts in currency units.
    *(
        (metric, dimension, member, figure, unit)
        for dimension, member, *figures in [
            ("all", "all", 7.0, 6_000.5, 1_000.0, 4_000.25, 0.5),
            ("acquired_by", "web", 4.0, 1_500.5, 250.0, 1_000.0, 0.25),
            ("acquired_by", "unknown", 3.0, 4_500.0, 750.0, 3_000.25, 0.75),
            ("cohort_year", "2025", 5.0, 5_000.5, 900.0, 3_500.25, 0.6),
            ("cohort_year", "2026", 2.0, 1_000.0, 100.0, 500.0, 0.25),
            ("value_class", "gold", 1.0, 4_500.0, 800.0, 3_200.0, 0.9),
            ("value_class", "rising", 1.0, 500.5, 100.0, 400.25, 0.6),
            ("value_class", "core", 5.0, 1_000.0, 100.0, 400.0, 0.4),
        ]
        for metric, figure, unit in zip(
            ("customers", "historic_value", "customer_equity", "customer_equity_3650d", "retention_365d"),
            figures,
            ("customers", "currency", "currency", "currency", "share"),
            strict=True,
        )
    ),
    ("five_points_retention", "all", "all", 99.5, "currency"),
    ("new_customer_value_3650d", "all", "all", 321.0, "currency"),
    ("value_share", "top_percent", "1", 0.8, "share"),
    ("value_share", "top_percent", "20", 0.9, "share"),
    ("value_share", "top_percent", "5", 0.8, "share"),
]
CHOICES = [
    ("purchases", "mbg_nbd", "bg_nbd", "best_out_of_sample", -2.3151, -2.32),
    ("purchases", "mbg_nbd", "pareto_nbd", "nothing_gained", None, None),
    ("spend", "gamma_gamma", "gamma_gamma", "independent_enough", 0.0832, 0.2),
    ("season", "ratio", "clock", "no_gain", 0.3, 0.25),
    ("season", "ratio", "ratio", "gain", 0.05, 0.25),
    ("value", "net_revenue", "none", "no_costs_told", None, None),
]
QUALITY = [
    # The champion against both baselines and a rival; the rival's own rows are not told.
    *(
        ("mbg_nbd", metric, ours, rival, theirs, verdict, True, 3, 4_321)
        for rival, metric, ours, theirs, verdict in [
            ("last_period", "log_loss_90d", 0.412, 0.9, "better"),
            ("last_period", "brier_90d", 0.15, 0.21, "better"),
            ("last_period", "rmse_orders_90d", 1.25, 1.251, "same"),
            ("last_period", "volume_bias_90d", 0.123, -0.24, "better"),
            ("own_rate", "log_loss_90d", 0.412, 0.5, "better"),
            ("own_rate", "brier_90d", 0.15, 0.14, "worse"),
            ("own_rate", "rmse_orders_90d", 1.25, 1.5, "better"),
            ("own_rate", "volume_bias_90d", 0.123, 0.02, "worse"),
            ("bg_nbd", "loglik", -2.315, -2.32, "same"),
            ("bg_nbd", "log_loss_90d", 0.412, 0.413, "same"),
            ("bg_nbd", "brier_90d", 0.15, 0.151, "same"),
            ("bg_nbd", "rmse_orders_90d", 1.25, 1.26, "same"),
            ("bg_nbd", "volume_bias_90d", 0.123, 0.13, "same"),
        ]
    ),
    ("bg_nbd", "loglik", -2.32, "mbg_nbd", -2.315, "same", False, 3, 4_321),
]
CALIBRATION = [
    ("churn_risk_90d", 1, 0.1, 0.12, 400),
    ("churn_risk_90d", 2, 0.5, 0.47, 410),
    ("churn_risk_90d", 10, 0.95, 0.99, 390),
    ("expected_orders_90d", 1, 0.02, 0.03, 600),
    ("expected_orders_90d", 10, 4.5, 4.2, 600),
]
MODEL_TABLES = ("mart.shop_kpi", "mart.model_choice", "mart.model_quality", "mart.score_calibration")
RUN = {
    "run_id": "20260302T011400-abcdef",
    "status": "published",
    "started_at": datetime(2026, 3, 2, 1, 12, tzinfo=UTC),
    "finished_at": datetime(2026, 3, 2, 1, 14, tzinfo=UTC),
    "published_run_id": "20260302T011400-abcdef",
    "published_at": datetime(2026, 3, 2, 1, 14, tzinfo=UTC),
    "files": 4,
    "lines_read": 12_345,
    "loaded": 12_000,
    "merged": 300,
    "quarantined": 45,
    "erased": 0,
    "customers": 8,
    "contacts": 1,
    "critical_failures": 0,
    "code_version": "0.1.0",
    "settings_hash": "0" * 16,
    "manifest_hash": "1" * 16,
}

Frames = Mapping[str, pl.DataFrame]


def contract_frame(table_name: str, as_of: date, values: object, columns: list[str]) -> pl.DataFrame:
    """`values` in `columns`, the table's other columns null; the night and a currency in all rows."""
    table = WAREHOUSE[table_name]
    schema = {name: table.polars_schema[name] for name in columns}
    frame = pl.DataFrame(values, schema=schema, orient=None if isinstance(values, dict) else "row")
    others = {name: pl.lit(None, dtype) for name, dtype in table.polars_schema.items() if name not in columns}
    filled = frame.with_columns(**others).with_columns(as_of_date=pl.lit(as_of))
    if "currency" in table.column_names:
        filled = filled.with_columns(currency=pl.lit("EUR"))
    return table.conform(filled.lazy()).collect()


def night_frames(as_of: date = NIGHT) -> dict[str, pl.DataFrame]:
    """A night of eight customers, with a model."""
    quality = ["layer", "table_name", "check_name", "severity", "rows_checked", "rows_failed", "is_passed"]
    return {
        "mart.customer_score": contract_frame("mart.customer_score", as_of, SCORES, list(SCORES)),
        "mart.segment_summary": contract_frame(
            "mart.segment_summary", as_of, SEGMENTS, ["scheme", "segment", "segment_rank", "customers", "net_revenue"]
        ),
        "mart.cohort_retention": contract_frame(
            "mart.cohort_retention",
            as_of,
            COHORTS,
            ["cohort_month", "month_number", "customers", "active", "is_complete"],
        ).with_columns(net_revenue=pl.lit(0, pl.Int64)),
        "mart.contact_summary": contract_frame(
            "mart.contact_summary", as_of, CONTACTS, ["outcome", "occasion", "channel", "reason", "customers"]
        ),
        "mart.data_quality": contract_frame("mart.data_quality", as_of, CHECKS, quality),
        "mart.freshness": contract_frame(
            "mart.freshness", as_of, FRESHNESS, ["store_id", "last_order_date", "days_since_last_order"]
        ),
        "mart.shop_kpi": contract_frame(
            "mart.shop_kpi", as_of, KPIS, ["metric", "dimension", "member", "metric_value", "unit"]
        ),
        "mart.model_choice": contract_frame(
            "mart.model_choice", as_of, CHOICES, ["part", "chosen", "candidate", "reason", "figure", "needed"]
        ),
        "mart.model_quality": contract_frame(
            "mart.model_quality",
            as_of,
            QUALITY,
            [
                "model",
                "metric",
                "metric_value",
                "baseline",
                "baseline_value",
                "verdict",
                "is_champion",
                "cut_offs",
                "customers",
            ],
        ),
        "mart.score_calibration": contract_frame(
            "mart.score_calibration", as_of, CALIBRATION, ["score", "bin", "predicted", "observed", "customers"]
        ),
        "ops.run": contract_frame("ops.run", as_of, [RUN], list(RUN)),
    }


def without_model(frames: Frames) -> dict[str, pl.DataFrame]:
    """The same customers where too little is known for a model."""
    unknown = dict.fromkeys(("churn_risk_90d", "clv_365d", "value_class"))
    scores = frames["mart.customer_score"]
    empty = [pl.lit(None, scores.schema[name]).alias(name) for name in unknown]
    without = {name: frames[name].clear() for name in ("mart.model_quality", "mart.score_calibration")}
    counted = frames["mart.shop_kpi"].filter(
        pl.col("metric").is_in(["customers", "historic_value"]), pl.col("dimension") != "value_class"
    )
    refused = [("purchases", "none", "none", "too_few_customers", 7.0, 500.0)]
    columns = ["part", "chosen", "candidate", "reason", "figure", "needed"]
    return {
        **frames,
        **without,
        "mart.shop_kpi": counted,
        "mart.model_choice": contract_frame("mart.model_choice", NIGHT, refused, columns),
        "mart.customer_score": scores.with_columns(*empty, model=pl.lit("none")),
    }


Publish = Callable[[date, Frames], Warehouse]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse without rows, made once."""
    file = tmp_path_factory.mktemp("migrated") / "shop.duckdb"
    open_warehouse(str(file)).migrate()
    return file


@pytest.fixture
def publish(tmp_path: Path, migrated_file: Path) -> Publish:
    """Put frames of a night into the one warehouse of the test."""
    warehouse = open_warehouse(str(shutil.copy(migrated_file, tmp_path)))

    def published(as_of: date, frames: Frames) -> Warehouse:
        parts = {}
        for name, frame in frames.items():
            file = tmp_path / f"{as_of} {name}.parquet"
            frame.write_parquet(file)
            parts[name] = [file]
        warehouse.publish(Publication(as_of, parts))
        return warehouse

    return published
