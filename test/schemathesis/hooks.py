"""What schemathesis cannot know: how NDJSON is written, what there is on the platform, and that it looks at today."""

import datetime
import json
import os
import re

import schemathesis
from hypothesis import strategies

# By the names of parameters: ids of what there is to be asked for, and of what must stay as it is.
RESIDENTS = json.loads(os.environ["RESIDENTS"])
SPARED = json.loads(os.environ["SPARED"])
NOW = datetime.datetime.now(datetime.timezone.utc)
# The day of the document's examples, and the one after it.
EXAMPLE_DAYS = re.compile(r"^2025-12-1([78])T")


@schemathesis.serializer("application/x-ndjson", "application/ndjson", "application/jsonl")
def lines(_context, entries):
    """An entry per line."""
    if isinstance(entries, bytes):
        return {"data": entries}
    listed = entries if isinstance(entries, list) else [entries]
    return {"data": "\n".join(json.dumps(entry) for entry in listed).encode()}


def settled(given):
    """The same of something that there is, which is tried first, or what was made up."""
    there = {name: RESIDENTS[name] for name in given or {} if name in RESIDENTS}
    if not there:
        return strategies.just(given)
    return strategies.sampled_from([{**given, **there}, given])


@schemathesis.hook
def flatmap_path_parameters(_context, path_parameters):
    return settled(path_parameters)


@schemathesis.hook
def flatmap_query(_context, query):
    return settled(query)


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Brings the examples up to date: the platform takes no measurements that are older than they are kept."""
    case.body = brought_up_to_date(case.body)
    spare(case.path_parameters or {})


def spare(path_parameters):
    """Values of answers come back in requests: nothing that the run stands on may be deleted by its id."""
    for name, given in path_parameters.items():
        if SPARED.get(name) == given:
            path_parameters[name] = "spared"


def brought_up_to_date(value):
    if isinstance(value, dict):
        return {name: brought_up_to_date(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [brought_up_to_date(inner) for inner in value]
    if isinstance(value, str):
        return EXAMPLE_DAYS.sub(lambda day: f"{day_of(int(day[1]) - 17)}T", value)
    return value


def day_of(days_from_yesterday):
    return (NOW + datetime.timedelta(days=days_from_yesterday - 1)).date().isoformat()


# Of any year, most times are refused for their year alone.
schemathesis.openapi.format(
    "date-time",
    strategies.one_of(
        strategies.integers(-86_400, 86_400).map(lambda s: (NOW + datetime.timedelta(seconds=s)).isoformat()),
        strategies.datetimes(timezones=strategies.just(datetime.timezone.utc)).map(lambda time: time.isoformat()),
    ),
)
