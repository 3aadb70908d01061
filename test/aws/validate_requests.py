"""Says what AWS's own models of its services, as botocore ships them, have against requests.

Reads a list of {"service", "operation", "input"} from standard input, and prints a list of complaints as JSON.
"""

import json
import sys

import botocore.session
from botocore.validate import ParamValidator


def beyond(value, shape, path):
    """The limits that botocore's own validation leaves to the service: largest sizes, and words of an enumeration."""
    largest = shape.metadata.get("max")
    if largest is not None and isinstance(value, (str, list)) and len(value) > largest:
        yield f"{path}: {len(value)} is more than {largest}"
    words = shape.metadata.get("enum")
    if words and value not in words:
        yield f"{path}: {value} is none of {words}"
    if shape.type_name == "structure":
        for name, member in value.items():
            if name in shape.members:
                yield from beyond(member, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for i, member in enumerate(value):
            yield from beyond(member, shape.member, f"{path}[{i}]")


session = botocore.session.get_session()
models = {}
complaints = []
for request in json.load(sys.stdin):
    service, operation = request["service"], request["operation"]
    if service not in models:
        models[service] = session.get_service_model(service)
    shape = models[service].operation_model(operation).input_shape
    report = ParamValidator().validate(request["input"], shape)
    if report.has_errors():
        complaints.append(f"{operation}: {report.generate_report()}")
    complaints.extend(f"{operation}{each}" for each in beyond(request["input"], shape, ""))
print(json.dumps(complaints))
