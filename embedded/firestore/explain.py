"""Query profiles: which index a query uses, and what running it came to."""

import time
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.struct_pb2 import Struct

from .fieldpaths import FieldPath, render
from .filters import ARRAY_CONTAINS, ARRAY_CONTAINS_ANY, comparisons
from .queries import Query
from .values import vector_of
from .wire import ExplainMetrics


@dataclass(slots=True)
class Profile:
    """Measures one query; it begins with its construction."""

    query: Query
    begun: float = field(default_factory=time.perf_counter)
    results: int = 0
    scanned: int = 0

    def plan(self) -> Any:
        """The metrics of a query that is planned only."""
        metrics = ExplainMetrics()
        used = Struct()
        used.update(
            {"query_scope": "Collection group" if self.query.deep else "Collection", "properties": self._index()}
        )
        metrics.plan_summary.indexes_used.append(used)
        return metrics

    def outcome(self) -> Any:
        """The metrics of a query that was run."""
        metrics = self.plan()
        stats = metrics.execution_stats
        stats.results_returned = self.results
        stats.read_operations = max(self.results, 1)
        stats.execution_duration.FromNanoseconds(max(int((time.perf_counter() - self.begun) * 1e9), 1))
        stats.debug_stats.update(
            {
                "billing_details": {
                    "documents_billable": str(max(self.results, 1)),
                    "index_entries_billable": "0",
                    "min_query_cost": "0",
                    "small_ops": "0",
                },
                "documents_scanned": str(self.scanned),
                "index_entries_scanned": str(self.scanned),
            }
        )
        return metrics

    def _index(self) -> str:
        properties: dict[FieldPath, str] = {}
        for comparison in comparisons(self.query.where):
            contains = comparison.op in (ARRAY_CONTAINS, ARRAY_CONTAINS_ANY)
            properties.setdefault(comparison.field, "CONTAINS" if contains else "ASC")
        for order in self.query.orders:
            known = properties.pop(order.field, "")
            properties[order.field] = known if known == "CONTAINS" else "DESC" if order.descending else "ASC"
        parts = [f"{render(path)} {kind}" for path, kind in properties.items()]
        if self.query.nearest is not None:
            size = len(vector_of(self.query.nearest.query_vector) or ())
            parts.append(f"{self.query.nearest.vector_field.field_path} VECTOR<{size}>")
        return f"({', '.join(parts)})"
