"""Methods that query: run query, aggregation, partition."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from itertools import islice
from typing import Any

from .aggregation import aggregate, counts_only, parse_aggregations
from .core import Core, Reading
from .errors import invalid
from .execution import matches, run
from .explain import Profile
from .fieldpaths import DOCUMENT_ID
from .names import parse_parent
from .nearest import find_nearest
from .queries import Query, ordered_by, parse_query
from .reading import decode_token, encode_token, masked
from .storage import Change
from .targets import views
from .wire import (
    Cursor,
    Document,
    PartitionQueryResponse,
    RunAggregationQueryResponse,
    RunQueryResponse,
    Value,
    query_response,
)


def sees(query: Query) -> Callable[[Change], bool]:
    """Whether a change touches a document that the query finds, before or after, whatever its limit is."""

    def changed(change: Change) -> bool:
        if not query.covers(change.path):
            return False
        return any(view is not None and query.place(view) is not None for view in views(change))

    return changed


class QueryingMethods:
    """The part of the service that queries."""

    def __init__(self, core: Core) -> None:
        self.core = core

    async def run_query(self, request: Any) -> AsyncGenerator[Any]:
        """RunQuery: the documents in order; without results one message with the read time; a profile if asked."""
        query = self._query(request, request.structured_query)
        explained = Profile(query) if request.HasField("explain_options") else None
        if explained is not None and not request.explain_options.analyze:
            yield RunQueryResponse(explain_metrics=explained.plan())
            return
        fields = None if query.projection is None else list(query.projection)
        with self.core.reading(query.parent.database, request) as reading:
            reading.note_query(sees(query), query.covers)
            stamp = reading.stamp.SerializeToString()
            if reading.new_token:
                yield RunQueryResponse(transaction=reading.new_token, read_time=reading.stamp)
            count = 0
            for view in self._results(reading, query):
                count += 1
                stored = masked(view.data, fields)
                if count == 1 and query.offset:
                    yield RunQueryResponse(
                        document=Document.FromString(stored), skipped_results=query.offset, read_time=reading.stamp
                    )
                else:
                    yield query_response(stored, stamp)
            if explained is not None:
                explained.results = explained.scanned = count
                yield RunQueryResponse(read_time=reading.stamp, explain_metrics=explained.outcome())
            elif not count and not reading.new_token:
                yield RunQueryResponse(read_time=reading.stamp, skipped_results=query.offset)

    async def run_aggregation(self, request: Any) -> AsyncGenerator[Any]:
        """RunAggregationQuery: one message with all figures, then a profile if asked."""
        if request.WhichOneof("query_type") != "structured_aggregation_query":
            raise invalid("The request has no aggregation query.")
        inner = request.structured_aggregation_query
        if inner.WhichOneof("query_type") != "structured_query":
            raise invalid("The aggregation query has no query.")
        aggregations = parse_aggregations(inner.aggregations)
        # The index that a sum is taken from holds only the documents that have the field, in its order.
        summed = [aggregation.field for aggregation in aggregations if aggregation.field is not None]
        query = ordered_by(parse_query(parse_parent(request.parent), inner.structured_query), summed)
        explained = Profile(query) if request.HasField("explain_options") else None
        if explained is not None and not request.explain_options.analyze:
            yield RunAggregationQueryResponse(explain_metrics=explained.plan())
            return
        with self.core.reading(query.parent.database, request) as reading:
            reading.note_query(sees(query), query.covers)
            figures = aggregate(aggregations, islice(self._results(reading, query), counts_only(aggregations)))
            response = RunAggregationQueryResponse(transaction=reading.new_token, read_time=reading.stamp)
            response.result.SetInParent()
            for alias, figure in figures.items():
                response.result.aggregate_fields[alias].CopyFrom(figure)
        yield response
        if explained is not None:
            explained.results = 1
            yield RunAggregationQueryResponse(explain_metrics=explained.outcome())

    async def partition_query(self, request: Any) -> Any:
        """PartitionQuery: cursors that split a collection group, ordered by name, into about equal parts."""
        query = self._query(request, request.structured_query)
        plain = query.where is None and query.limit is None and not query.offset and query.start is None
        if not plain or query.end is not None or [order.field for order in query.orders] != [DOCUMENT_ID]:
            raise invalid(
                "A query to be partitioned is ordered by __name__ and has no filter, limit, offset or cursor."
            )
        if not query.deep or query.orders[0].descending:
            raise invalid("A query to be partitioned selects all descendants, in ascending order of __name__.")
        if request.partition_count <= 0:
            raise invalid("partition_count must be greater than zero.")
        with self.core.reading(query.parent.database, request) as reading:
            names = [Document.FromString(view.data).name for _, view in matches(reading.snapshot, query)]
        count = min(request.partition_count, max(len(names) - 1, 0))
        points = [names[(index + 1) * len(names) // (count + 1)] for index in range(count)]
        points = list(dict.fromkeys(points))
        first = (
            int(token) if (token := decode_token(request.page_token) if request.page_token else "0").isdigit() else 0
        )
        last = first + request.page_size if request.page_size > 0 else len(points)
        cursors = [Cursor(values=[Value(reference_value=name)], before=True) for name in points[first:last]]
        more = encode_token(str(last)) if last < len(points) else ""
        return PartitionQueryResponse(partitions=cursors, next_page_token=more)

    def _query(self, request: Any, message: Any) -> Query:
        if request.WhichOneof("query_type") != "structured_query":
            raise invalid("The request has no query.")
        return parse_query(parse_parent(request.parent), message)

    def _results(self, reading: Reading, query: Query) -> Any:
        if query.nearest is None:
            return run(reading.snapshot, query)
        everything = replace(query, limit=None, offset=0)
        return find_nearest(query.nearest, (view for _, view in matches(reading.snapshot, everything)))
